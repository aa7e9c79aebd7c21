"""The fault lab: each kind before and after the write, how often and how long, and whom it never hits."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from jsonapi_course.api import fault_lab
from jsonapi_course.namespaces import recordings

from ..client import MEDIA_TYPE, Client, in_process
from ..conftest import running_server
from .looking import CODES, ROOM, later, look, requests_of, set_faults

RETRY = {"429": "2", "500": None, "503": "2"}


@pytest.fixture
def waited(monkeypatch):
    """The seconds of each delay, which nobody waits for."""
    seconds = []
    monkeypatch.setattr(fault_lab, "wait", seconds.append)
    return seconds


def put(client, meta):
    return client.request("PUT", "/console/faults", {"meta": meta})


def rooms(client):
    return [room["attributes"]["name"] for room in client.get("/rooms", X_Console="1").data]


# --- what happens -----------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", CODES)
def test_before_the_write_nothing_is_written(client, kind):
    faults = set_faults(client, kind, when="before", requests=1)
    answer = client.post("/rooms", ROOM)
    [error] = answer.errors
    assert (answer.status, error["code"], answer.headers.get("Retry-After")) == (int(kind), CODES[kind], RETRY[kind])
    assert error["detail"] == (
        "The fault lab of this namespace's console did this on purpose. The request was not carried out. It ends by "
        f"itself at {faults['until'][11:19]} UTC; switch it off in /api/s1/console or with "
        "DELETE /api/s1/console/faults."
    )
    assert error["links"]["about"] == f"http://localhost/docs/errors#{CODES[kind]}"
    assert (rooms(client), client.post("/rooms", ROOM).status) == ([], 201)


@pytest.mark.parametrize("kind", CODES)
def test_after_the_write_its_answer_is_lost(client, kind):
    set_faults(client, kind, when="after", requests=1)
    answer = client.post("/rooms", ROOM)
    [error] = answer.errors
    assert (answer.status, error["code"], answer.headers.get("Retry-After")) == (int(kind), CODES[kind], RETRY[kind])
    assert "The request was carried out all the same, and its answer, 201 CREATED, thrown away." in error["detail"]
    assert rooms(client) == ["Lab 1"]


def test_after_the_write_a_refused_one_is_told_as_such(client):
    set_faults(client, when="after", requests=1)
    [error] = client.post("/rooms", {}).errors
    assert "The request itself had been refused, and its answer, 400 BAD REQUEST, was thrown away." in error["detail"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_late_answers_are_as_ever(client, waited, when):
    set_faults(client, "late", when=when, requests=2, seconds=0.5)
    made, wrong = client.post("/rooms", ROOM), client.post("/rooms", {})
    assert (made.status, made.data["id"], wrong.status) == (201, "1", 400)
    assert waited == [0.5, 0.5]


def test_late_before_and_after_are_on_that_side_of_the_write(client, monkeypatch):
    seen = []
    monkeypatch.setattr(fault_lab, "wait", lambda seconds: seen.append(rooms(client)))
    for when in ("before", "after"):
        set_faults(client, "late", when=when, requests=1)
        client.post("/rooms", {"data": {**ROOM["data"], "attributes": {**ROOM["data"]["attributes"], "name": when}}})
    assert seen == [[], ["before", "after"]]


def test_a_lost_acknowledgement_is_found_again_with_its_key(client):
    set_faults(client, "500", when="after", methods=["POST"], requests=1)
    lost = client.post("/rooms", ROOM, Idempotency_Key="key-1")
    again = client.post("/rooms", ROOM, Idempotency_Key="key-1")
    assert (lost.status, again.status, again.headers["Idempotency-Replayed"]) == (500, 201, "true")
    assert rooms(client) == ["Lab 1"]


def test_a_repeated_request_without_a_key_writes_twice(client):
    set_faults(client, "503", when="after", requests=1)
    assert [client.post("/rooms", ROOM).status for _ in range(2)] == [503, 201]
    assert rooms(client) == ["Lab 1", "Lab 1"]


@pytest.mark.parametrize(("path", "kind"), [("/v3/users", "503"), ("/v1/getVersion", "429"), ("/v2/getVersion", "500")])
def test_the_check_in_api_has_its_own_form_of_errors(client, path, kind):
    set_faults(client, kind, requests=1)
    answer = client.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (int(kind), "application/json")
    assert set(answer.json) == {"message", "errors"} and "on purpose" in answer.json["message"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_page_of_any_origin_can_read_the_fault(client, when):
    set_faults(client, "503", when=when, requests=2)
    answer = client.get("/rooms", Origin="http://localhost:3000")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert {"Retry-After", "X-Request-Id"} <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert answer.headers["X-Request-Id"] == answer.errors[0]["id"]
    assert client.request("HEAD", "/rooms").body == b""


def test_a_fault_is_recorded_as_one(client):
    look(client)
    set_faults(client, "503", requests=1)
    answer = client.post("/rooms", ROOM)
    client.get("/rooms")
    injected, plain = requests_of(client)
    assert (injected["injected"], injected["status"], plain["injected"]) == (True, 503, False)
    assert injected["errors"][0]["code"] == "injected-unavailable"
    assert injected["body"] is not None and injected["answer"]["headers"] == dict(answer.headers)


# --- which requests ---------------------------------------------------------------------------------
def test_the_next_n_requests_fail_and_no_more(client):
    set_faults(client, requests=3)
    assert [client.get("/rooms").status for _ in range(5)] == [503, 503, 503, 200, 200]
    assert look(client)["faults"] is None


def test_what_is_left_is_told(client):
    set_faults(client, requests=3)
    client.get("/rooms")
    faults = look(client)["faults"]
    assert (faults["left"], faults["injected"], faults["requests"]) == (2, 1, 3)
    assert client.get("/console/faults").json["meta"] == faults


def test_only_the_methods_that_are_named_fail(client):
    set_faults(client, methods=["POST", "DELETE"], share=100)
    statuses = {method: client.request(method, "/rooms/1").status for method in ("GET", "PATCH", "DELETE")}
    assert statuses == {"GET": 404, "PATCH": 400, "DELETE": 503}


def test_a_share_of_the_requests_fails(client, monkeypatch):
    monkeypatch.setattr(fault_lab.random, "random", random.Random(1).random)
    faults = set_faults(client, share=25)
    assert "left" not in faults
    failed = sum(client.get("/rooms").status == 503 for _ in range(400))
    assert 70 < failed < 130
    assert look(client)["faults"]["injected"] == failed


def test_preflights_and_the_console_never_fail(app, client):
    set_faults(client, "500", share=100)
    preflight = client.request("OPTIONS", "/rooms", headers={"Access-Control-Request-Method": "POST"})
    page = app.test_client().get("/api/s1/console")
    own = client.get("/rooms", X_Console="1")
    assert (preflight.status, page.status_code, own.status, client.get("/rooms").status) == (204, 200, 200, 500)
    assert [client.get(f"/console/{name}").status for name in ("requests", "faults")] == [200, 200]


def test_another_namespace_is_never_hit(app, client):
    other = Client(in_process(app), "s2")
    set_faults(client, "500", share=100)
    assert ([other.get("/rooms").status for _ in range(20)], client.get("/rooms").status) == ([200] * 20, 500)
    assert other.get("/console/faults").json["meta"] == {"kind": None}


def test_a_namespace_in_the_same_place_of_the_table_is_neither_hit_nor_recorded(app, client, monkeypatch):
    monkeypatch.setattr(recordings, "_place", lambda namespace: 7)
    other = Client(in_process(app), "s2")
    look(client)
    set_faults(client, "500", share=100)
    assert (other.get("/rooms").status, client.get("/rooms").status) == (200, 500)
    assert look(other) == {"last": 0, "requests": [], "faults": None}


# --- how long ---------------------------------------------------------------------------------------
def test_it_ends_by_itself_after_ten_minutes(client, monkeypatch):
    set_faults(client, "500", share=100)
    with later(monkeypatch, minutes=9, seconds=59):
        assert client.get("/rooms").status == 500
    with later(monkeypatch, minutes=10, seconds=1):
        assert client.get("/rooms").status == 200
        assert look(client)["faults"] is None
        assert client.get("/console/faults").json["meta"] == {"kind": None}


def test_it_can_be_switched_off(client):
    set_faults(client, "500", share=100)
    answer = client.delete("/console/faults")
    assert (answer.status, answer.body, client.get("/rooms").status) == (204, b"", 200)
    assert client.delete("/console/faults").status == 204


def test_a_new_setting_replaces_the_one_before(client):
    set_faults(client, "500", share=100)
    set_faults(client, "429", requests=1)
    assert [client.get("/rooms").status for _ in range(2)] == [429, 200]


def test_a_dry_run_sets_nothing(client):
    answer = client.request("PUT", "/console/faults?dryRun=true", {"meta": {"kind": "500", "share": 100}})
    assert (answer.status, answer.json["meta"]["dryRun"], client.get("/rooms").status) == (200, True, 200)


# --- the document -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"kind": "503", "requests": 2}, {"kind": "503", "when": "before", "requests": 2, "left": 2}),
        ({"kind": "429", "when": "after", "share": 12.5}, {"kind": "429", "when": "after", "share": 12.5}),
        (
            {"kind": "late", "requests": 1, "methods": ["PATCH", "POST", "PATCH"]},
            {"kind": "late", "when": "before", "requests": 1, "left": 1, "methods": ["POST", "PATCH"], "seconds": 2},
        ),
        (
            {"kind": "late", "share": 100, "requests": None, "seconds": 0.1},
            {"kind": "late", "when": "before", "share": 100, "seconds": 0.1},
        ),
        (
            {"kind": "500", "requests": 3.0, "methods": None},
            {"kind": "500", "when": "before", "requests": 3, "left": 3},
        ),
    ],
)
def test_a_setting_is_answered_as_it_was_understood(client, meta, expected):
    answer = put(client, meta)
    told = answer.json["meta"]
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert {**told, "until": None} == {**expected, "injected": 0, "until": None}
    assert client.get("/console/faults").json["meta"] == told


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"kind": "404", "requests": 1}, [("422", "not-in-list", "/meta/kind")]),
        ({"kind": 503, "requests": 1}, [("422", "not-in-list", "/meta/kind")]),
        ({"kind": ["503"], "requests": 1}, [("422", "not-in-list", "/meta/kind")]),
        ({"requests": 1}, [("422", "missing-member", "/meta")]),
        ({"kind": "503"}, [("422", "missing-member", "/meta")]),
        ({"kind": "503", "requests": 1, "share": 1}, [("400", "invalid-document", "/meta/share")]),
        ({"kind": "503", "requests": 0}, [("422", "out-of-range", "/meta/requests")]),
        ({"kind": "503", "requests": 1.5}, [("422", "wrong-kind", "/meta/requests")]),
        ({"kind": "503", "requests": "1"}, [("422", "wrong-kind", "/meta/requests")]),
        ({"kind": "503", "requests": True}, [("422", "wrong-kind", "/meta/requests")]),
        ({"kind": "503", "share": 101}, [("422", "out-of-range", "/meta/share")]),
        ({"kind": "503", "share": 0.5}, [("422", "out-of-range", "/meta/share")]),
        ({"kind": "503", "share": 50, "seconds": 1}, [("422", "unknown-member", "/meta/seconds")]),
        ({"kind": "late", "share": 50, "seconds": 11}, [("422", "out-of-range", "/meta/seconds")]),
        ({"kind": "late", "share": 50, "seconds": None}, [("422", "wrong-kind", "/meta/seconds")]),
        ({"kind": "503", "share": 50, "when": "never"}, [("422", "not-in-list", "/meta/when")]),
        ({"kind": "503", "share": 50, "methods": []}, [("422", "wrong-kind", "/meta/methods")]),
        ({"kind": "503", "share": 50, "methods": "POST"}, [("422", "wrong-kind", "/meta/methods")]),
        (
            {"kind": "503", "share": 50, "methods": ["post", "OPTIONS", 1]},
            [("422", "not-in-list", f"/meta/methods/{number}") for number in range(3)],
        ),
        (
            {"knd": "503", "reqests": 1},
            [
                ("422", "unknown-member", "/meta/knd"),
                ("422", "unknown-member", "/meta/reqests"),
                ("422", "missing-member", "/meta"),
                ("422", "missing-member", "/meta"),
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_setting_is_told_where_it_stands(client, meta, expected):
    answer = put(client, meta)
    assert [(error["status"], error["code"], error["source"]["pointer"]) for error in answer.errors] == expected
    assert client.get("/console/faults").json["meta"] == {"kind": None}


@pytest.mark.parametrize("document", ["[]", "1", "null", "{}", '{"meta": []}', '{"data": {}}', "", "{"])
def test_what_is_no_setting_is_refused(client, document):
    answer = client.request("PUT", "/console/faults", body=document.encode(), headers={"Content-Type": MEDIA_TYPE})
    assert (answer.status, len(answer.errors)) == (400, 1)


@pytest.mark.parametrize(
    ("meta", "suggestions"),
    [
        ({"kind": 503, "requests": 1}, ["503"]),
        ({"kind": "Late", "requests": 1}, ["late"]),
        ({"kind": "503", "requests": 1, "methods": ["post"]}, ["POST"]),
        ({"kind": "503", "requests": 1, "methds": ["POST"]}, ["methods"]),
        ({"kind": "503", "requests": 1, "when": "befor"}, ["before"]),
    ],
)
def test_the_near_name_is_suggested(client, meta, suggestions):
    [error] = put(client, meta).errors
    assert error["meta"]["suggestions"] == suggestions


# --- with several workers ---------------------------------------------------------------------------
@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """Two on the same folder: a request's worker is known, as it is not where one server has two."""
    folder = tmp_path_factory.mktemp("faults")
    with running_server(folder, workers=1) as one, running_server(folder, workers=1) as other:
        yield one, other


def test_n_requests_are_n_across_workers_and_threads(servers):
    clients = [server.client("counted") for server in servers]
    set_faults(clients[0], "429", requests=25)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda number: clients[number % 2].get(f"/rooms?_={number}").status, range(80)))
    assert sorted(statuses) == [200] * 55 + [429] * 25
    assert look(clients[1])["faults"] is None


def test_switching_off_is_at_once_in_every_worker(servers):
    clients = [server.client("switched") for server in servers]
    set_faults(clients[0], "500", share=100)
    assert [client.get("/rooms").status for client in clients * 2] == [500] * 4
    clients[1].delete("/console/faults")
    assert [client.get("/rooms").status for client in clients * 2] == [200] * 4


def test_faults_of_a_namespace_under_load_never_hit_another_one(servers):
    set_faults(servers[0].client("failing"), "503", share=100)

    def ask(number):
        name = ("failing", "sound")[number // 2 % 2]
        return name, servers[number % 2].client(name).post("/rooms", ROOM).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(60))) == {("failing", 503), ("sound", 201)}


def test_late_answers_leave_threads_to_other_namespaces_and_to_the_console(servers):
    """A worker has eight threads; twelve late answers wait beside them, for ten seconds each."""
    late, other = servers[0].client("late"), servers[0].client("prompt")
    set_faults(late, "late", share=100, seconds=10)
    with ThreadPoolExecutor(12) as pool:
        answers = [pool.submit(late.get, "/rooms") for _ in range(12)]
        while look(late)["faults"]["injected"] < 12:
            time.sleep(0.01)
        assert [other.get("/rooms").status for _ in range(10)] == [200] * 10
        assert [answer.done() for answer in answers] == [False] * 12
        assert late.delete("/console/faults").status == 204
        assert [answer.result().status for answer in answers] == [200] * 12
