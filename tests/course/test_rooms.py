"""contract: course, "rooms"."""

import pytest

from .course import BASE, ROOM, refusal, refused, resource, shown, warned

UNSET = {"capacity": "", "features": ""}


def test_a_room_is_shown_with_its_sessions(course):
    created = course.post("rooms", {**ROOM, "capacity": "30", "features": "Beamer"})
    room = resource("rooms", "1", {**ROOM, "capacity": "30", "features": "Beamer"}, {"sessions": []})
    assert (created.status, created.headers["Location"]) == (201, f"{BASE}/rooms/1")
    assert created.json == shown("rooms", room)
    assert course.client.get("/rooms/1").json == shown("rooms/1", room)
    assert course.client.get("/rooms").json == shown("rooms", [room], page={"total": 1})


def test_capacity_and_features_read_empty_when_never_set(course):
    assert course.post("rooms", ROOM).data == resource("rooms", "1", {**ROOM, **UNSET}, {"sessions": []})


def test_a_patch_changes_only_what_it_names(course):
    course.post("rooms", {**ROOM, "capacity": "30"})
    changed = course.patch("rooms/1", {"features": "Beamer", "name": "Room 4"})
    room = resource("rooms", "1", {**ROOM, "name": "Room 4", "capacity": "30", "features": "Beamer"}, {"sessions": []})
    assert (changed.status, changed.json) == (200, shown("rooms/1", room))


@pytest.mark.parametrize("name", ROOM)
def test_name_and_address_are_required(course, name):
    answer = course.post("rooms", {other: value for other, value in ROOM.items() if other != name})
    assert refused(answer) == refusal(422, "missing-member", "/data/attributes")
    assert answer.errors[0]["meta"]["member"] == name


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("name", "H 1", "too-short"),
        ("address", "", "too-short"),
        ("name", None, "null-not-allowed"),
        ("address", 1234, "wrong-kind"),
        ("capacity", 30, "wrong-kind"),
        ("capacity", 30.5, "wrong-kind"),
        ("capacity", True, "wrong-kind"),
        ("features", ["Beamer"], "wrong-kind"),
        ("features", {"Beamer": 1}, "wrong-kind"),
    ],
)
def test_an_invalid_value_is_refused_by_post_and_patch(course, name, value, code):
    room = course.room()
    before = course.record(f"rooms/{room}")
    expected = refusal(422, code, f"/data/attributes/{name}")
    assert refused(course.post("rooms", {**ROOM, name: value})) == expected
    assert refused(course.patch(f"rooms/{room}", {name: value})) == expected
    assert course.client.get("/rooms").data == [before]


@pytest.mark.parametrize("capacity", ["", "30", "thirty", "-1"])
def test_capacity_is_any_string(course, capacity):
    assert course.post("rooms", {**ROOM, "capacity": capacity}).data["attributes"]["capacity"] == capacity


# --- sessions are read-only -------------------------------------------------------------------------
def test_writing_sessions_through_a_room_changes_the_rest_and_warns(course):
    here, there = course.room(), course.room()
    session = course.session(room=there)
    ignored = [("read-only-ignored", "/data/relationships/sessions")]
    created = course.post("rooms", ROOM, {"sessions": [("sessions", session)]})
    assert warned(created) == (201, ignored)
    assert created.data == resource("rooms", "3", {**ROOM, **UNSET}, {"sessions": []})
    changed = course.patch(f"rooms/{here}", {"name": "Room 4"}, {"sessions": [("sessions", session)]})
    assert warned(changed) == (200, ignored)
    assert changed.data == resource("rooms", here, {**ROOM, **UNSET, "name": "Room 4"}, {"sessions": []})
    assert warned(course.patch(f"rooms/{there}", {}, {"sessions": []})) == (200, ignored)
    assert warned(course.patch(f"rooms/{there}", {}, {"sessions": [("sessions", "99")]})) == (200, ignored)
    assert course.linked(f"sessions/{session}/relationships/room") == there


def test_sessions_that_are_sent_back_as_they_are_warn_of_nothing(course):
    room = course.room()
    sessions = [course.session(room=room), course.session(room=room)]
    backwards = [("sessions", id_) for id_ in reversed(sessions)]
    assert warned(course.patch(f"rooms/{room}", {}, {"sessions": backwards})) == (200, [])
    assert warned(course.post("rooms", ROOM, {"sessions": []})) == (201, [])


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize("linkage", [[], [("sessions", "1")], [("sessions", "99")]])
def test_the_relationships_url_refuses_every_write(course, method, linkage):
    session = course.session(room=course.room())
    answer = course.link(method, "rooms/1/relationships/sessions", linkage)
    assert refused(answer) == refusal(403, "read-only-relationship", None)
    assert course.ids("rooms/1/relationships/sessions") == [session]


def test_writing_sessions_is_ignored_in_strict_mode_too(strict):
    """The page names no error for it."""
    answer = strict.post("rooms", ROOM, {"sessions": [("sessions", strict.session())]})
    assert warned(answer) == (201, [("read-only-ignored", "/data/relationships/sessions")])
    assert answer.data["relationships"]["sessions"]["data"] == []


def test_a_session_moves_by_its_own_room(course):
    here, there = course.room(), course.room()
    session = course.session(room=here)
    assert course.patch(f"sessions/{session}", {}, {"room": ("rooms", there)}).status == 200
    assert [course.ids(f"rooms/{room}/relationships/sessions") for room in (here, there)] == [[], [session]]


def test_deleting_a_room_deletes_its_sessions(course):
    here, there, module = course.room(), course.room(), course.module()
    gone, kept = course.session(module, here), course.session(module, there)
    assert course.client.delete(f"/rooms/{here}").status == 204
    assert course.client.get(f"/sessions/{gone}").status == 404
    assert course.ids("sessions") == [kept]
    assert course.ids(f"modules/{module}/relationships/sessions") == [kept]
