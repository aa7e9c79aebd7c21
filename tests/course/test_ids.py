"""contract: course, "Ids"."""

import pytest

from .course import BASE, CONTENT, MODULE, NEWS, ROOM, SESSION, USER, refusal, refused, resource, warned

TYPES = {
    "users": (USER, {}),
    "modules": (MODULE, {"teacher": ("users", "u")}),
    "rooms": (ROOM, {}),
    "sessions": (SESSION, {"module": ("modules", "m"), "room": ("rooms", "r")}),
    "news": (NEWS, {"module": ("modules", "m")}),
    "contents": (CONTENT, {"module": ("modules", "m")}),
}


@pytest.fixture
def based(course):
    """The teacher u, the module m and the room r."""
    course.client.create("users", {**USER, "email": "u@example.org"}, id_="u")
    course.client.create("modules", MODULE, id_="m", teacher=("users", "u"))
    course.client.create("rooms", ROOM, id_="r")
    return course


def create(course, type_, number=1, **more):
    """POST of a valid resource; `number` keeps e-mail addresses apart."""
    attributes, linkage = TYPES[type_]
    if type_ == "users":
        attributes = {**attributes, "email": f"user{number}@example.org"}
    return course.post(type_, attributes, linkage, **more)


def test_ids_count_up_from_1_for_each_type(based):
    for type_ in TYPES:
        made = [create(based, type_, number) for number in (1, 2, 3)]
        assert [answer.data["id"] for answer in made] == ["1", "2", "3"]
        assert [answer.headers["Location"] for answer in made] == [f"{BASE}/{type_}/{id_}" for id_ in (1, 2, 3)]


@pytest.mark.parametrize("type_", TYPES)
def test_an_id_is_not_used_again_after_a_delete(based, type_):
    for number in (1, 2, 3):
        create(based, type_, number)
    for id_ in ("3", "2"):
        assert based.client.delete(f"/{type_}/{id_}").status == 204
    assert create(based, type_, 4).data["id"] == "4"
    for id_ in ("1", "4"):
        based.client.delete(f"/{type_}/{id_}")
    assert create(based, type_, 5).data["id"] == "5"


def test_an_id_that_went_with_another_resource_is_not_used_again(based):
    based.session("m", "r")
    parent = based.content("m")
    based.content("m", parent)
    based.client.delete("/rooms/r")
    based.client.delete(f"/contents/{parent}")
    assert (based.session("m", based.room()), based.content("m")) == ("2", "3")


@pytest.mark.parametrize("type_", TYPES)
def test_a_reset_starts_every_type_at_1_again(based, type_):
    for number in (1, 2):
        create(based, type_, number)
    assert based.client.post("/reset-db").status == 200
    assert [based.ids(name) for name in TYPES] == [[]] * 6
    created = [based.teacher(), based.module("1"), based.room(), based.session("1", "1"), based.news("1")]
    assert [*created, based.content("1")] == ["1"] * 6


def test_a_refused_post_uses_no_id(based):
    assert create(based, "rooms", type="news").status == 409
    assert based.post("rooms", {**ROOM, "name": ""}).status == 422
    assert based.room() == "1"


# --- given by the client ----------------------------------------------------------------------------
VALID_IDS = [
    "1",
    "0",
    "007",
    "a",
    "Z",
    "room-3.07_b",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "a" * 64,
    "9" * 64,
    "1.",
    "a--",
]


def test_a_client_may_give_its_own_id(course):
    for id_ in VALID_IDS:
        answer = course.post("rooms", ROOM, id=id_)
        room = resource("rooms", id_, {**ROOM, "capacity": "", "features": ""}, {"sessions": []})
        assert (answer.status, answer.headers["Location"], answer.data) == (201, f"{BASE}/rooms/{id_}", room)
        assert course.record(f"rooms/{id_}") == room
    assert course.ids("rooms") == VALID_IDS


@pytest.mark.parametrize("type_", TYPES)
def test_every_type_takes_an_id_of_the_client(based, type_):
    assert create(based, type_, id="own").data["id"] == "own"
    assert create(based, type_, 2).data["id"] == "1"


INVALID_IDS = [
    *(" ", "a b", " 1", "1 ", "1\n", "-1", ".", "..", "_a", "a/b", "a?b", "a#b", "a%b", "a:b", "a,b", "a+b", "ä", "１"),
    *("a" * 65, "'", '"', "<b>", "\\"),
]


def test_other_characters_are_refused(course):
    expected = refusal(422, "invalid-id", "/data/id")
    for id_ in INVALID_IDS:
        assert (id_, refused(course.post("rooms", ROOM, id=id_))) == (id_, expected)
    assert course.ids("rooms") == []


@pytest.mark.parametrize("id_", [1, 1.0, True, [], {}, ["1"]])
def test_an_id_that_is_no_string_is_refused(course, id_):
    assert refused(course.post("rooms", ROOM, id=id_)) == refusal(400, "invalid-identifier", "/data/id")
    assert course.ids("rooms") == []


@pytest.mark.parametrize("type_", TYPES)
def test_an_id_that_is_taken_is_refused(based, type_):
    assert create(based, type_, 1, id="own").status == 201
    before = based.record(f"{type_}/own")
    create(based, type_, 2)
    for taken in ("own", "1"):
        assert refused(create(based, type_, 3, id=taken)) == refusal(409, "id-taken", "/data/id")
    assert based.record(f"{type_}/own") == before


def test_ids_differ_in_case_and_between_types(course):
    for id_ in ("a", "A", "1", "01"):
        assert course.post("rooms", ROOM, id=id_).status == 201
    assert course.post("users", USER, id="a").status == 201
    assert course.ids("rooms") == ["a", "A", "1", "01"]


def test_the_service_steps_over_ids_of_the_client(course):
    for id_ in ("1", "2", "4"):
        course.post("rooms", ROOM, id=id_)
    assert [course.room() for _ in range(3)] == ["3", "5", "6"]


def test_a_patch_cannot_change_the_id(course):
    course.room()
    answer = course.client.patch("/rooms/1", {"data": {"type": "rooms", "id": "2", "attributes": {"name": "Other"}}})
    assert refused(answer) == refusal(409, "id-conflict", "/data/id")


@pytest.mark.parametrize("id_", [None, ""])
def test_null_and_empty_count_as_absent_in_a_post(course, id_):
    answer = course.post("rooms", ROOM, id=id_)
    assert warned(answer) == (201, [("id-coerced", "/data/id")])
    assert answer.data["id"] == "1"


@pytest.mark.parametrize("id_", [None, ""])
def test_null_and_empty_are_refused_in_strict_mode(strict, id_):
    assert refused(strict.post("rooms", ROOM, id=id_)) == refusal(400, "id-coerced", "/data/id")
    assert strict.ids("rooms") == []


# --- numbers in linkage -----------------------------------------------------------------------------
def number_in_documents(course, id_):
    """A POST and a PATCH with a number in a to-one and in a to-many linkage."""
    return [
        (course.post("modules", MODULE, {"teacher": ("users", id_)}), "/data/relationships/teacher"),
        (course.patch("modules/m", {}, {"teacher": ("users", id_)}), "/data/relationships/teacher"),
        (course.patch("modules/m", {}, {"students": [("users", 2), ("users", "2")]}), "/data/relationships/students"),
        (course.link("PATCH", "modules/m/relationships/teacher", ("users", id_)), "/data"),
        (course.link("POST", "modules/m/relationships/students", [("users", 2)]), "/data"),
        (course.link("PATCH", "users/1/relationships/teaches", [("modules", "m"), ("modules", 1)]), "/data"),
    ]


def test_an_integer_in_linkage_is_read_as_its_decimal_string_and_reported(course):
    course.user("teacher"), course.user("student")
    course.client.create("modules", MODULE, id_="m", teacher=("users", "1"))
    for answer, where in number_in_documents(course, 1):
        assert warned(answer) in [(200, [("id-coerced", where)]), (201, [("id-coerced", where)])]
    assert course.linked("modules/1/relationships/teacher") == "1"
    assert course.ids("modules/m/relationships/students") == ["2"]


def test_an_integer_in_linkage_is_refused_in_strict_mode(strict):
    strict.user("teacher"), strict.user("student")
    strict.client.create("modules", MODULE, id_="m", teacher=("users", "1"))
    for answer, where in number_in_documents(strict, 1):
        assert refused(answer) == refusal(400, "id-coerced", where)
    assert strict.ids("modules") == ["m"]
    assert strict.ids("modules/m/relationships/students") == []


def test_an_integer_that_names_nothing_is_reported_and_not_found(based):
    answer = based.post("modules", MODULE, {"teacher": ("users", 99)})
    assert refused(answer) == refusal(404, "unknown-resource", "/data/relationships/teacher")
    assert warned(answer) == (404, [("id-coerced", "/data/relationships/teacher")])


@pytest.mark.parametrize("id_", [1.0, 1.5, True, None, ["1"], {"id": "1"}])
def test_other_kinds_of_ids_in_linkage_are_refused(based, id_):
    answer = based.post("modules", MODULE, {"teacher": ("users", id_)})
    assert refused(answer) == refusal(400, "invalid-identifier", "/data/relationships/teacher")
    assert based.ids("modules") == ["m"]
