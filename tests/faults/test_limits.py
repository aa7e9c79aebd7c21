"""contract: namespaces, limits: requests per second right across workers; nobody else waits for a loop or for logins."""

import json
import multiprocessing
import statistics
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from jsonapi_course.api.rates import Rates
from jsonapi_course.engine import passwords
from jsonapi_course.errors import ServiceBusy, TooManyRequests

from ..conftest import ROOT, running_server
from ..console.looking import set_faults
from .wire import LONG, ask, head, is_answered, meanwhile, room, until, writers_held, writers_in_line

ADA = {"first-name": "Ada", "last-name": "Lovelace", "role": "teacher", "password": "secret"}
FOR_EVER = 1000  # a burst is not filled again while a test runs


# --- requests per second ----------------------------------------------------------------------------
def test_a_bucket_lets_its_burst_through_and_then_what_flows_in(tmp_path, monkeypatch):
    now = 5000.0
    monkeypatch.setattr("jsonapi_course.api.rates.time.monotonic", lambda: now)
    rates = Rates(str(tmp_path), per_second=10, burst=20)
    assert [rates.take("s1") for _ in range(20)] == [0] * 20
    assert rates.take("s1") == pytest.approx(0.1)
    assert rates.take("s2") == 0
    now += 0.25
    assert [bool(rates.take("s1")) for _ in range(3)] == [False, False, True]
    now += 3600
    assert [bool(rates.take("s1")) for _ in range(21)] == [False] * 20 + [True]


def test_times_of_before_a_restart_of_the_machine_are_no_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("jsonapi_course.api.rates.time.monotonic", lambda: 9_000_000.0)
    before = Rates(str(tmp_path), per_second=1, burst=2)
    assert [bool(before.take("s1")) for _ in range(3)] == [False, False, True]
    monkeypatch.undo()
    after = Rates(str(tmp_path), per_second=1 / FOR_EVER, burst=2)
    assert [bool(after.take("s1")) for _ in range(3)] == [False, False, True]


def test_more_namespaces_than_the_table_has_places_are_let_through(tmp_path):
    rates = Rates(str(tmp_path), per_second=1 / FOR_EVER, burst=1)
    assert {rates.take(f"s{number}") for number in range(30_000)} == {0}


def take_often(folder, results):
    rates = Rates(folder, per_second=1 / FOR_EVER, burst=400)
    results.put(sum(not rates.take("s1") for _ in range(400)))


@pytest.mark.parametrize("shared, expected", [(True, 400), (False, 1600)], ids=["one folder", "control: four folders"])
def test_a_burst_is_exact_over_processes(tmp_path, shared, expected):
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    processes = [
        fork.Process(target=take_often, args=(str(tmp_path if shared else tmp_path / str(number)), results))
        for number in range(4)
    ]
    for process in processes:
        process.start()
    let_through = sum(results.get(timeout=60) for _ in processes)
    for process in processes:
        process.join()
    assert let_through == expected


def test_where_the_file_cannot_be_a_worker_counts_for_itself_and_says_so(tmp_path, caplog):
    (tmp_path / "rates").mkdir()
    rates = Rates(str(tmp_path), per_second=1 / FOR_EVER, burst=1)
    assert [bool(rates.take("s1")) for _ in range(2)] == [False, True]
    assert "Rate limits count in each worker alone" in caplog.text


@pytest.fixture(scope="module")
def limited_server(tmp_path_factory):
    settings = {"RATE_LIMIT_PER_SECOND": "1", "RATE_LIMIT_BURST": "30"}
    with running_server(tmp_path_factory.mktemp("limits"), workers=3, **settings) as running:
        yield running


def test_the_limit_counts_over_all_workers_and_for_one_namespace(limited_server):
    start = time.monotonic()
    statuses = [ask(limited_server, head(path=f"/api/{name}/rooms")).status for name in ["loop", "LOOP"] * 50]
    flowed_in = int(time.monotonic() - start) + 1
    assert set(statuses) == {200, 429}
    assert 30 <= statuses.count(200) <= 30 + flowed_in
    assert ask(limited_server, head(path="/api/calm/rooms")).status == 200


def use_up(server, namespace):
    while ask(server, head(path=f"/api/{namespace}/rooms")).status == 200:
        pass


def test_the_answer_says_what_to_do_and_a_page_may_read_it(limited_server):
    use_up(limited_server, "told")
    answer = ask(limited_server, head("POST", "/api/told/rooms?email=a@b.co&password=secret", "Content-Length: 0"))
    [error] = answer.errors
    assert answer.status == 429
    assert (error["code"], error["id"]) == (TooManyRequests.code, answer.headers["X-Request-Id"])
    assert error["meta"] == {"limit": "RATE_LIMIT_PER_SECOND", "maximum": 1}
    assert "'told' may have 1 requests a second, after 30 at once" in error["detail"]
    assert answer.headers["Retry-After"] == "1"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    time.sleep(1.1)  # what Retry-After says
    assert ask(limited_server, head(path="/api/told/rooms")).status == 200


def test_the_check_in_api_says_it_in_its_own_words(limited_server):
    use_up(limited_server, "words")
    answer = ask(limited_server, head(path="/api/words/v3/users"))
    assert (answer.status, answer.json.keys(), answer.json["errors"]) == (429, {"message", "errors"}, {})


def test_preflights_and_pages_are_not_limited(limited_server):
    use_up(limited_server, "preflight")
    answer = ask(limited_server, head("OPTIONS", "/api/preflight/rooms", "Origin: null"), "OPTIONS")
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert {ask(limited_server, head(path="/healthz")).status for _ in range(40)} == {200}


def test_zero_is_off(make_app):
    for settings in ({"RATE_LIMIT_PER_SECOND": 0}, {"RATE_LIMIT_PER_SECOND": 1, "RATE_LIMIT_BURST": 0}):
        app = make_app(**settings).test_client()
        assert {app.get("/api/s1/rooms").status_code for _ in range(20)} == {200}


# --- turns ------------------------------------------------------------------------------------------
def test_one_namespace_leaves_threads_to_the_others(tmp_path):
    with running_server(tmp_path, workers=1) as server:
        for name in ("busy", "calm"):
            server.client(name).create("rooms", {"name": "First", "address": "Street"})
        writes = [
            lambda number=number: ask(server, room(f"Room {number}", "busy"), "POST").status for number in range(40)
        ]
        with writers_held(tmp_path, "busy") as let_go, meanwhile(*writes) as statuses:
            assert until(lambda: writers_in_line(server) == 4)  # of eight threads
            assert [ask(server, room(f"Room {number}", "calm"), "POST").status for number in range(20)] == [201] * 20
            assert (statuses, writers_in_line(server)) == ([], 4)
            let_go()
        assert statuses == [201] * 40


def test_control_with_gunicorns_own_threads_one_namespace_takes_them_all(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-class gthread")
    with running_server(tmp_path, workers=1) as server:
        server.client("busy").create("rooms", {"name": "First", "address": "Street"})
        writes = [
            lambda number=number: ask(server, room(f"Room {number}", "busy"), "POST").status for number in range(40)
        ]
        with writers_held(tmp_path, "busy") as let_go, meanwhile(*writes):
            assert until(lambda: writers_in_line(server) == 8)
            let_go()


def late_on_purpose(server, namespaces, seconds):
    """Eight calls in each of so many namespaces whose every answer is late, by the fault lab."""
    clients = [server.client(f"late{number}") for number in range(namespaces)]
    for client in clients:
        set_faults(client, "late", share=100, seconds=seconds)
    return [lambda client=client: client.get("/rooms").status for client in clients for _ in range(8)]


def test_answers_that_are_late_on_purpose_take_no_turn_of_others(tmp_path):
    with running_server(tmp_path, workers=1) as server, meanwhile(*late_on_purpose(server, 3, 6)) as late:
        assert [ask(server, head(path="/api/other/rooms")).status for _ in range(10)] == [200] * 10
        assert late == []
    assert late == [200] * 24


def test_control_with_gunicorns_own_threads_everybody_waits_for_them(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-class gthread")
    with running_server(tmp_path, workers=1) as server, meanwhile(*late_on_purpose(server, 1, 4)):
        assert until(lambda: not is_answered(server))


# --- logins -----------------------------------------------------------------------------------------
def person(number):
    return {"email": f"student{number}@example.org", "password": f"secret {number}"}


def add_account(client, number):
    account = {**person(number), "name": "Sam Student", "role": 1}
    body = json.dumps(account).encode()
    return client.request("POST", "/v1/addUser", headers={"Content-Type": "application/json"}, body=body).status


def create_user(client, number):
    user = {**ADA, **person(number), "email": f"ada{number}@example.org"}
    return client.post("/users", {"data": {"type": "users", "attributes": user}}).status


def look_for_user(client, number):
    answer = client.get(f"/users?email=ada{number}@example.org&password=secret%20{number}")
    return len(answer.data) if answer.status == 200 else answer.status


def get_token(client, number):
    body = json.dumps({**person(number), "device_name": "laptop"}).encode()
    answer = client.request("POST", "/v1/sanctum/token", headers={"Content-Type": "application/json"}, body=body)
    return answer.status


def look_for_nobody(client, number):
    """A login that fails, which is never remembered."""
    body = json.dumps({**person(number), "password": "guessed", "device_name": "laptop"}).encode()
    return client.request("POST", "/v1/sanctum/token", headers={"Content-Type": "application/json"}, body=body).status


STUDENTS = 300 if LONG else 24


def at_once(server, act):
    """What `act` gave each student of a class, each in a namespace of their own; how long others waited meanwhile."""
    assert {ask(server, head(path="/healthz")).status for _ in range(20)} == {200}  # all workers have begun
    calls = [lambda number=number: act(server.client(f"student{number}"), number) for number in range(STUDENTS)]
    seconds, begun = [], time.monotonic()
    with meanwhile(*calls) as results:
        while len(results) < STUDENTS:
            start = time.perf_counter()
            assert ask(server, head(path="/api/other/rooms")).status == 200
            seconds.append(time.perf_counter() - start)
            time.sleep(0.01)
    if LONG:
        took, median = time.monotonic() - begun, statistics.median(seconds) * 1000
        print(f"{act.__name__}: {STUDENTS} at once in {took:.1f} s; others' median {median:.0f} ms")
        assert median < 50
    return set(results)


def test_a_class_that_makes_accounts_and_logs_in_at_once_is_served_and_leaves_the_service_to_others(tmp_path):
    """Each of 17 ms of CPU at least, for a server that was just started remembers no password."""
    with running_server(tmp_path, NEW_NAMESPACES_PER_HOUR="0") as server:
        assert at_once(server, add_account) == {201}
        assert at_once(server, create_user) == {201}
    with running_server(tmp_path) as server:
        assert at_once(server, look_for_user) == {1}
        assert at_once(server, get_token) == {200}
        assert at_once(server, look_for_nobody) == {401}


def test_control_with_gunicorns_own_threads_some_are_sent_away_by_the_gate(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-class gthread --threads 32")
    with running_server(tmp_path, workers=1, NEW_NAMESPACES_PER_HOUR="0") as server:
        assert 503 in at_once(server, look_for_nobody)


# --- a loop -----------------------------------------------------------------------------------------
@contextmanager
def looping(server, path, connections=40):
    """A page that asks for `path` again and again."""
    command = [sys.executable, "-m", "tests.faults.loop", server.root, path, str(connections)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "looping\n"
        yield
        process.stdin.close()


MODULES = 1000
LOOPS = {
    "all modules": "/api/loop/modules",
    "all modules, each time computed": "/api/loop/modules?include=teacher&fields[users]=role&page[size]=999",
    "a login that fails": "/api/loop/users?email=ada@example.org&password=wrong",
}


def thousand_modules(client):
    user = {"type": "users", "id": "1", "attributes": {**ADA, "email": "ada@example.org", "password": "secret"}}
    modules = [
        {
            "type": "modules",
            "id": str(number),
            "attributes": {"code": f"WEB{number}", "name": f"Module {number}", "semester": "SS18"},
            "relationships": {"teacher": {"data": {"type": "users", "id": "1"}}},
        }
        for number in range(1, MODULES + 1)
    ]
    answer = client.post("/import", {"data": [user, *modules], "meta": {"format": "jsonapi-course/1"}})
    assert answer.status == 200, answer


def p95_of(acts):
    seconds = {name: [] for name in acts}
    for _ in range(100):
        for name, act in acts.items():
            start = time.perf_counter()
            assert act()
            seconds[name].append(time.perf_counter() - start)
    return {name: sorted(found)[94] for name, found in seconds.items()}


@pytest.mark.skipif(not LONG, reason="a measurement: make test-long")
@pytest.mark.parametrize("per_second", ["100", "0"], ids=["limited", "unlimited"])
@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_does_not_raise_the_p95_of_others_above_half_a_second(tmp_path, loop, per_second):
    with running_server(tmp_path, RATE_LIMIT_PER_SECOND=per_second) as server:
        thousand_modules(server.client("loop"))
        calm = server.client("calm")
        calm.create("users", {**ADA, "email": "ada@example.org", "password": "secret"})
        others = {
            "read": lambda: calm.get("/rooms").status == 200,
            "write": lambda: ask(server, room("Room", "calm"), "POST").status == 201,
            "login": lambda: calm.get("/users?email=ada@example.org&password=guessed").data == [],
        }
        alone = p95_of(others)
        with looping(server, LOOPS[loop]):
            time.sleep(1)  # until the burst is used up
            beside = p95_of(others)
        told = ", ".join(f"{name} {alone[name] * 1000:.0f} → {beside[name] * 1000:.0f} ms" for name in others)
        print(f"beside a loop of 40 connections ({loop}, limit {per_second}): p95 {told}")
        assert max(beside[name] - alone[name] for name in others) < 0.5


# --- the gate of passwords --------------------------------------------------------------------------
@pytest.fixture
def counted(monkeypatch):
    """The module with an empty memory; `counted` lists the hashes that were really checked."""
    seen = []
    hasher = passwords._hasher

    class Counting:
        hash = staticmethod(hasher.hash)

        @staticmethod
        def verify(stored, plain):
            seen.append(plain)
            return hasher.verify(stored, plain)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    monkeypatch.setattr(passwords, "_verified", passwords.Verified())
    return seen


def test_a_verified_password_is_remembered_and_a_wrong_one_never(counted):
    stored = passwords._hasher.hash("secret")
    assert [passwords.verify(stored, "wrong") for _ in range(2)] == [False, False]
    assert [passwords.verify(stored, "secret") for _ in range(3)] == [True] * 3
    assert counted == ["wrong", "wrong", "secret"]
    assert passwords.verify(stored, "wrong") is False
    other = passwords._hasher.hash("changed")
    assert (passwords.verify(other, "secret"), passwords.verify(other, "changed")) == (False, True)
    assert counted == ["wrong", "wrong", "secret", "wrong", "secret", "changed"]


def test_a_password_that_was_just_set_need_not_be_checked(counted):
    stored = passwords.hashed("secret")
    assert (passwords.verify(stored, "secret"), counted) == (True, [])


def test_a_wrong_password_costs_a_hash_whoever_it_is_said_to_be_of(client, counted):
    """So the time of an answer tells neither who exists nor who logged in lately."""
    client.create("users", {**ADA, "email": "ada@example.org"})
    for email in ("ada@example.org", "nobody@example.org"):
        login = json.dumps({"email": email, "password": "guessed", "device_name": "laptop"}).encode()
        assert client.request("POST", "/v1/sanctum/token", body=login).status == 401
    assert counted == ["guessed"] * 2


def test_the_memory_ends_and_is_bounded(monkeypatch):
    now = 100.0
    monkeypatch.setattr(passwords.time, "monotonic", lambda: now)
    memory = passwords.Verified(entries=2, seconds=60)
    for stored in ("a", "b", "c"):
        memory.keep(stored, "secret")
    assert [memory.has(stored, "secret") for stored in ("a", "b", "c")] == [False, True, True]
    assert memory.has("c", "wrong") is False
    now += 61
    assert memory.has("c", "secret") is False


def test_the_gate_makes_one_hash_at_a_time_and_sends_away_who_would_wait_too_long():
    gate = passwords.Gate(waiting=3)
    running, most, go_on = [], [], threading.Event()

    def work():
        running.append(1)
        most.append(len(running))
        go_on.wait(30)
        running.pop()
        return "done"

    with meanwhile(*[lambda: gate.run(work)] * 3) as results:
        assert until(lambda: gate._places._value == 0 and running)
        with pytest.raises(ServiceBusy) as caught:
            gate.run(work)
        assert caught.value.headers == {"Retry-After": "1"}
        go_on.set()
    assert (results, max(most)) == (["done"] * 3, 1)
    assert gate.run(work) == "done"


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("GET", "/users?email=ada@example.org&password=secret", None),
        ("POST", "/users", {"data": {"type": "users", "attributes": {**ADA, "email": "eve@example.org"}}}),
        ("PATCH", "/users/1", {"data": {"type": "users", "id": "1", "attributes": {"password": "changed"}}}),
        ("POST", "/v1/sanctum/token", {"email": "ada@example.org", "password": "secret", "device_name": "laptop"}),
    ],
)
def test_who_is_sent_away_is_told_when_to_come_again_and_nothing_is_written(client, monkeypatch, method, path, body):
    client.create("users", {**ADA, "email": "ada@example.org"})
    monkeypatch.setattr(passwords, "_verified", passwords.Verified())
    monkeypatch.setattr(passwords, "_gate", passwords.Gate(waiting=0))
    before = client.get("/users").body
    answer = client.request(method, path, body)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    told = answer.json.get("message") or answer.errors[0]["detail"]
    assert told == "Many passwords are being checked at this moment; send the request again in a second."
    assert client.get("/users").body == before
