"""contract: course, "contents"."""

import pytest

from .course import BASE, CONTENT, MODULE, refusal, refused, resource, shown, warned


def content(id_, module="1", parent=None, children=(), **attributes):
    linkage = {
        "module": ("modules", module),
        "parent": parent and ("contents", parent),
        "children": [("contents", child) for child in children],
    }
    return resource("contents", id_, {**CONTENT, "content": "", "order": 0, **attributes}, linkage)


def tree(course):
    """{id: (module, parent)} of all contents."""
    return {
        found["id"]: tuple(
            found["relationships"][name]["data"] and found["relationships"][name]["data"]["id"]
            for name in ("module", "parent")
        )
        for found in course.client.get("/contents").data
    }


@pytest.fixture
def family(course):
    """Module 1 with the content 1, its child 2, its grandchild 3 and the child 4; the empty module 2."""
    for _ in range(2):
        course.module()
    for parent in (None, "1", "2", "1"):
        course.content("1", parent)
    return course


def test_a_content_is_shown_with_module_parent_and_children(course):
    attributes = {"title": "Chapter", "content": "# Markdown\n", "order": 7}
    created = course.post("contents", attributes, {"module": ("modules", course.module())})
    expected = content("1", **attributes)
    assert (created.status, created.headers["Location"]) == (201, f"{BASE}/contents/1")
    assert created.json == shown("contents", expected)
    course.content("1", "1")
    assert course.client.get("/contents").json == shown(
        "contents", [content("2", parent="1"), content("1", children=["2"], **attributes)], page={"total": 2}
    )


def test_a_patch_changes_only_what_it_names(family):
    changed = family.patch("contents/2", {"content": "Text"})
    expected = content("2", parent="1", children=["3"], content="Text")
    assert (changed.status, changed.json) == (200, shown("contents/2", expected))


def test_everything_that_is_missing_is_said_at_once(course):
    answer = course.post("contents", {"content": "Text"})
    assert refused(answer) == (
        422,
        [(422, "missing-member", "/data/attributes"), (422, "missing-member", "/data")],
    )
    assert [error["meta"]["member"] for error in answer.errors] == ["title", "module"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("title", "One", "too-short"),
        ("title", None, "null-not-allowed"),
        ("content", 1, "wrong-kind"),
        ("order", "1", "wrong-kind"),
        ("order", "", "wrong-kind"),
        ("order", 1.5, "wrong-kind"),
        ("order", True, "wrong-kind"),
        ("order", [1], "wrong-kind"),
    ],
)
def test_an_invalid_value_is_refused_by_post_and_patch(course, name, value, code):
    course.content()
    expected = refusal(422, code, f"/data/attributes/{name}")
    assert refused(course.post("contents", {**CONTENT, name: value}, {"module": ("modules", "1")})) == expected
    assert refused(course.patch("contents/1", {name: value})) == expected
    assert course.client.get("/contents").data == [content("1")]


def test_the_module_is_required(family):
    before = tree(family)
    where = "/data/relationships/module"
    for value, expected in (
        (None, refusal(422, "null-not-allowed", where)),
        (("modules", "99"), refusal(404, "unknown-resource", where)),
    ):
        assert refused(family.post("contents", CONTENT, {"module": value})) == expected
        assert refused(family.patch("contents/1", {}, {"module": value})) == expected
    child = family.patch("contents/2", {}, {"module": None})
    assert (refused(child), child.warnings) == (refusal(422, "null-not-allowed", where), [])
    orphan = family.post("contents", CONTENT, {"parent": ("contents", "1")})
    assert refused(orphan) == refusal(422, "missing-member", "/data/relationships")
    at_url = family.link("PATCH", "contents/1/relationships/module", None)
    assert refused(at_url) == refusal(403, "required-relationship", "/data")
    assert tree(family) == before


# --- order ------------------------------------------------------------------------------------------
def orders(course):
    return {found["id"]: found["attributes"]["order"] for found in course.client.get("/contents?sort=id").data}


def test_an_order_left_out_is_one_more_than_the_largest_among_the_siblings(course):
    first, second = course.module(), course.module()
    course.content(first)
    course.content(first)
    course.content(second)
    course.content(first, "1")
    course.content(first, "1", order=40)
    course.content(first, "1")
    course.content(first, "2", order=-5)
    course.content(first, "2")
    course.content(first)
    assert list(orders(course).values()) == [0, 1, 0, 0, 40, 41, -5, -4, 2]


def test_only_siblings_that_are_there_count_for_the_order(course):
    module = course.module()
    for _ in range(3):
        course.content(module)
    course.client.delete("/contents/3")
    course.client.delete("/contents/1")
    assert course.record(f"contents/{course.content(module)}")["attributes"]["order"] == 2
    course.patch("contents/4", {}, {"parent": ("contents", "2")})
    assert course.record(f"contents/{course.content(module)}")["attributes"]["order"] == 2


@pytest.mark.parametrize("order", [-(2**63), -1, 0, 2**31, 2**63 - 1])
def test_an_order_is_any_integer(course, order):
    assert course.post("contents", {**CONTENT, "order": order}, {"module": ("modules", course.module())}).data == (
        content("1", order=order)
    )


def test_the_largest_integer_has_no_successor_and_ends_no_request(course):
    module = course.module()
    course.content(module, order=2**63 - 1)
    assert course.record(f"contents/{course.content(module)}")["attributes"]["order"] == 2**63 - 1


def test_a_change_leaves_the_order_and_those_of_the_siblings_alone(family):
    family.patch("contents/4", {}, {"parent": None})
    family.patch("contents/3", {"title": "Moved"}, {"parent": ("contents", "1")})
    assert orders(family) == {"1": 0, "2": 0, "3": 0, "4": 1}


@pytest.fixture
def shuffled(course):
    """Contents of module 1 whose orders are not those of their creation; 6 is created last and ties with 2."""
    module = course.module()
    for order in (5, 1, 3):
        course.content(module, order=order)
    for order in (20, 10, 1):
        course.content(module, "1", order=order)
    return course


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("contents", ["2", "6", "3", "1", "5", "4"]),
        ("contents?filter[parent]=1", ["6", "5", "4"]),
        ("modules/1/contents", ["2", "6", "3", "1", "5", "4"]),
        ("modules/1/relationships/contents", ["2", "6", "3", "1", "5", "4"]),
        ("contents/1/children", ["6", "5", "4"]),
        ("contents/1/relationships/children", ["6", "5", "4"]),
    ],
)
def test_contents_are_always_in_their_order(shuffled, path, expected):
    assert shuffled.ids(path) == expected


def test_linkage_in_documents_is_in_order_too(shuffled):
    linkage = shuffled.record("modules/1")["relationships"]["contents"]["data"]
    assert [item["id"] for item in linkage] == ["2", "6", "3", "1", "5", "4"]
    included = shuffled.client.get("/modules/1?include=contents").json["included"]
    assert [item["id"] for item in included] == ["2", "6", "3", "1", "5", "4"]
    assert shuffled.record("contents/1") == content("1", children=["6", "5", "4"], order=5)


def test_a_new_order_moves_a_content_in_every_list(shuffled):
    shuffled.patch("contents/4", {"order": -1})
    assert shuffled.ids("contents") == ["4", "2", "6", "3", "1", "5"]
    assert shuffled.ids("contents/1/relationships/children") == ["4", "6", "5"]


@pytest.mark.parametrize("query", ["parent=", "filter[parent]=null", "parent=null", "filter[parent]="])
def test_contents_without_a_parent_are_top_level(shuffled, query):
    assert shuffled.ids(f"contents?{query}") == ["2", "3", "1"]
    assert shuffled.ids(f"modules/1/contents?{query}") == ["2", "3", "1"]


def test_top_level_contents_are_found_by_the_filter_form_in_strict_mode(strict):
    module = strict.module()
    strict.content(module)
    strict.content(module, "1")
    assert refused(strict.client.get("/contents?parent=")) == refusal(400, "plain-filter", "parent")
    assert strict.ids("contents?filter[parent]=null") == ["1"]


# --- parent and children ----------------------------------------------------------------------------
def test_a_parent_is_set_replaced_and_removed(family):
    assert family.patch("contents/3", {}, {"parent": ("contents", "4")}).data == content("3", parent="4")
    assert family.link("PATCH", "contents/3/relationships/parent", ("contents", "1")).status == 200
    assert family.record("contents/1") == content("1", children=["2", "3", "4"])
    assert family.patch("contents/3", {}, {"parent": None}).data == content("3")
    assert family.link("PATCH", "contents/2/relationships/parent", None).data is None
    assert family.record("contents/1") == content("1", children=["4"])


def test_children_are_replaced_added_and_removed_and_become_top_level(family):
    path = "contents/1/relationships/children"
    changed = family.patch("contents/1", {}, {"children": [("contents", "3"), ("contents", "4")]})
    assert changed.data == content("1", children=["3", "4"])
    assert tree(family) == {"1": ("1", None), "2": ("1", None), "3": ("1", "1"), "4": ("1", "1")}
    assert family.link("POST", path, [("contents", "2")]).status == 200
    assert family.link("DELETE", path, [("contents", "3"), ("contents", "4"), ("contents", "99")]).status == 200
    assert tree(family) == {"1": ("1", None), "2": ("1", "1"), "3": ("1", None), "4": ("1", None)}
    assert family.link("PATCH", path, []).data == []
    assert set(tree(family).values()) == {("1", None)}


def test_a_new_content_can_take_children_at_once(family):
    linkage = {"module": ("modules", "1"), "parent": ("contents", "1"), "children": [("contents", "4")]}
    assert family.post("contents", CONTENT, linkage).data == content("5", parent="1", children=["4"], order=2)
    assert tree(family)["4"] == ("1", "5")


@pytest.mark.parametrize(
    ("linkage", "where"),
    [
        ({"module": ("modules", "2"), "parent": ("contents", "1")}, "parent"),
        ({"module": ("modules", "2"), "children": [("contents", "1")]}, "children"),
    ],
)
def test_a_new_content_has_its_parent_and_children_in_its_module(family, linkage, where):
    before = tree(family)
    answer = family.post("contents", CONTENT, linkage)
    assert refused(answer) == refusal(422, "relationship-refused", f"/data/relationships/{where}")
    assert tree(family) == before


@pytest.mark.parametrize(
    ("path", "name", "linkage"),
    [
        ("contents/5", "parent", ("contents", "1")),
        ("contents/1", "parent", ("contents", "5")),
        ("contents/1", "children", [("contents", "2"), ("contents", "4"), ("contents", "5")]),
        ("contents/5", "children", [("contents", "2")]),
    ],
)
def test_a_parent_is_of_the_same_module(family, path, name, linkage):
    assert family.content("2") == "5"
    before = tree(family)
    in_document = family.patch(path, {"title": "Changed"}, {name: linkage})
    assert refused(in_document) == refusal(422, "relationship-refused", f"/data/relationships/{name}")
    at_url = family.link("PATCH", f"{path}/relationships/{name}", linkage)
    assert refused(at_url) == refusal(422, "relationship-refused", "/data")
    assert tree(family) == before
    assert family.record(path)["attributes"]["title"] == "Chapter"


@pytest.mark.parametrize(
    ("path", "name", "linkage"),
    [
        ("contents/1", "parent", ("contents", "1")),
        ("contents/1", "parent", ("contents", "2")),
        ("contents/1", "parent", ("contents", "3")),
        ("contents/3", "children", [("contents", "3")]),
        ("contents/3", "children", [("contents", "2")]),
        ("contents/3", "children", [("contents", "1")]),
    ],
)
def test_no_content_is_its_own_ancestor(family, path, name, linkage):
    before = tree(family)
    in_document = family.patch(path, {}, {name: linkage})
    assert refused(in_document) == refusal(422, "relationship-refused", f"/data/relationships/{name}")
    at_url = family.link("PATCH", f"{path}/relationships/{name}", linkage)
    assert refused(at_url) == refusal(422, "relationship-refused", "/data")
    if name == "children":
        added = family.link("POST", f"{path}/relationships/{name}", linkage)
        assert refused(added) == refusal(422, "relationship-refused", "/data")
    assert tree(family) == before


@pytest.mark.parametrize(
    ("path", "linkage"),
    [
        ("contents/2", {"parent": ("contents", "4"), "children": [("contents", "4")]}),
        ("contents/3", {"parent": ("contents", "4"), "children": [("contents", "1")]}),
    ],
)
def test_parent_and_children_of_one_request_make_no_circle(family, path, linkage):
    before = tree(family)
    answer = family.patch(path, {}, linkage)
    assert refused(answer) == refusal(422, "relationship-refused", "/data/relationships/children")
    assert tree(family) == before


def test_a_new_content_makes_no_circle(family):
    before = tree(family)
    linkage = {"module": ("modules", "1"), "parent": ("contents", "3"), "children": [("contents", "1")]}
    answer = family.post("contents", CONTENT, linkage)
    assert refused(answer) == refusal(422, "relationship-refused", "/data/relationships/children")
    own = family.post("contents", CONTENT, {"module": ("modules", "1"), "parent": ("contents", "new")}, id="new")
    assert refused(own) == refusal(404, "unknown-resource", "/data/relationships/parent")
    assert tree(family) == before


def test_an_unknown_parent_or_child_is_named(family):
    for name, linkage in (("parent", ("contents", "99")), ("children", [("contents", "99")])):
        answer = family.patch("contents/1", {}, {name: linkage})
        assert refused(answer) == refusal(404, "unknown-resource", f"/data/relationships/{name}")


def test_parent_and_child_can_change_places_in_two_requests(family):
    assert family.patch("contents/2", {}, {"parent": None}).status == 200
    assert family.patch("contents/1", {}, {"parent": ("contents", "2")}).status == 200
    assert tree(family) == {"1": ("1", "2"), "2": ("1", None), "3": ("1", "2"), "4": ("1", "1")}


# --- moving to another module -----------------------------------------------------------------------
WAYS = {
    "the content": lambda course, id_: course.patch(f"contents/{id_}", {}, {"module": ("modules", "2")}),
    "the content's relationship": lambda course, id_: course.link(
        "PATCH", f"contents/{id_}/relationships/module", ("modules", "2")
    ),
    "the module": lambda course, id_: course.patch("modules/2", {}, {"contents": [("contents", id_)]}),
    "adding to the module's relationship": lambda course, id_: course.link(
        "POST", "modules/2/relationships/contents", [("contents", id_)]
    ),
    "replacing the module's relationship": lambda course, id_: course.link(
        "PATCH", "modules/2/relationships/contents", [("contents", id_)]
    ),
    "a new module": lambda course, id_: course.post(
        "modules", MODULE, {"teacher": ("users", "1"), "contents": [("contents", id_)]}, id="2"
    ),
}
WHERE = {
    "the content": "/data/relationships/module",
    "the module": "/data/relationships/contents",
    "a new module": "/data/relationships/contents",
}


def prepared(course, way):
    if way == "a new module":
        course.client.delete("/modules/2")
    return course


@pytest.mark.parametrize("way", WAYS)
def test_a_moved_content_takes_all_its_descendants_along(family, way):
    answer = WAYS[way](prepared(family, way), "1")
    assert (answer.status in (200, 201), answer.warnings) == (True, [])
    assert tree(family) == {"1": ("2", None), "2": ("2", "1"), "3": ("2", "2"), "4": ("2", "1")}
    assert family.ids("modules/1/relationships/contents") == []
    assert family.ids("modules/2/relationships/contents") == ["1", "2", "3", "4"]


@pytest.mark.parametrize("way", WAYS)
def test_a_parent_that_stays_behind_is_dropped_and_warned_of(family, way):
    answer = WAYS[way](prepared(family, way), "2")
    assert answer.status in (200, 201)
    assert warned(answer)[1] == [("parent-dropped", WHERE.get(way, "/data"))]
    assert tree(family) == {"1": ("1", None), "2": ("2", None), "3": ("2", "2"), "4": ("1", "1")}


@pytest.mark.parametrize("moved", [["1", "2", "3", "4"], ["4", "3", "2", "1"], ["3", "1"], ["1", "3"]])
def test_contents_that_move_together_keep_their_parents(family, moved):
    answer = family.patch("modules/2", {}, {"contents": [("contents", id_) for id_ in moved]})
    assert warned(answer) == (200, [])
    assert tree(family) == {"1": ("2", None), "2": ("2", "1"), "3": ("2", "2"), "4": ("2", "1")}


def test_of_contents_that_move_together_only_those_lose_a_parent_whose_parent_stays(family):
    answer = family.link("POST", "modules/2/relationships/contents", [("contents", "4"), ("contents", "2")])
    assert warned(answer) == (200, [("parent-dropped", "/data")] * 2)
    assert tree(family) == {"1": ("1", None), "2": ("2", None), "3": ("2", "2"), "4": ("2", None)}


def test_a_content_can_move_below_a_parent_of_the_other_module(family):
    assert family.content("2") == "5"
    answer = family.patch("contents/2", {}, {"module": ("modules", "2"), "parent": ("contents", "5")})
    assert warned(answer) == (200, [])
    assert answer.data == content("2", module="2", parent="5", children=["3"])
    assert tree(family)["3"] == ("2", "2")


def test_a_content_can_move_out_of_its_parent(family):
    answer = family.patch("contents/2", {}, {"module": ("modules", "2"), "parent": None})
    assert warned(answer) == (200, [])
    assert answer.data == content("2", module="2", children=["3"])


def test_a_whole_record_sent_with_another_module_drops_the_parent_that_stays(family):
    """Clients that save by sending the whole record name the old parent too; that is no wish to keep it."""
    answer = family.patch("contents/2", {}, {"module": ("modules", "2"), "parent": ("contents", "1")})
    assert warned(answer) == (200, [("parent-dropped", "/data/relationships/module")])
    assert answer.data == content("2", module="2", children=["3"])


def test_naming_the_module_that_it_is_in_changes_nothing(family):
    before = tree(family)
    assert warned(family.patch("contents/2", {}, {"module": ("modules", "1")})) == (200, [])
    everything = [("contents", id_) for id_ in ("1", "2", "3", "4")]
    assert warned(family.patch("modules/1", {}, {"contents": everything})) == (200, [])
    assert tree(family) == before


def test_the_module_keeps_contents_that_a_replacement_leaves_out(family):
    before = tree(family)
    answer = family.patch("modules/1", {}, {"contents": [("contents", "1")]})
    assert refused(answer) == refusal(422, "still-linked", "/data/relationships/contents")
    assert "'2', '3' and '4'" in answer.errors[0]["detail"]
    assert tree(family) == before


def test_a_fault_of_a_child_names_the_child(family):
    other = family.content("2")
    answer = family.patch("contents/1", {}, {"children": [("contents", "2"), ("contents", other)]})
    assert refused(answer) == refusal(422, "relationship-refused", "/data/relationships/children")
    assert f"'1' belongs to module '1', '{other}' to module '2'" in answer.errors[0]["detail"]
    answer = family.patch("contents/2", {}, {"children": [("contents", "1")]})
    assert "'2' cannot be the parent of '1'" in answer.errors[0]["detail"]
