"""contract: namespaces: what an id holds, what a reset leaves, and that another id never sees it."""

import json
from urllib.parse import quote

import pytest

from tests.client import Client, in_process

from .files import files_below

TYPES = ["contents", "modules", "news", "rooms", "sessions", "users"]
ROOM = {"name": "Room", "address": "Street"}


@pytest.fixture
def send(app):
    return in_process(app)


@pytest.fixture
def files(tmp_path):
    """files() → the paths below the instance folder."""
    return lambda: files_below(tmp_path / "instance")


def fill(client):
    """One resource of each type, linked; server-given ids throughout."""
    person = {"password": "secret", "first-name": "Ada", "last-name": "Lovelace"}
    client.create("users", {**person, "email": "t@example.org", "role": "teacher"})
    client.create("users", {**person, "email": "s@example.org", "role": "student"})
    client.create(
        "modules",
        {"code": "WEB1", "name": "Web development", "semester": "SS18"},
        teacher=("users", "1"),
        students=[("users", "2")],
    )
    client.create("rooms", ROOM)
    dated = {"title": "Title", "date": "2019-05-01T10:00"}
    client.create("news", dated, module=("modules", "1"))
    client.create("sessions", dated, module=("modules", "1"), room=("rooms", "1"))
    client.create("contents", {"title": "Title"}, module=("modules", "1"))
    client.create("contents", {"title": "Below"}, module=("modules", "1"), parent=("contents", "1"))


FILLED = {"contents": 2, "modules": 1, "news": 1, "rooms": 1, "sessions": 1, "users": 2}
EMPTY = dict.fromkeys(TYPES, 0)


def counts(client):
    return course({type_: entry["count"] for type_, entry in client.get("").json["meta"]["types"].items()})


def course(by_type):
    """Only the course's types: the check-in part has reference rows that a reset brings back."""
    return {type_: by_type[type_] for type_ in TYPES}


def reset(client, path="/reset-db", **more):
    """The answer of a reset, checked to be that of one."""
    answer = client.request("POST", path, **more)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/vnd.api+json"), answer
    meta = answer.json["meta"]
    assert {**meta, "counts": course(meta["counts"])} == {"reset": True, "seed": None, "counts": EMPTY}
    return answer


def everything(client):
    """The documents of all collections."""
    return {type_: client.get(f"/{type_}").json for type_ in TYPES}


# --- reading what nobody wrote -----------------------------------------------------------------------
def test_reading_a_new_namespace_shows_the_empty_state_and_writes_nothing_to_disk(client, files):
    before = files()
    assert counts(client) == EMPTY
    for type_ in TYPES:
        answer = client.get(f"/{type_}")
        assert (answer.status, answer.data, answer.json["meta"]) == (200, [], {"page": {"total": 0}})
        assert client.request("HEAD", f"/{type_}").status == 200
        assert client.get(f"/{type_}/1").status == 404
    assert client.get("/modules/1/relationships/students").status == 404
    assert client.get("/users?email=a@example.org&password=secret").data == []
    assert files() == before


@pytest.mark.parametrize(
    "method, path, document",
    [
        ("DELETE", "/rooms/1", None),
        ("PATCH", "/rooms/1", {"data": {"type": "rooms", "id": "1", "attributes": ROOM}}),
        ("POST", "/modules/1/relationships/students", {"data": []}),
    ],
)
def test_changing_what_a_new_namespace_cannot_have_is_404_and_writes_nothing_to_disk(
    client, files, method, path, document
):
    before = files()
    assert client.request(method, path, document).status == 404
    assert files() == before


def test_the_first_write_makes_the_database_of_its_id_and_of_no_other(client, files):
    before = files()
    client.create("rooms", ROOM)
    made = set(files()) - set(before)
    assert "namespaces/s1.sqlite3" in made
    assert {path.partition(".")[0] for path in made} == {"namespaces/s1"}


# --- GET /api/<your_id> ------------------------------------------------------------------------------
def test_the_namespace_document_names_types_counts_and_docs(client):
    fill(client)
    answer = client.get("")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/vnd.api+json")
    document = answer.json
    root = "http://localhost"
    assert document["links"] == {"self": f"{root}/api/s1", "describedby": f"{root}/openapi.json"}
    assert course(document["meta"]["types"]) == {
        type_: {"href": f"{root}/api/s1/{type_}", "count": count} for type_, count in FILLED.items()
    }
    assert document["meta"]["docs"] == f"{root}/docs"
    assert document["meta"]["console"] == f"{root}/api/s1/console"
    assert set(document) == {"jsonapi", "links", "meta"}


def test_the_namespace_document_tells_its_size_and_quota(client):
    assert client.get("").json["meta"]["size"] == {"rows": 0, "bytes": 0}
    client.create("rooms", ROOM)
    size = client.get("").json["meta"]["size"]
    assert size["rows"] == 1 and 0 < size["bytes"] < 1000000
    assert client.get("").json["meta"]["quota"] == {"rows": 20000, "bytes": 33554432}


def test_every_href_of_the_namespace_document_leads_to_its_collection(client, send):
    fill(client)
    for type_, entry in client.get("").json["meta"]["types"].items():
        _, _, body = send("GET", entry["href"].removeprefix("http://localhost"), {}, None)
        assert json.loads(body) == client.get(f"/{type_}").json


@pytest.mark.parametrize("path", ["", "/"])
def test_a_trailing_slash_is_no_redirect(client, path):
    answer = client.get(path)
    assert (answer.status, answer.json["links"]["self"]) == (200, f"http://localhost/api/s1{path}")


def test_the_namespace_document_answers_304_to_its_etag_until_a_write(client):
    etag = client.get("").headers["ETag"]
    assert client.get("", if_none_match=etag).status == 304
    client.create("rooms", ROOM)
    assert client.get("", if_none_match=etag).status == 200


# --- reset-db ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/reset-db", "/reset-db/"])
def test_a_reset_empties_every_collection_and_says_so(client, path):
    fill(client)
    assert reset(client, path).json["links"]["self"] == f"http://localhost/api/s1{path}"
    assert {type_: client.get(f"/{type_}").data for type_ in TYPES} == dict.fromkeys(TYPES, [])
    assert counts(client) == EMPTY


def test_after_a_reset_the_same_requests_give_the_same_state_ids_from_1_included(client):
    fill(client)
    first = everything(client)
    client.delete("/contents/2")
    reset(client)
    fill(client)
    assert everything(client) == first


def test_after_a_reset_a_chosen_id_and_a_unique_value_are_free_again(client):
    person = {"email": "a@example.org", "password": "x", "first-name": "A", "last-name": "B", "role": "student"}
    client.create("users", person, id_="me")
    reset(client)
    assert client.create("users", person, id_="me")["id"] == "me"


def test_an_id_is_not_used_again_before_a_reset(client):
    assert [client.create("rooms", ROOM)["id"] for _ in range(2)] == ["1", "2"]
    client.delete("/rooms/2")
    assert client.create("rooms", ROOM)["id"] == "3"
    reset(client)
    assert client.create("rooms", ROOM)["id"] == "1"


def test_a_reset_of_a_new_namespace_succeeds(client):
    reset(client)
    assert counts(client) == EMPTY


def test_a_reset_twice_is_as_once(client):
    fill(client)
    reset(client)
    reset(client)
    assert counts(client) == EMPTY


@pytest.mark.parametrize(
    "headers, body",
    [
        ({"Content-Type": "application/x-www-form-urlencoded"}, b""),
        ({"Content-Type": "text/plain;charset=UTF-8"}, b"reset"),
        ({"Content-Type": "application/json"}, b"{}"),
        ({}, b"\xff"),
    ],
)
def test_a_reset_needs_no_body_and_ignores_one(client, headers, body):
    fill(client)
    reset(client, headers=headers, body=body)
    assert counts(client) == EMPTY


# --- what is refused ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "method, path, allow",
    [(method, "", "GET, HEAD, OPTIONS") for method in ("POST", "PUT", "PATCH", "DELETE", "TRACE")]
    + [(method, "/reset-db", "POST, OPTIONS") for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE")],
)
def test_a_method_that_is_not_offered_is_405_with_allow_and_changes_nothing(client, method, path, allow):
    fill(client)
    before = everything(client)
    answer = client.request(method, path)
    assert (answer.status, answer.headers["Allow"]) == (405, allow)
    [error] = answer.errors
    assert error.pop("detail").startswith(f"{method} is not offered here; there are {allow}.")
    assert error.pop("id") == answer.headers["X-Request-Id"]
    assert error == {
        "status": "405",
        "code": "method-not-allowed",
        "title": "The method is not offered here",
        "links": {"about": "http://localhost/docs/errors#method-not-allowed"},
        "meta": {"allowed": allow.split(", ")},
    }
    assert everything(client) == before


def test_a_head_of_reset_db_is_405_without_a_body(client):
    answer = client.request("HEAD", "/reset-db")
    assert (answer.status, answer.headers["Allow"], answer.body) == (405, "POST, OPTIONS", b"")


@pytest.mark.parametrize("path, allow", [("", "GET, HEAD, OPTIONS"), ("/reset-db", "POST, OPTIONS")])
def test_options_tells_the_methods_and_writes_nothing(client, files, path, allow):
    before = files()
    answer = client.request("OPTIONS", path)
    assert (answer.status, answer.headers["Allow"], answer.body) == (204, allow, b"")
    assert files() == before


@pytest.mark.parametrize("method, path", [("GET", ""), ("POST", "/reset-db")])
@pytest.mark.parametrize("name", ["sead", "include", "page[size]", "filter[semester]", "fields[rooms]", "sort"])
def test_a_parameter_that_is_not_known_is_refused_and_nothing_is_reset(client, method, path, name):
    fill(client)
    answer = client.request(method, f"{path}?{quote(name)}=rooms")
    assert (answer.status, [error["source"] for error in answer.errors]) == (400, [{"parameter": name}])
    assert counts(client) == FILLED


@pytest.mark.parametrize("method, path", [("GET", ""), ("POST", "/reset-db")])
def test_a_cache_buster_is_ignored_with_a_warning_and_refused_in_strict_mode(client, method, path):
    answer = client.request(method, f"{path}?_=1558345")
    assert (answer.status, [warning["source"] for warning in answer.warnings]) == (200, [{"parameter": "_"}])
    strict = client.request(method, f"{path}?_=1558345", headers={"Prefer": "handling=strict"})
    assert (strict.status, [error["source"] for error in strict.errors]) == (400, [{"parameter": "_"}])


# --- isolation ---------------------------------------------------------------------------------------
@pytest.fixture
def other(send):
    """A client of another namespace of the same service."""
    return Client(send, "s2")


def test_two_namespaces_have_the_same_ids_and_each_its_own_resources(client, other):
    for which in (client, other):
        which.create("rooms", {"name": f"Room of {which.namespace}", "address": "Street"})
    for which in (client, other):
        room = which.get("/rooms/1").data
        assert (room["id"], room["attributes"]["name"]) == ("1", f"Room of {which.namespace}")
        assert room["links"]["self"] == f"http://localhost/api/{which.namespace}/rooms/1"


@pytest.mark.parametrize(
    "change",
    [
        reset,
        lambda client: client.delete("/modules/1"),
        lambda client: client.delete("/users/1"),
        lambda client: client.create("rooms", {"name": "Another room", "address": "Street"}),
        lambda client: client.patch(
            "/rooms/1", {"data": {"type": "rooms", "id": "1", "attributes": {"name": "Changed"}}}
        ),
        lambda client: client.patch("/modules/1/relationships/students", {"data": []}),
    ],
    ids=["reset", "delete a module", "delete a user", "create", "patch", "patch a relationship"],
)
def test_a_change_in_one_namespace_is_not_seen_in_another(client, other, change):
    fill(client)
    fill(other)
    mine, theirs = everything(client), everything(other)
    change(client)
    assert everything(other) == theirs
    assert everything(client) != mine


def test_what_only_another_namespace_has_cannot_be_read_changed_or_linked(client, other):
    fill(client)
    news = {"title": "Title", "date": "2019-05-01T10:00"}
    linked = {"type": "news", "attributes": news, "relationships": {"module": {"data": {"type": "modules", "id": "1"}}}}
    assert other.get("/modules/1").status == 404
    assert other.get("/modules?code=WEB1").data == []
    assert other.delete("/modules/1").status == 404
    answer = other.post("/news", {"data": linked})
    assert (answer.status, [error["code"] for error in answer.errors]) == (404, ["unknown-resource"])
    assert counts(client) == FILLED


def test_a_unique_value_is_free_in_another_namespace(client, other):
    fill(client)
    fill(other)
    login = "/users?email=t@example.org&password=secret"
    assert [user["id"] for user in client.get(login).data] == [user["id"] for user in other.get(login).data] == ["1"]
