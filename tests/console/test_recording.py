"""What a console records of the requests to its namespace, and that nothing is recorded where none is open."""

import json
import re
from pathlib import Path

import pytest

from jsonapi_course import create_app

from ..client import MEDIA_TYPE, Client, in_process
from ..conftest import running_server
from .looking import ROOM, later, look, requests_of


def folder_of(app):
    """{name: (bytes, time of the last change)} of everything that the consoles keep."""
    folder = Path(app.extensions["jsonapi_course"].recordings.folder)
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_a_request_is_recorded_with_its_answer(client):
    look(client)
    answer = client.request("POST", "/rooms?_=1", ROOM, {"Prefer": "handling=lenient", "Idempotency-Key": "key-1"})
    [request] = requests_of(client)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", request.pop("time"))
    assert request.pop("milliseconds") > 0
    agent = request["headers"].pop("User-Agent")
    assert agent.startswith("Werkzeug")
    assert request == {
        "number": 1,
        "method": "POST",
        "path": "/api/s1/rooms?_=1",
        "status": 201,
        "requestId": answer.headers["X-Request-Id"],
        "preflight": False,
        "headers": {"Content-Type": MEDIA_TYPE, "Prefer": "handling=lenient", "Idempotency-Key": "key-1"},
        "body": json.dumps(ROOM),
        "bodyNote": None,
        "answer": {"headers": dict(answer.headers), "body": answer.body.decode(), "bodyNote": None},
        "errors": [],
        "injected": False,
    }


def test_the_errors_of_an_answer_are_listed(client):
    look(client)
    answer = client.post("/rooms", {"data": {"type": "rooms", "attributes": {"name": "Lab"}}})
    [request] = requests_of(client)
    assert (request["status"], request["errors"]) == (
        422,
        [{name: error.get(name) for name in ("code", "title", "detail", "source")} for error in answer.errors],
    )
    assert [error["source"] for error in request["errors"]] == [
        {"pointer": "/data/attributes/name"},
        {"pointer": "/data/attributes"},
    ]


def test_the_sentences_of_the_check_in_api_are_listed_as_errors(client):
    look(client)
    client.get("/v3/users")
    client.request("POST", "/v1/sanctum/token", {}, {"Content-Type": "application/json"})
    no_token, no_fields = requests_of(client)
    [error] = no_token["errors"]
    assert error == {"code": None, "title": None, "detail": error["detail"], "source": None}
    assert (no_token["status"], "needs a token" in error["detail"]) == (401, True)
    assert [error["source"] for error in no_fields["errors"]] == [
        {"pointer": f"/{name}"} for name in ("email", "password", "device_name")
    ]


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (lambda client: client.get("/rooms"), (200, "GET", "/api/s1/rooms")),
        (lambda client: client.get("/rooms?name=a%20b&x=%C3%BC"), (400, "GET", "/api/s1/rooms?name=a%20b&x=%C3%BC")),
        (lambda client: client.request("HEAD", "/rooms"), (200, "HEAD", "/api/s1/rooms")),
        (lambda client: client.get("/romos"), (404, "GET", "/api/s1/romos")),
        (lambda client: client.request("PUT", "/rooms"), (405, "PUT", "/api/s1/rooms")),
        (lambda client: client.post("/reset-db"), (200, "POST", "/api/s1/reset-db")),
        (lambda client: client.get(""), (200, "GET", "/api/s1")),
    ],
)
def test_whatever_is_asked_is_recorded(client, ask, expected):
    look(client)
    ask(client)
    [request] = requests_of(client)
    assert (request["status"], request["method"], request["path"]) == expected


def test_an_answer_from_the_cache_is_recorded(client):
    client.create("rooms", ROOM["data"]["attributes"])
    look(client)
    first, again = client.get("/rooms"), client.get("/rooms")
    known = client.get("/rooms", If_None_Match=first.headers["ETag"])
    assert [(request["status"], request["answer"]["body"]) for request in requests_of(client)] == [
        (200, first.body.decode()),
        (200, again.body.decode()),
        (304, None),
    ]
    assert known.status == 304


def test_a_preflight_is_recorded_as_one(client):
    look(client)
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "PATCH"}
    client.request("OPTIONS", "/rooms/1", headers=asked)
    client.request("OPTIONS", "/rooms/1")
    preflight, options = requests_of(client)
    assert (preflight["preflight"], options["preflight"]) == (True, False)
    assert preflight["headers"] == {**asked, "User-Agent": preflight["headers"]["User-Agent"]}
    assert "PATCH" in preflight["answer"]["headers"]["Access-Control-Allow-Methods"]


def test_what_the_console_itself_asks_is_not_recorded(app, client):
    look(client)
    client.get("/rooms", X_Console="1")
    client.get("/console/faults")
    client.get("/console/nothing")
    app.test_client().get("/api/s1/console")
    client.get("/rooms", X_Console="0")
    assert [request["path"] for request in requests_of(client)] == ["/api/s1/rooms"]


def test_upper_and_lower_case_are_the_same_console(app):
    upper, lower = Client(in_process(app), "S1"), Client(in_process(app), "s1")
    look(lower)
    upper.get("/rooms")
    assert [request["path"] for request in requests_of(lower)] == ["/api/S1/rooms"]


def test_another_namespace_is_not_recorded(app, client):
    other = Client(in_process(app), "s2")
    look(client)
    other.get("/rooms")
    assert (requests_of(client), requests_of(other)) == ([], [])


def test_only_what_is_new_is_answered(client):
    look(client)
    for _ in range(3):
        client.get("/rooms")
    assert [request["number"] for request in look(client, after=1)["requests"]] == [2, 3]
    assert look(client, after=3) == {"last": 3, "requests": [], "faults": None}


def test_the_last_200_requests_are_kept(client):
    look(client)
    for number in range(205):
        client.get(f"/rooms?_={number}")
    meta = look(client)
    assert [request["number"] for request in meta["requests"]] == list(range(6, 206))
    assert meta["last"] == 205


def test_what_is_forgotten_leaves_no_byte_and_its_numbers(app, client):
    look(client)
    client.get("/rooms?_=remember-me")
    assert b"remember-me" in b"".join(content for content, _ in folder_of(app).values())
    answer = client.delete("/console/requests")
    assert (answer.status, answer.body) == (204, b"")
    assert b"remember-me" not in b"".join(content for content, _ in folder_of(app).values())
    assert look(client) == {"last": 1, "requests": [], "faults": None}
    client.get("/rooms")
    assert [request["number"] for request in requests_of(client)] == [2]


def test_bodies_are_cut(client):
    look(client)
    long = "x" * 40000
    answer = client.post(
        "/rooms", {"data": {"type": "rooms", "attributes": {**ROOM["data"]["attributes"], "features": long}}}
    )
    assert answer.status == 201
    [request] = requests_of(client)
    sent = json.dumps({"data": {"type": "rooms", "attributes": {**ROOM["data"]["attributes"], "features": long}}})
    assert (request["body"], request["bodyNote"]) == (sent[:16384], f"the first 16 KiB of {len(sent)} bytes")
    assert request["answer"]["body"] == answer.body.decode()[:16384]
    assert request["answer"]["bodyNote"] == f"the first 16 KiB of {len(answer.body)} bytes"


@pytest.mark.parametrize("size", [1, 16383, 16384, 16385, 16386, 100_000, 1_100_000])
def test_the_service_reads_the_body_that_came(client, size):
    plain = json.dumps(ROOM).encode()
    body = plain + b" " * (size - len(plain))
    expected = client.request("POST", "/rooms?dryRun=true", body=body, headers={"Content-Type": MEDIA_TYPE})
    look(client)
    answer = client.request("POST", "/rooms?dryRun=true", body=body, headers={"Content-Type": MEDIA_TYPE})
    without_id = [re.sub(rb'"id":"[0-9a-f]{16}"', b"", one.body) for one in (expected, answer)]
    assert (answer.status, without_id[0]) == (expected.status, without_id[1])


def test_nothing_is_written_where_no_console_is_open(app, client):
    before = folder_of(app)
    client.create("rooms", ROOM["data"]["attributes"])
    client.get("/rooms")
    assert folder_of(app) == before
    assert set(before) == {"watched"}


def test_recording_ends_30_seconds_after_the_last_look(app, client, monkeypatch):
    look(client)
    with later(monkeypatch, seconds=29):
        client.get("/rooms?_=in-time")
    with later(monkeypatch, seconds=31):
        before = folder_of(app)
        client.get("/rooms?_=late")
        assert folder_of(app) == before
        assert [request["path"] for request in requests_of(client)] == ["/api/s1/rooms?_=in-time"]
        client.get("/rooms")
        assert len(requests_of(client)) == 2


def test_recording_does_not_change_the_namespace(client):
    client.create("rooms", ROOM["data"]["attributes"])
    before = [client.get(path) for path in ("", "/rooms", "/export")]
    look(client)
    client.get("/rooms")
    look(client)
    after = [client.get(path) for path in ("", "/rooms", "/export")]
    assert [(one.body, one.headers["ETag"]) for one in before] == [(one.body, one.headers["ETag"]) for one in after]


def test_looking_makes_no_namespace(app, client):
    app.test_client().get("/api/s1/console")
    look(client)
    client.get("/rooms")
    assert len(requests_of(client)) == 1
    assert app.extensions["jsonapi_course"].namespaces.ids() == []


def test_the_requests_of_all_workers_are_seen_by_each(tmp_path):
    with running_server(tmp_path, workers=2) as server, running_server(tmp_path, workers=1) as another:
        clients = [server.client(), another.client()]
        look(clients[0])
        answers = [client.get(f"/rooms?_={number}") for number in range(20) for client in clients]
        assert len({answer.headers["X-Request-Id"][:8] for answer in answers}) > 1
        for client in clients * 2:
            assert [request["requestId"] for request in requests_of(client)] == [
                answer.headers["X-Request-Id"] for answer in answers
            ]


# --- the page ---------------------------------------------------------------------------------------
def test_the_page_is_html_whatever_is_accepted(app):
    answers = [app.test_client().get("/api/S1/console", headers={"Accept": accept}) for accept in ("*/*", "text/html")]
    assert [(answer.status_code, answer.mimetype) for answer in answers] == [(200, "text/html")] * 2
    assert all('data-id="s1"' in answer.text for answer in answers)


@pytest.mark.parametrize("namespace", ["v1", "YOUR_ID", "-", "a b"])
def test_the_page_of_what_is_no_id_is_the_usual_error(app, namespace):
    answer = app.test_client().get(f"/api/{namespace}/console")
    expected = app.test_client().get(f"/api/{namespace}/rooms")
    assert (answer.status_code, answer.mimetype) == (404, MEDIA_TYPE)
    without_id = [[{**error, "id": ""} for error in one.json["errors"]] for one in (answer, expected)]
    assert without_id[0] == without_id[1]


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/console", "GET, HEAD, OPTIONS"),
        ("/console/requests", "GET, HEAD, DELETE, OPTIONS"),
        ("/console/faults", "GET, HEAD, PUT, DELETE, OPTIONS"),
    ],
)
def test_other_methods_are_refused(client, path, allow):
    assert client.request("OPTIONS", path).headers["Allow"] == allow
    answer = client.request("PATCH", path)
    assert (answer.status, answer.headers["Allow"], answer.errors[0]["code"]) == (405, allow, "method-not-allowed")


@pytest.mark.parametrize("query", ["after=x", "after=-1", "after=1&after=2", "after=", "after=1.5"])
def test_after_is_a_number(client, query):
    answer = client.get(f"/console/requests?{query}")
    assert (answer.status, [error["source"] for error in answer.errors]) == (400, [{"parameter": "after"}])


def test_an_unknown_parameter_is_refused_with_the_near_one(client):
    [error] = client.get("/console/requests?aftr=1").errors
    assert (error["code"], error["meta"]["suggestions"]) == ("unknown-parameter", ["after"])


def test_each_app_on_the_same_folder_sees_the_same(tmp_path):
    apps = [create_app({"INSTANCE_PATH": str(tmp_path)}) for _ in range(2)]
    one, other = (Client(in_process(app)) for app in apps)
    look(one)
    other.get("/rooms")
    assert len(requests_of(one)) == len(requests_of(other)) == 1
