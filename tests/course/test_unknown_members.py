"""contract: course, "Unknown members"."""

import pytest

from .course import ROOM, USER, refusal, refused, resource, warned

VALUES = ["text", "", 1, 1.5, True, None, [], {"deep": [{"er": None}]}]
SHOWN = {**ROOM, "capacity": "", "features": ""}


@pytest.mark.parametrize("value", VALUES)
def test_an_unknown_attribute_is_ignored_never_stored_and_reported(course, value):
    expected = [("unknown-member", "/data/attributes/colour")]
    created = course.post("rooms", {**ROOM, "colour": value})
    assert warned(created) == (201, expected)
    assert created.data == resource("rooms", "1", SHOWN, {"sessions": []})
    changed = course.patch("rooms/1", {"colour": value, "name": "Other"})
    assert warned(changed) == (200, expected)
    assert changed.data == resource("rooms", "1", {**SHOWN, "name": "Other"}, {"sessions": []})
    assert course.record("rooms/1") == changed.data


@pytest.mark.parametrize(
    "value",
    [
        {"data": None},
        {"data": {"type": "buildings", "id": 1}},
        {"data": [{"type": "rooms", "id": "99"}]},
        {"links": {"self": "/"}},
        {},
        None,
        "malformed",
        [1],
    ],
)
def test_an_unknown_relationship_is_ignored_whatever_it_holds(course, value):
    expected = [("unknown-member", "/data/relationships/building")]
    document = {"data": {"type": "rooms", "attributes": ROOM, "relationships": {"building": value}}}
    created = course.client.post("/rooms", document)
    assert warned(created) == (201, expected)
    assert created.data == resource("rooms", "1", SHOWN, {"sessions": []})
    document["data"] |= {"id": "1", "attributes": {"name": "Other"}}
    changed = course.client.patch("/rooms/1", document)
    assert warned(changed) == (200, expected)
    assert course.record("rooms/1") == resource("rooms", "1", {**SHOWN, "name": "Other"}, {"sessions": []})


@pytest.mark.parametrize(
    ("type_", "sent", "meant"),
    [
        ("users", "firstName", "first-name"),
        ("users", "first_name", "first-name"),
        ("users", "firstname", "first-name"),
        ("users", "FIRST-NAME", "first-name"),
        ("users", "lastNam", "last-name"),
        ("users", "passwort", "password"),
        ("users", "eMail", "email"),
        ("modules", "semster", "semester"),
        ("rooms", "adress", "address"),
        ("sessions", "keyword", "keywords"),
        ("contents", "Order", "order"),
    ],
)
def test_a_name_near_a_known_one_gets_a_suggestion(course, type_, sent, meant):
    answer = course.post(type_, {sent: "value"})
    [warning] = [warning for warning in answer.warnings if warning["source"]["pointer"] == f"/data/attributes/{sent}"]
    assert (warning["code"], f"did you mean '{meant}'?" in warning["detail"]) == ("unknown-member", True)


def test_a_relationship_near_a_known_one_gets_a_suggestion(course):
    answer = course.patch(f"rooms/{course.room()}", {}, {"session": [("sessions", "1")]})
    [warning] = answer.warnings
    assert "did you mean 'sessions'?" in warning["detail"]


def test_a_name_that_is_near_nothing_gets_the_list_of_what_there_is(course):
    [warning] = course.post("rooms", {**ROOM, "x": 1}).warnings
    assert "it has 'name', 'address', 'capacity' and 'features'" in warning["detail"]
    assert "did you mean" not in warning["detail"]


def test_a_member_in_the_wrong_group_is_told_where_it_belongs(course):
    module = course.module()
    answer = course.patch(f"modules/{module}", {"teacher": "1"}, {"name": ("users", "1")})
    assert warned(answer) == (
        200,
        [("unknown-member", "/data/attributes/teacher"), ("unknown-member", "/data/relationships/name")],
    )
    details = [warning["detail"] for warning in answer.warnings]
    assert "it is a relationship" in details[0]
    assert "it is an attribute" in details[1]


def test_a_pointer_is_escaped(course):
    answer = course.post("rooms", {**ROOM, "a/b~c": 1})
    assert warned(answer) == (201, [("unknown-member", "/data/attributes/a~1b~0c")])


def test_a_misspelt_required_attribute_is_missing_and_reported(course):
    attributes = {"firstName" if name == "first-name" else name: value for name, value in USER.items()}
    answer = course.post("users", attributes)
    assert refused(answer) == refusal(422, "missing-member", "/data/attributes")
    assert warned(answer) == (422, [("unknown-member", "/data/attributes/firstName")])


def test_names_with_an_at_sign_are_ignored_without_a_word(course):
    document = {"type": "rooms", "attributes": {**ROOM, "@note": 1}, "relationships": {"@note": {"data": None}}}
    assert warned(course.client.post("/rooms", {"data": document})) == (201, [])


def test_unknown_members_are_refused_in_strict_mode(strict):
    document = {
        "type": "rooms",
        "attributes": {**ROOM, "colour": "red", "adress": "Street"},
        "relationships": {"building": {"data": None}},
    }
    expected = (
        422,
        [
            (422, "unknown-member", "/data/attributes/colour"),
            (422, "unknown-member", "/data/attributes/adress"),
            (422, "unknown-member", "/data/relationships/building"),
        ],
    )
    answer = strict.client.post("/rooms", {"data": document})
    assert refused(answer) == expected
    assert "did you mean 'address'?" in answer.errors[1]["detail"]
    assert answer.errors[1]["meta"]["suggestions"] == ["address"]
    room = strict.room()
    assert refused(strict.client.patch(f"/rooms/{room}", {"data": {**document, "id": room}})) == expected
    assert strict.record(f"rooms/{room}") == resource("rooms", "1", SHOWN, {"sessions": []})
