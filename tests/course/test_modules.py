"""contract: course, "modules"."""

import pytest

from ..client import Client, in_process
from .course import BASE, MODULE, Course, refusal, refused, resource, shown, warned

NOTHING = {"students": [], "news": [], "sessions": [], "contents": []}


def module_with(teacher, attributes=MODULE, id_="1", **linkage):
    return resource("modules", id_, attributes, {"teacher": teacher and ("users", teacher), **NOTHING, **linkage})


def test_a_module_is_shown_with_all_its_relationships(course):
    teacher = course.teacher()
    created = course.post("modules", MODULE, {"teacher": ("users", teacher)})
    module = module_with(teacher)
    assert (created.status, created.headers["Location"]) == (201, f"{BASE}/modules/1")
    assert created.json == shown("modules", module)
    assert course.client.get("/modules/1").json == shown("modules/1", module)
    assert course.client.get("/modules").json == shown("modules", [module], page={"total": 1})


def test_a_patch_changes_only_what_it_names(course):
    teacher = course.teacher()
    course.module(teacher, students=[("users", course.student())])
    changed = course.patch("modules/1", {"name": "Servers"})
    module = module_with(teacher, {**MODULE, "name": "Servers"}, students=[("users", "2")])
    assert (changed.status, changed.json) == (200, shown("modules/1", module))


@pytest.mark.parametrize("name", MODULE)
def test_every_attribute_of_a_module_is_required(course, name):
    attributes = {other: value for other, value in MODULE.items() if other != name}
    answer = course.post("modules", attributes, {"teacher": ("users", course.teacher())})
    assert refused(answer) == refusal(422, "missing-member", "/data/attributes")
    assert answer.errors[0]["meta"]["member"] == name


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("code", "", "too-short"),
        ("code", "WEB", "too-short"),
        ("name", "日本語", "too-short"),
        ("code", 1234, "wrong-kind"),
        ("name", None, "null-not-allowed"),
        ("semester", None, "null-not-allowed"),
        ("semester", "WS18", "not-in-list"),
        ("semester", "ws18/19", "not-in-list"),
        ("semester", "SS20", "not-in-list"),
        ("semester", "", "not-in-list"),
        ("semester", 18, "wrong-kind"),
    ],
)
def test_an_invalid_value_is_refused_by_post_and_patch(course, name, value, code):
    module = course.module()
    before = course.record(f"modules/{module}")
    expected = refusal(422, code, f"/data/attributes/{name}")
    assert refused(course.post("modules", {**MODULE, name: value}, {"teacher": ("users", "1")})) == expected
    assert refused(course.patch(f"modules/{module}", {name: value})) == expected
    assert course.client.get("/modules").data == [before]


def test_four_characters_are_enough(course):
    attributes = {"code": "ABCD", "name": "日本語!", "semester": "SS18"}
    created = course.post("modules", attributes, {"teacher": ("users", course.teacher())})
    assert created.data["attributes"] == attributes


@pytest.mark.parametrize("semester", ["SS18", "WS18/19", "SS19", "WS19/20"])
def test_the_seeds_semesters_are_legal(course, semester):
    module = course.module()
    assert course.patch(f"modules/{module}", {"semester": semester}).data["attributes"]["semester"] == semester


def test_the_setting_names_the_legal_semesters(make_app):
    course = Course(Client(in_process(make_app(SEMESTERS="WS24/25, SS25"))))
    linkage = {"teacher": ("users", course.teacher())}
    answer = course.post("modules", MODULE, linkage)
    assert refused(answer) == refusal(422, "not-in-list", "/data/attributes/semester")
    assert answer.errors[0]["meta"]["allowed"] == ["WS24/25", "SS25"]
    assert course.post("modules", {**MODULE, "semester": "SS25"}, linkage).status == 201


# --- teacher ----------------------------------------------------------------------------------------
def test_a_new_module_needs_a_teacher(course):
    answer = course.post("modules", MODULE)
    assert refused(answer) == refusal(422, "missing-member", "/data")
    assert answer.errors[0]["meta"]["member"] == "teacher"
    assert refused(course.post("modules", MODULE, {})) == refusal(422, "missing-member", "/data/relationships")


@pytest.mark.parametrize(
    ("teacher", "status", "code"),
    [
        (None, 422, "null-not-allowed"),
        (("users", "99"), 404, "unknown-resource"),
        (("users", "2"), 422, "relationship-refused"),
        (("modules", "1"), 409, "type-conflict"),
        ([("users", "1")], 400, "invalid-linkage"),
    ],
)
@pytest.mark.parametrize("name", ["teacher", "creator"])
def test_the_teacher_is_a_user_whose_role_is_teacher(course, name, teacher, status, code):
    module = course.module(course.teacher())
    assert course.student() == "2"
    expected = refusal(status, code, f"/data/relationships/{name}")
    assert refused(course.post("modules", MODULE, {name: teacher})) == expected
    assert refused(course.patch(f"modules/{module}", {}, {name: teacher})) == expected
    assert course.client.get("/modules").data == [module_with("1")]


def test_the_teacher_can_be_replaced_but_not_removed_at_its_url(course):
    module = course.module()
    other = course.teacher()
    assert course.link("PATCH", f"modules/{module}/relationships/teacher", ("users", other)).status == 200
    answer = course.link("PATCH", f"modules/{module}/relationships/teacher", None)
    assert refused(answer) == refusal(403, "required-relationship", "/data")
    assert course.record(f"modules/{module}") == module_with(other)


def test_creator_is_another_name_for_teacher_and_reported(course):
    teacher, other = course.teacher(), course.teacher()
    created = course.post("modules", MODULE, {"creator": ("users", teacher)})
    assert warned(created) == (201, [("alias-used", "/data/relationships/creator")])
    assert created.data == module_with(teacher)
    changed = course.patch("modules/1", {}, {"creator": ("users", other)})
    assert warned(changed) == (200, [("alias-used", "/data/relationships/creator")])
    assert changed.data == module_with(other)


@pytest.mark.parametrize("names", [("creator", "teacher"), ("teacher", "creator")])
def test_creator_and_teacher_must_agree(course, names):
    teachers = [course.teacher(), course.teacher()]
    agreed = course.post("modules", MODULE, dict.fromkeys(names, ("users", teachers[0])))
    assert warned(agreed) == (201, [("alias-used", "/data/relationships/creator")])
    assert agreed.data == module_with(teachers[0])
    differing = {name: ("users", teacher) for name, teacher in zip(names, teachers, strict=True)}
    expected = refusal(422, "relationship-refused", f"/data/relationships/{names[1]}")
    assert refused(course.post("modules", MODULE, differing)) == expected
    assert refused(course.patch("modules/1", {}, differing)) == expected
    assert course.client.get("/modules").data == [module_with(teachers[0])]


def test_creator_is_accepted_in_strict_mode_too(strict):
    """The page names no error for it."""
    answer = strict.post("modules", MODULE, {"creator": ("users", strict.teacher())})
    assert warned(answer) == (201, [("alias-used", "/data/relationships/creator")])


# --- students ---------------------------------------------------------------------------------------
def test_students_are_users_whose_role_is_student(course):
    teacher, student = course.teacher(), course.student()
    module = course.module(teacher)
    for linkage, status, code in (
        ([("users", student), ("users", teacher)], 422, "relationship-refused"),
        ([("users", student), ("users", "99")], 404, "unknown-resource"),
    ):
        answer = course.patch(f"modules/{module}", {}, {"students": linkage})
        assert refused(answer) == refusal(status, code, "/data/relationships/students")
        answer = course.link("POST", f"modules/{module}/relationships/students", linkage)
        assert refused(answer) == refusal(status, code, "/data")
    assert course.record(f"modules/{module}") == module_with(teacher)


def test_students_are_replaced_added_and_removed(course):
    students = [("users", course.student()) for _ in range(3)]
    module = course.module()
    path = f"modules/{module}/relationships/students"

    def after(answer):
        assert answer.status == 200, answer
        return course.ids(path)

    assert after(course.patch(f"modules/{module}", {}, {"students": [students[2], students[0], students[2]]})) == [
        "1",
        "3",
    ]
    assert after(course.link("POST", path, students[:2])) == ["1", "2", "3"]
    assert after(course.link("DELETE", path, [students[0], ("users", "99")])) == ["2", "3"]
    assert after(course.link("PATCH", path, [students[0]])) == ["1"]
    assert after(course.patch(f"modules/{module}", {}, {"students": []})) == []


# --- news, sessions, contents -----------------------------------------------------------------------
OWNED = ["news", "sessions", "contents"]


def make(course, type_, module):
    return {"news": course.news, "sessions": course.session, "contents": course.content}[type_](module=module)


@pytest.mark.parametrize("name", OWNED)
def test_naming_a_resource_moves_it_to_this_module(course, name):
    here, there = course.module(), course.module()
    kept, moved = make(course, name, here), make(course, name, there)
    both = [(name, kept), (name, moved)]
    assert warned(course.patch(f"modules/{here}", {}, {name: both})) == (200, [])
    assert course.ids(f"modules/{here}/relationships/{name}") == [kept, moved]
    assert course.ids(f"modules/{there}/relationships/{name}") == []
    assert course.linked(f"{name}/{moved}/relationships/module") == here


@pytest.mark.parametrize("name", OWNED)
def test_a_new_module_can_take_resources_at_once(course, name):
    teacher = course.teacher()
    old = course.module(teacher)
    moved = make(course, name, old)
    created = course.post("modules", MODULE, {"teacher": ("users", teacher), name: [(name, moved)]})
    assert created.data == module_with(teacher, id_="2", **{name: [(name, moved)]})
    assert course.record(f"modules/{old}") == module_with(teacher)


@pytest.mark.parametrize("name", OWNED)
@pytest.mark.parametrize("kept", [[], ["1"]])
def test_a_replacement_that_leaves_a_resource_without_its_module_is_refused(course, name, kept):
    module = course.module()
    for _ in range(3):
        make(course, name, module)
    answer = course.patch(f"modules/{module}", {}, {name: [(name, id_) for id_ in kept]})
    assert refused(answer) == refusal(422, "still-linked", f"/data/relationships/{name}")
    assert ("'1', '2' and '3'" if not kept else "'2' and '3'") in answer.errors[0]["detail"]
    assert course.ids(f"modules/{module}/relationships/{name}") == ["1", "2", "3"]


@pytest.mark.parametrize("name", OWNED)
def test_at_its_url_a_relationship_takes_more_and_loses_nothing(course, name):
    here, there = course.module(), course.module()
    kept, moved = make(course, name, here), make(course, name, there)
    path = f"modules/{here}/relationships/{name}"
    for method, linkage in (("DELETE", [(name, kept)]), ("PATCH", []), ("PATCH", [(name, moved)])):
        assert refused(course.link(method, path, linkage)) == refusal(403, "required-relationship", "/data")
        assert course.ids(path) == [kept]
    added = course.link("POST", path, [(name, moved)])
    assert (added.status, [item["id"] for item in added.data]) == (200, [kept, moved])
    assert course.link("PATCH", path, [(name, moved), (name, kept)]).status == 200
    assert course.link("DELETE", path, [(name, "99")]).status == 200
    assert course.ids(path) == [kept, moved]


@pytest.mark.parametrize("name", OWNED)
def test_an_unknown_resource_moves_nothing(course, name):
    here, there = course.module(), course.module()
    other = make(course, name, there)
    answer = course.patch(f"modules/{here}", {"name": "Changed"}, {name: [(name, other), (name, "99")]})
    assert refused(answer) == refusal(404, "unknown-resource", f"/data/relationships/{name}")
    assert course.record(f"modules/{here}")["attributes"] == MODULE
    assert course.ids(f"modules/{there}/relationships/{name}") == [other]


def test_of_creator_and_teacher_the_first_is_looked_up_where_it_stood(course):
    """Contract, Which status: the pointer is to the relationship that is in the request."""
    names = {"teacher": ("users", "98"), "creator": ("users", "99")}
    answer = course.post("modules", MODULE, names)
    places = [error["source"]["pointer"] for error in answer.errors]
    assert places == ["/data/relationships/creator", "/data/relationships/teacher"]
    assert "'98'" in answer.errors[1]["detail"]
    answer = course.post("modules", MODULE, dict(reversed(names.items())))
    assert "'99'" in next(
        error["detail"] for error in answer.errors if error["source"]["pointer"] == "/data/relationships/creator"
    )


def test_what_would_be_left_without_its_module_is_said_beside_the_other_faults(course):
    module, room = course.module(), course.room()
    course.session(module, room), course.news(module), course.content(module)
    empty = {"news": [], "sessions": [], "contents": []}
    answer = course.patch(f"modules/{module}", {"code": ""}, empty)
    assert sorted(error["source"]["pointer"].rpartition("/")[2] for error in answer.errors) == ["code", *sorted(empty)]
    assert {error["status"] for error in answer.errors} == {"422"}
