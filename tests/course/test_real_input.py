"""What the course's published client apps send, replayed as HTTP requests.

Ember Data, axios, fetch and curl clients: whole records, numbers as ids, relationships that a type does not
have, plain JSON bodies. contract: course; jsonapi, "Lenient by default", "Negotiation" and "Documents".
"""

import json

import pytest

from ..client import MEDIA_TYPE
from .course import MODULE, PASSWORD, ROOM, SESSION, USER, refusal, refused, resource, shown, warned

VISIBLE = {name: value for name, value in USER.items() if name != "password"}
TYPES = ["users", "modules", "rooms", "sessions", "news", "contents"]
PATHS = ["users/1", "users/2", "modules/1", "rooms/1", "sessions/1", "news/1", "contents/1", "contents/2"]


def send(course, method, path, text, content_type=None):
    """The request as it goes over the wire; `text` is the body."""
    headers = {"Content-Type": content_type} if content_type else {}
    return course.client.request(method, f"/{path}", headers=headers, body=text.encode())


@pytest.fixture
def full(course):
    """A teacher with a module that has everything, and a student who takes it."""
    module = course.module(course.teacher(), students=[("users", course.student())])
    course.session(module, course.room())
    course.news(module)
    course.content(module, course.content(module))
    return course


# --- documents of the apps --------------------------------------------------------------------------
def test_a_sign_up_names_sessions_that_users_do_not_have(course):
    body = """{
      "data": {
        "type": "users",
        "attributes": {"email": "ada@example.org", "password": "correct horse battery", "first-name": "Ada",
                       "last-name": "Lovelace", "role": "teacher"},
        "relationships": {"sessions": {"data": [{"type": "sessions", "id": 1}]}}
      }
    }"""
    answer = send(course, "POST", "users", body, MEDIA_TYPE)
    ada = resource("users", "1", VISIBLE, {"teaches": [], "takes": []})
    assert warned(answer) == (201, [("unknown-member", "/data/relationships/sessions")])
    assert answer.data == ada
    assert course.client.get("/users/1").json == shown("users/1", ada)


def test_a_module_is_sent_with_its_creator_and_its_teacher(course):
    teacher = course.teacher()
    body = f"""{{
      "data": {{
        "type": "modules",
        "attributes": {json.dumps(MODULE)},
        "relationships": {{
          "creator": {{"data": {{"type": "users", "id": "{teacher}"}}}},
          "teacher": {{"data": {{"type": "users", "id": "{teacher}"}}}}
        }}
      }}
    }}"""
    answer = send(course, "POST", "modules", body, MEDIA_TYPE)
    linkage = {"teacher": ("users", teacher), "students": [], "news": [], "sessions": [], "contents": []}
    assert warned(answer) == (201, [("alias-used", "/data/relationships/creator")])
    assert answer.data == resource("modules", "1", MODULE, linkage)


def test_enrolling_sends_the_modules_students(course):
    teacher, first, second = course.teacher(), course.student(), course.student()
    module = course.module(teacher)
    for students in ([first], [first, second], [second]):
        identifiers = [{"type": "users", "id": student} for student in students]
        body = {"data": {"id": module, "type": "modules", "relationships": {"students": {"data": identifiers}}}}
        answer = send(course, "PATCH", f"modules/{module}", json.dumps(body), MEDIA_TYPE)
        assert warned(answer) == (200, [])
        assert answer.data["relationships"]["students"]["data"] == identifiers
        assert answer.data["attributes"] == MODULE
    assert (course.ids(f"users/{first}/takes"), course.ids(f"users/{second}/takes")) == ([], [module])


@pytest.mark.parametrize(
    "date", ["2019-05-01T10:00:00", "2019-05-01T10:00", "2019-05-01T08:00:00.000Z", "2019-05-01T10:00:00+02:00"]
)
def test_a_session_is_sent_with_the_date_of_a_form(course, date):
    """datetime-local gives no offset and no seconds, toISOString Z, moment().format() an offset."""
    linkage = {"module": ("modules", course.module()), "room": ("rooms", course.room())}
    body = {
        "data": {
            "type": "sessions",
            "attributes": {**SESSION, "date": date, "keywords": ""},
            "relationships": {
                name: {"data": {"type": type_, "id": int(id_)}} for name, (type_, id_) in linkage.items()
            },
        }
    }
    answer = send(course, "POST", "sessions", json.dumps(body), MEDIA_TYPE)
    assert warned(answer) == (
        201,
        [("id-coerced", "/data/relationships/module"), ("id-coerced", "/data/relationships/room")],
    )
    assert answer.data == resource("sessions", "1", {**SESSION, "date": date, "keywords": ""}, linkage)


def test_a_room_names_a_module_that_rooms_do_not_have(course):
    body = {
        "data": {
            "type": "rooms",
            "attributes": {**ROOM, "capacity": "30", "features": "Beamer"},
            "relationships": {"module": {"data": {"type": "modules", "id": 1}}},
        }
    }
    answer = send(course, "POST", "rooms", json.dumps(body), MEDIA_TYPE)
    assert warned(answer) == (201, [("unknown-member", "/data/relationships/module")])
    assert answer.data == resource("rooms", "1", body["data"]["attributes"], {"sessions": []})


def test_login_is_a_filter_by_email_and_password(course):
    course.post("users", USER)
    user = course.record("users/1")
    right = course.client.get("/users?email=ada@example.org&password=correct%20horse%20battery")
    assert (right.status, right.json) == (200, shown("users?email=ada%40example.org", [user], page={"total": 1}))
    wrong = course.client.get("/users?email=ada@example.org&password=battery")
    assert (wrong.status, wrong.json) == (200, shown("users?email=ada%40example.org", [], page={"total": 0}))
    assert (right.headers["Cache-Control"], wrong.headers["Cache-Control"]) == ("no-store", "no-store")


def test_ember_sends_null_for_what_it_never_read(course):
    course.post("users", USER)
    body = {
        "data": {
            "id": "1",
            "type": "users",
            "attributes": {**VISIBLE, "first-name": "Augusta", "password": None},
            "relationships": {"teaches": {"data": []}, "takes": {"data": []}},
        }
    }
    answer = send(course, "PATCH", "users/1", json.dumps(body), MEDIA_TYPE)
    assert warned(answer) == (200, [])
    assert answer.data["attributes"] == {**VISIBLE, "first-name": "Augusta"}
    assert course.ids(f"users?email=ada@example.org&password={PASSWORD.replace(' ', '+')}") == ["1"]


def test_ember_sends_null_for_fields_that_were_left_empty(course):
    module = course.module()
    body = {
        "data": {
            "type": "contents",
            "attributes": {"title": "Chapter", "content": None, "order": None},
            "relationships": {
                "module": {"data": {"type": "modules", "id": module}},
                "parent": {"data": None},
                "children": {"data": []},
            },
        }
    }
    answer = send(course, "POST", "contents", json.dumps(body), MEDIA_TYPE)
    assert warned(answer) == (
        201,
        [("null-not-allowed", "/data/attributes/content"), ("null-not-allowed", "/data/attributes/order")],
    )
    assert answer.data["attributes"] == {"title": "Chapter", "content": "", "order": 0}


@pytest.mark.parametrize("id_", ["null", '""'])
def test_a_new_record_has_an_empty_id(course, id_):
    answer = send(
        course, "POST", "rooms", f'{{"data": {{"id": {id_}, "type": "rooms", "attributes": {json.dumps(ROOM)}}}}}'
    )
    assert warned(answer) == (201, [("id-coerced", "/data/id")])
    assert answer.data["id"] == "1"


def test_the_seeds_own_example_finds_nothing_and_says_why(course):
    """seed 003: `GET /modules?semester=WS18`; no module can have that semester."""
    course.module()
    answer = course.client.get("/modules?semester=WS18")
    assert (answer.data, warned(answer)) == ([], (200, [("unmatchable-value", "semester")]))
    assert "WS18/19" in answer.warnings[0]["detail"]


# --- media types ------------------------------------------------------------------------------------
NEW_ROOM = json.dumps({"data": {"type": "rooms", "attributes": ROOM}})


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_a_plain_json_body_is_accepted_and_reported(course, content_type):
    expected = [("unsupported-media-type", "Content-Type")]
    created = send(course, "POST", "rooms", NEW_ROOM, content_type)
    assert warned(created) == (201, expected)
    assert created.headers["Content-Type"] == MEDIA_TYPE
    changed = json.dumps({"data": {"type": "rooms", "id": "1", "attributes": {"name": "Room 4"}}})
    assert warned(send(course, "PATCH", "rooms/1", changed, content_type)) == (200, expected)
    assert course.record("rooms/1")["attributes"]["name"] == "Room 4"
    module, student = course.module(), course.student()
    linkage = json.dumps({"data": [{"type": "users", "id": student}]})
    path = f"modules/{module}/relationships/students"
    for method in ("POST", "PATCH", "DELETE"):
        assert warned(send(course, method, path, linkage, content_type)) == (200, expected)


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_a_plain_json_body_is_refused_in_strict_mode(strict, content_type):
    answer = send(strict, "POST", "rooms", NEW_ROOM, content_type)
    assert refused(answer) == refusal(415, "unsupported-media-type", "Content-Type")
    assert strict.ids("rooms") == []


def test_a_body_without_a_content_type_is_right(course):
    created = send(course, "POST", "rooms", NEW_ROOM)
    assert warned(created) == (201, [])
    changed = json.dumps({"data": {"type": "rooms", "id": "1", "attributes": {"name": "Room 4"}}})
    assert warned(send(course, "PATCH", "rooms/1", changed)) == (200, [])
    assert course.record("rooms/1")["attributes"]["name"] == "Room 4"


def test_a_body_without_a_content_type_is_right_in_strict_mode_too(strict):
    assert warned(send(strict, "POST", "rooms", NEW_ROOM)) == (201, [])


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain;charset=UTF-8", "multipart/form-data; boundary=x"]
)
def test_another_content_type_is_refused_with_the_header_to_add(course, content_type):
    """`curl -d` alone sends a form, `fetch` alone text/plain."""
    answer = send(course, "POST", "rooms", NEW_ROOM, content_type)
    assert refused(answer) == refusal(415, "unsupported-media-type", "Content-Type")
    detail = answer.errors[0]["detail"]
    assert f"-H 'Content-Type: {MEDIA_TYPE}'" in detail
    assert f"headers: {{'Content-Type': '{MEDIA_TYPE}'}}" in detail
    assert course.ids("rooms") == []


def test_a_get_and_a_delete_may_carry_the_clients_usual_header(course):
    """axios and jQuery set a Content-Type for every request of an instance."""
    room = course.room()
    for content_type in ("application/json", "application/x-www-form-urlencoded", MEDIA_TYPE):
        answer = send(course, "GET", f"rooms/{room}", "", content_type)
        assert warned(answer) == (200, [])
    assert send(course, "DELETE", f"rooms/{room}", "{}", "application/json").status == 204


# --- whole records ----------------------------------------------------------------------------------
def snapshot(course):
    return {type_: course.client.get(f"/{type_}").data for type_ in TYPES}


@pytest.mark.parametrize("path", PATHS)
def test_a_whole_record_sent_back_changes_nothing_and_warns_of_nothing(full, path):
    before = snapshot(full)
    read = full.client.get(f"/{path}")
    for document in (read.json, {"data": read.data}):
        answer = send(full, "PATCH", path, json.dumps(document), MEDIA_TYPE)
        assert (answer.status, answer.json) == (200, shown(path, read.data))
        assert answer.headers["ETag"] == read.headers["ETag"]
    assert snapshot(full) == before


@pytest.mark.parametrize("path", PATHS)
def test_a_whole_record_is_right_in_strict_mode_too(strict, path):
    module = strict.module(strict.teacher(), students=[("users", strict.student())])
    strict.session(module, strict.room())
    strict.news(module)
    strict.content(module, strict.content(module))
    read = strict.client.get(f"/{path}")
    answer = strict.client.patch(f"/{path}", read.json)
    assert (answer.status, answer.json) == (200, shown(path, read.data))


@pytest.mark.parametrize("path", PATHS)
def test_a_whole_record_with_includes_and_links_only_changes_what_differs(full, path):
    """Some clients send `included` and relationships that were never loaded, so without `data`."""
    document = full.client.get(f"/{path}").json
    before = snapshot(full)
    name, value = {"users": ("last-name", "King"), "modules": ("name", "Servers")}.get(
        path.split("/")[0], ("name", "Room 4") if path == "rooms/1" else ("title", "Changed")
    )
    document["data"]["attributes"] = {name: value}
    for relationship in document["data"]["relationships"].values():
        del relationship["data"]
    document["included"] = [{"type": "users", "id": "1"}, {"nonsense": True}]
    answer = send(full, "PATCH", path, json.dumps(document), MEDIA_TYPE)
    assert warned(answer) == (200, [])
    after = snapshot(full)
    type_, id_ = path.split("/")
    [changed] = [found for found in before[type_] if found["id"] == id_]
    changed["attributes"][name] = value
    assert after == before


def test_a_module_whose_teacher_was_deleted_can_be_sent_back(full):
    full.client.delete("/users/1")
    record = full.record("modules/1")
    assert record["relationships"]["teacher"]["data"] is None
    record["attributes"]["name"] = "Servers"
    answer = full.client.patch("/modules/1", {"data": record})
    assert (answer.status, answer.json) == (200, shown("modules/1", record))


def test_a_record_that_is_out_of_date_does_not_move_sessions_through_a_room(full):
    """Another window gave the room a second session; the stale record is saved and says what was ignored."""
    record = full.record("rooms/1")
    full.session("1", "1")
    record["attributes"]["name"] = "Room 4"
    answer = full.client.patch("/rooms/1", {"data": record})
    assert warned(answer) == (200, [("read-only-ignored", "/data/relationships/sessions")])
    assert [item["id"] for item in answer.data["relationships"]["sessions"]["data"]] == ["1", "2"]
    assert answer.data["attributes"]["name"] == "Room 4"
