"""contract: namespaces, export and import: one document holds all, import makes the same state of it or nothing."""

import json

import pytest

from tests.checkin.checkin import Checkin
from tests.client import Client, in_process

from .test_state import ROOM, counts, fill
from .test_undo import state, token

META = {"format": "jsonapi-course/1"}
PERSON = {"email": "a@example.org", "first-name": "Ada", "last-name": "Lovelace", "role": "teacher"}


@pytest.fixture
def send(app):
    return in_process(app)


@pytest.fixture
def other(send):
    """A client of another namespace of the same service."""
    return Client(send, "s2")


def item(type_, id_=None, attributes=None, meta=None, **linkage):
    """A resource object; linkage as (type, id), a list of those, or None."""
    made = {"type": type_}
    if id_ is not None:
        made["id"] = id_
    if attributes is not None:
        made["attributes"] = attributes
    if linkage:
        made["relationships"] = {name: {"data": _linkage(value)} for name, value in linkage.items()}
    if meta is not None:
        made["meta"] = meta
    return made


def _linkage(value):
    if isinstance(value, list):
        return [_linkage(one) for one in value]
    return value and {"type": value[0], "id": value[1]}


def load(client, *items, **meta):
    return client.post("/import", {"data": list(items), "meta": {**META, **meta}})


def faults(answer):
    return [(error["status"], error["code"], error["source"]["pointer"]) for error in answer.errors]


USER = item("users", "u", PERSON)
MODULE = item(
    "modules",
    "m",
    {"code": "WEB1", "name": "Web development", "semester": "SS18"},
    teacher=("users", "u"),
)


# --- export ------------------------------------------------------------------------------------------
def test_an_export_has_every_resource_of_every_type_with_its_attributes(client):
    client.post("/reset-db?seed=demo")
    exported = client.get("/export")
    assert (exported.status, exported.headers["Content-Type"]) == (200, "application/vnd.api+json")
    assert (exported.json["meta"]["format"], exported.json["links"]["self"]) == (
        "jsonapi-course/1",
        "http://localhost/api/s1/export",
    )
    found = [(one["type"], one["id"], one.get("attributes")) for one in exported.data]
    shown = [
        (one["type"], one["id"], one.get("attributes"))
        for type_ in client.get("").json["meta"]["types"]
        for one in sorted(client.get(f"/{type_}").data, key=lambda one: int(one["id"]))
    ]
    assert found == shown


def test_a_relationship_is_written_down_on_the_side_that_holds_it(client):
    fill(client)
    exported = {(one["type"], one["id"]): one.get("relationships") for one in client.get("/export").data}
    assert exported["modules", "1"] == {
        "teacher": {"data": {"type": "users", "id": "1"}},
        "students": {"data": [{"type": "users", "id": "2"}]},
    }
    assert (exported["rooms", "1"], exported["users", "2"]) == (None, None)
    assert exported["contents", "1"]["parent"] == {"data": None}


def test_passwords_hashes_and_tokens_never_leave(client):
    fill(client)
    bearer = token(client)
    body = client.get("/export").body.decode()
    secret = bearer.partition("|")[2]
    assert not any(word in body for word in ("password", "hash", "argon2", "token", "secret", secret))


def test_an_export_answers_304_to_its_etag_until_a_write(client):
    client.create("rooms", ROOM)
    etag = client.get("/export").headers["ETag"]
    assert client.get("/export", if_none_match=etag).status == 304
    client.create("rooms", ROOM)
    assert client.get("/export", if_none_match=etag).status == 200


def test_a_new_namespace_exports_what_every_new_one_has(client, other):
    assert state(client) == state(other)
    assert {one["type"] for one in client.get("/export").data} == {
        "activities",
        "architectures",
        "forms",
        "levels",
        "questions",
    }


# --- export → import → export ------------------------------------------------------------------------
def every_kind_of_state(client):
    """What no single face can write: users of one word, modules without teacher, check-ins that are answersheets …"""
    world = Checkin(client)
    world.fill()
    admin = world.tokens[1]

    def call(method, path, body=None):
        answer = client.request(
            method, path, body, {"Authorization": f"Bearer {admin}", "Content-Type": "application/json"}
        )
        assert answer.status < 300, answer
        return answer

    call("POST", "/v3/users", {"name": "Prince", "email": "prince@hanze.example", "password": "x", "role": "docent"})
    call("POST", "/v1/connectToStudent/2/4")
    answers = {"1": "2", "3": "7.5", "5": "Mixed"}
    form = {"user_id": 4, "form_id": 1, "array_answers": answers}
    call(
        "POST",
        "/v1/postFormApi",
        {**form, "questions_array": [1, 3, 5], "questions_text": ["Mood?", "Hours?", "Else?"]},
    )
    teacher = client.create("users", {**PERSON, "password": "x"}, id_="gone")["id"]
    semester = {"code": "WEB1", "name": "Web development", "semester": "WS19/20"}
    module = client.create("modules", semester, teacher=("users", teacher), students=[("users", "4")])["id"]
    client.delete(f"/users/{teacher}")
    client.create("contents", {"title": "Above", "order": 7}, id_="above", module=("modules", module))
    client.create("contents", {"title": "Below"}, module=("modules", module), parent=("contents", "above"))
    client.patch("/contents/above", {"data": item("contents", "above", {"order": -3})})
    client.create("rooms", {**ROOM, "features": "täglich, 日本"}, id_="500")
    for _ in range(2):
        client.create("rooms", ROOM)
    client.delete("/rooms/2")
    client.delete("/activities/5")
    assert any("answersheet-id" in one.get("meta", {}) for one in client.get("/export").data)


def test_export_import_export_is_identical_in_another_namespace_and_in_the_same(client, other):
    every_kind_of_state(client)
    exported = client.get("/export").json
    assert other.post("/import", exported).status == 200
    assert state(other) == (exported["data"], exported["meta"])
    assert client.post("/import", exported).status == 200
    assert state(client) == (exported["data"], exported["meta"])


def test_after_an_import_every_collection_reads_as_it_did(client, other):
    every_kind_of_state(client)
    assert other.post("/import", client.get("/export").json).status == 200
    for type_ in client.get("").json["meta"]["types"]:
        read = [json.loads(which.get(f"/{type_}").body.replace(b"/s2/", b"/s1/")) for which in (client, other)]
        assert [read[0]["data"], read[0]["meta"]] == [read[1]["data"], read[1]["meta"]], type_


def test_an_export_is_imported_in_strict_mode_without_a_warning(client, other):
    every_kind_of_state(client)
    answer = other.post("/import", client.get("/export").json, Prefer="handling=strict")
    assert (answer.status, answer.warnings) == (200, [])
    shown = {type_: entry["count"] for type_, entry in other.get("").json["meta"]["types"].items()}
    assert answer.json["meta"] == {"imported": True, "counts": shown}


def test_the_extras_of_the_check_in_part_travel_in_meta(client, other):
    client.post("/reset-db?seed=demo")
    document = client.get("/export").json
    [ada] = [one for one in document["data"] if (one["type"], one["id"]) == ("users", "1")]
    assert ada["meta"]["admin"] is True and ada["meta"]["created-at"].endswith("Z")
    assert {"docent-id": "2", "student-id": "4"} in document["meta"]["docent-students"]
    login = {"email": "grace@demo.example", "password": "demo", "device_name": "laptop"}
    assert isinstance(token(client, login), str)
    other.post("/import", document)
    assert token(other, login) == 401


# --- import ------------------------------------------------------------------------------------------
def test_an_import_replaces_everything_and_ids_are_kept(client):
    fill(client)
    answer = load(client, USER, MODULE, item("rooms", "lab.1", ROOM))
    assert (answer.status, answer.json["meta"]["imported"]) == (200, True)
    assert counts(client) == {"contents": 0, "modules": 1, "news": 0, "rooms": 1, "sessions": 0, "users": 1}
    assert client.get("/modules/m").data["relationships"]["teacher"]["data"] == {"type": "users", "id": "u"}


def test_a_resource_without_an_id_gets_one_that_no_other_has(client):
    answer = load(client, item("rooms", None, ROOM), item("rooms", "1", ROOM), item("rooms", None, ROOM))
    assert answer.status == 200
    assert [one["id"] for one in client.get("/rooms").data] == ["2", "1", "3"]


@pytest.mark.parametrize(
    "ids, counter, expected",
    [
        (["3", "7"], None, "8"),
        (["3"], 9, "10"),
        (["9"], 3, "4"),
        (["a"], None, "1"),
        (["9" * 30], None, "1"),
        ([], 5, "6"),
    ],
)
def test_ids_go_on_after_those_that_were_given(client, ids, counter, expected):
    counters = {} if counter is None else {"counters": {"rooms": counter}}
    assert load(client, *(item("rooms", id_, ROOM) for id_ in ids), **counters).status == 200
    assert client.create("rooms", ROOM)["id"] == expected


def test_what_comes_later_in_the_document_can_be_named(client):
    below = item("contents", "below", {"title": "Below"}, module=("modules", "m"), parent=("contents", "above"))
    above = item("contents", "above", {"title": "Above"}, module=("modules", "m"))
    assert load(client, below, above, MODULE, USER).status == 200
    assert client.get("/contents/above/children").data[0]["id"] == "below"


def test_both_sides_of_a_relationship_can_be_written_down(client):
    module = {
        **MODULE,
        "relationships": {**MODULE["relationships"], "contents": {"data": [{"type": "contents", "id": "c"}]}},
    }
    user = {**USER, "relationships": {"teaches": {"data": [{"type": "modules", "id": "m"}]}}}
    content = item("contents", "c", {"title": "Chapter"}, module=("modules", "m"))
    assert load(client, module, user, content).status == 200
    assert client.get("/users/u/relationships/teaches").data == [{"type": "modules", "id": "m"}]
    assert client.get("/modules/m/relationships/contents").data == [{"type": "contents", "id": "c"}]


def test_a_user_without_a_password_has_none_that_matches(client):
    load(client, USER, item("users", "n", {**PERSON, "email": "b@example.org", "password": None}))
    for email in ("a@example.org", "b@example.org"):
        for password in ("no password", "null", "None", "!"):
            assert client.get(f"/users?email={email}&password={password}").data == []
            assert token(client, {"email": email, "password": password, "device_name": "x"}) == 401
    password = {"data": item("users", "u", {"password": "new"})}
    assert client.patch("/users/u", password).status == 200
    assert [one["id"] for one in client.get("/users?email=a@example.org&password=new").data] == ["u"]


def test_a_password_in_the_document_is_the_user_s(client):
    plain = "no password"  # the very text that stands for none
    load(client, item("users", "1", {**PERSON, "password": plain}))
    assert len(client.get("/users?email=a@example.org&password=no%20password").data) == 1
    assert plain not in client.get("/export").body.decode()


def test_a_dry_run_checks_everything_and_keeps_nothing(client):
    fill(client)
    before = state(client)
    answer = client.post("/import?dryRun=true", {"data": [USER], "meta": META})
    assert (answer.status, answer.json["meta"]["dryRun"], answer.json["meta"]["counts"]["users"]) == (200, True, 1)
    assert state(client) == before


def test_an_import_with_a_key_is_done_once(client):
    key = {"Idempotency_Key": "first"}
    document = {"data": [USER], "meta": META}
    client.post("/import", document, **key)
    client.create("rooms", ROOM)
    assert client.post("/import", document, **key).headers["Idempotency-Replayed"] == "true"
    assert counts(client)["rooms"] == 1


def test_a_body_may_be_larger_than_that_of_other_requests_up_to_the_quota(make_app):
    client = Client(in_process(make_app(MAX_BODY_BYTES=200, NAMESPACE_MAX_BYTES=500000)))
    room = item("rooms", "1", {**ROOM, "features": "x" * 1000})
    assert client.post("/rooms", {"data": room}).status == 413
    assert load(client, room).status == 200
    room["attributes"]["features"] = "x" * 600000
    assert load(client, room).status == 413
    assert client.get("/rooms/1").data["attributes"]["features"] == "x" * 1000


# --- what is refused ---------------------------------------------------------------------------------
BELOW = item("contents", "c", {"title": "Below"}, module=("modules", "m"), parent=("contents", "d"))
ABOVE = item("contents", "d", {"title": "Above"}, module=("modules", "m"), parent=("contents", "c"))
STUDENT = item("users", "s", {**PERSON, "role": "student", "email": "s@example.org"})
CHECKIN = item("daily-checkins", None, {"mood-score": 3, "hours-worked": 8, "date": "2026-01-05"}, user=("users", "s"))

REFUSED = {
    "no document": ([], [("400", "invalid-document", "")]),
    "no data": ({"meta": META}, [("400", "invalid-document", "")]),
    "data is no array": ({"data": {}, "meta": META}, [("400", "invalid-document", "/data")]),
    "meta is no object": ({"data": [], "meta": []}, [("400", "invalid-document", "/meta")]),
    "another format": ({"data": [], "meta": {"format": "x/1"}}, [("400", "unknown-format", "/meta/format")]),
    "no resource": ({"data": [1, USER], "meta": META}, [("400", "invalid-document", "/data/0")]),
    "no type": ({"data": [{"id": "1"}], "meta": META}, [("404", "unknown-type", "/data/0")]),
    "unknown type": ({"data": [USER, {"type": "room"}], "meta": META}, [("404", "unknown-type", "/data/1/type")]),
    "wrong id": ({"data": [item("rooms", "a b", ROOM)], "meta": META}, [("422", "invalid-id", "/data/0/id")]),
    "id twice": ({"data": [USER, {**STUDENT, "id": "u"}], "meta": META}, [("409", "id-taken", "/data/1/id")]),
    "wrong attribute": (
        {"data": [item("rooms", "1", {"name": "x", "address": 5})], "meta": META},
        [("422", "too-short", "/data/0/attributes/name"), ("422", "wrong-kind", "/data/0/attributes/address")],
    ),
    "missing attribute": (
        {"data": [USER, item("rooms", "1", {"name": "Room"})], "meta": META},
        [("422", "missing-member", "/data/1/attributes")],
    ),
    "missing to-one": (
        {"data": [item("contents", "1", {"title": "Text"})], "meta": META},
        [("422", "missing-member", "/data/0")],
    ),
    "a to-one that is never empty": (
        {"data": [item("contents", "1", {"title": "Text"}, module=None)], "meta": META},
        [("422", "null-not-allowed", "/data/0/relationships/module")],
    ),
    "what is not in the document": (
        {"data": [MODULE], "meta": META},
        [("404", "unknown-resource", "/data/0/relationships/teacher")],
    ),
    "an empty name": (
        {"data": [item("rooms", "1", {"name": "", "address": "Street"})], "meta": META},
        [("422", "too-short", "/data/0/attributes/name")],
    ),
    "several at once": (
        {"data": [MODULE, item("rooms", "1", {"name": "x", "address": "Street"}), {"type": "x"}], "meta": META},
        [("422", "too-short", "/data/1/attributes/name"), ("404", "unknown-type", "/data/2/type")],
    ),
    "several in the rules, and what names a refused one is not at fault": (
        {
            "data": [USER, {**STUDENT, "attributes": PERSON}, CHECKIN, {**MODULE, "id": "n"}, {**MODULE, "id": "n"}],
            "meta": META,
        },
        [("409", "not-unique", "/data/1/attributes/email"), ("409", "id-taken", "/data/4/id")],
    ),
    "a student who teaches": (
        {"data": [MODULE, {**STUDENT, "id": "u"}], "meta": META},
        [("422", "relationship-refused", "/data/0/relationships/teacher")],
    ),
    "two check-ins of a day": (
        {"data": [STUDENT, CHECKIN, CHECKIN], "meta": META},
        [("409", "not-unique", "/data/2/attributes/date")],
    ),
    "contents in a circle": (
        {"data": [USER, MODULE, BELOW, ABOVE], "meta": META},
        [
            ("422", "relationship-refused", "/data/2/relationships/parent"),
        ],
    ),
    "an extra of the wrong kind": (
        {"data": [item("users", "u", PERSON, {"admin": "yes", "created-at": 5, "updated-at": "today"})], "meta": META},
        [
            ("422", "wrong-kind", "/data/0/meta/admin"),
            ("422", "wrong-kind", "/data/0/meta/created-at"),
            ("422", "invalid-date", "/data/0/meta/updated-at"),
        ],
    ),
    "extras that are no object": (
        {"data": [item("users", "u", PERSON, [])], "meta": META},
        [("400", "invalid-document", "/data/0/meta")],
    ),
    "an answersheet that is not there": (
        {"data": [STUDENT, {**CHECKIN, "meta": {"answersheet-id": "9"}}], "meta": META},
        [("404", "unknown-resource", "/data/1/meta/answersheet-id")],
    ),
    "counters of the wrong kind": (
        {"data": [], "meta": {**META, "counters": {"rooms": -1, "users": 1.5, "chairs": 1, "news": 2**60}}},
        [("422", "wrong-kind", f"/meta/counters/{type_}") for type_ in ("rooms", "users", "chairs", "news")],
    ),
    "connections of the wrong kind": (
        {"data": [USER, STUDENT], "meta": {**META, "docent-students": [{"docent-id": "u"}, 5]}},
        [("422", "wrong-kind", f"/meta/docent-students/{index}") for index in (0, 1)],
    ),
    "a connection with nobody": (
        {"data": [USER], "meta": {**META, "docent-students": [{"docent-id": "u", "student-id": "x"}]}},
        [("404", "unknown-resource", "/meta/docent-students/0")],
    ),
}


@pytest.mark.parametrize("document, expected", REFUSED.values(), ids=REFUSED)
def test_a_document_that_is_wrong_is_refused_whole_with_pointers_to_all_faults(client, document, expected):
    client.create("rooms", ROOM)
    before = state(client)
    answer = client.post("/import", document)
    assert faults(answer) == expected
    assert answer.status == (400 if ("400" in {status for status, *_ in expected}) else int(expected[0][0]))
    assert state(client) == before
    assert client.post("/undo-reset").status == 409


def test_an_import_gives_up_after_a_hundred_faults(client):
    answer = load(client, *[item("rooms", "1", {})] * 300)
    assert len(answer.errors) == 100


@pytest.mark.parametrize(
    "spoil, code, pointer",
    [
        (lambda document: document.pop("meta"), "unknown-format", ""),
        (lambda document: document["meta"].pop("format"), "unknown-format", ""),
        (lambda document: document["data"][0].update(meta={"amin": True}), "unknown-member", "/data/0/meta/amin"),
        (lambda document: document["data"][0]["attributes"].update(x=1), "unknown-member", "/data/0/attributes/x"),
    ],
)
def test_what_is_tolerated_is_a_warning_and_a_fault_in_strict_mode(client, spoil, code, pointer):
    document = {"data": [item("users", "u", dict(PERSON))], "meta": dict(META)}
    spoil(document)
    answer = client.post("/import", document)
    assert answer.status == 200
    assert [(warning["code"], warning["source"]["pointer"]) for warning in answer.warnings] == [(code, pointer)]
    strict = client.post("/import", document, Prefer="handling=strict")
    assert [(error["code"], error["source"]["pointer"]) for error in strict.errors] == [(code, pointer)]


def test_an_admin_flag_of_a_student_counts_for_nothing(client):
    load(client, item("users", "s", {**STUDENT["attributes"], "password": "x"}, {"admin": True}))
    bearer = token(client, {"email": "s@example.org", "password": "x", "device_name": "x"})
    assert client.get("/v1/user", Authorization=f"Bearer {bearer}").json["roles"] == ["Student"]
    teacher = {"data": item("users", "s", {"role": "teacher"})}
    assert client.patch("/users/s", teacher).status == 200
    assert client.get("/v1/user", Authorization=f"Bearer {bearer}").json["roles"] == ["Docent"]


@pytest.mark.parametrize(
    "content_type, body, status, code",
    [
        ("text/plain", b"{}", 415, "unsupported-media-type"),
        ("application/vnd.api+json", b"", 400, "empty-body"),
        ("application/vnd.api+json", b"{", 400, "malformed-json"),
    ],
)
def test_a_body_that_is_no_json_is_refused(client, content_type, body, status, code):
    client.create("rooms", ROOM)
    answer = client.request("POST", "/import", headers={"Content-Type": content_type}, body=body)
    assert (answer.status, answer.errors[0]["code"]) == (status, code)
    assert counts(client)["rooms"] == 1


def test_an_import_hashes_so_many_different_passwords_and_no_more(client, monkeypatch):
    monkeypatch.setattr("jsonapi_course.engine.portable.MAX_PASSWORDS", 2)
    users = [
        item("users", str(number), {**PERSON, "email": f"{number}@example.org", "password": password})
        for number, password in enumerate(["a", "b", "a", "b", "c"])
    ]
    assert load(client, *users[:4]).status == 200
    answer = load(client, *users)
    assert faults(answer) == [("400", "invalid-document", "/data/4/attributes/password")]
