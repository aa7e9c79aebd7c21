"""Clients that send or take too slowly stop nobody else; they are told, and end."""

import http.client
import os
import signal
import threading
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from gunicorn_worker import Connection, Line, Worker, lane_of

from ..conftest import running_server
from .wire import (
    LONG,
    ask,
    connect,
    head,
    is_answered,
    is_open,
    meanwhile,
    read_answer,
    room,
    stalled,
    until,
    workers,
    writers_held,
    writers_in_line,
)

MANY = 300 if LONG else 60
ONE_BYTE = b"G"
STALLED = {
    "one byte": ONE_BYTE,
    "nothing": b"",
    "half the headers": b"GET /api/s1/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\n",
    "a body of which nothing comes": head("POST", "/api/s1/rooms", "Content-Length: 100"),
    "half a body": head("POST", "/api/s1/rooms", "Content-Length: 100") + b'{"data"',
    "chunks without an end": head("POST", "/api/s1/rooms", "Transfer-Encoding: chunked") + b"5\r\n{1234\r\n",
    "a second request of which one byte comes": head() + ONE_BYTE,
}


def first_answers(server, count=20):
    """The statuses of requests by somebody else, each over a connection of its own."""
    found = []
    for _ in range(count):
        try:
            with urllib.request.urlopen(f"{server.root}/api/s2/rooms", timeout=10) as answer:
                found.append(answer.status)
        except (urllib.error.URLError, TimeoutError) as error:
            found.append(type(error).__name__)
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("slow")) as running:
        yield running


@pytest.mark.parametrize("kind", STALLED)
def test_clients_that_send_some_bytes_and_wait_do_not_stop_the_others(server, kind):
    with stalled(server, STALLED[kind], MANY) as connections:
        assert first_answers(server) == [200] * 20
        assert [is_open(connection) for connection in connections] == [True] * MANY


def write_large_rooms(client):
    for number in range(40):
        client.create("rooms", {"name": f"Room {number}", "address": "Street", "features": "x" * 20_000})


def test_clients_that_do_not_read_their_answers_do_not_stop_the_others(server):
    client = server.client("large")
    write_large_rooms(client)
    last = client.get("/rooms").data[-1]["attributes"]
    with stalled(server, head(path="/api/large/rooms") * 8, MANY, receive_bytes=4096) as connections:
        assert first_answers(server) == [200] * 20
        assert read_answer(connections[0]).data[-1]["attributes"] == last  # who reads at last gets the whole answer


def test_control_with_gunicorns_own_threads_who_does_not_read_stops_the_others(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-class gthread")
    with running_server(tmp_path, workers=1) as server:
        write_large_rooms(server.client("large"))
        with stalled(server, head(path="/api/large/rooms") * 8, 20, 4096):
            assert until(lambda: not is_answered(server))
            os.killpg(server.process.pid, signal.SIGKILL)  # it would wait for them
            server.process.wait()


def test_more_connections_than_the_server_takes_push_out_those_that_have_waited_longest(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-connections 50")
    with (
        running_server(tmp_path, workers=1) as server,
        stalled(server, ONE_BYTE, 60) as connections,
    ):
        assert first_answers(server) == [200] * 20
        assert not is_open(connections[0])


def test_control_with_gunicorns_own_threads_nobody_is_answered(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-class gthread")
    with running_server(tmp_path, workers=1) as server, stalled(server, ONE_BYTE, 20):
        assert not is_answered(server)


def test_a_request_that_does_not_arrive_in_time_is_answered_and_the_connection_ends(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--keep-alive 1")
    with running_server(tmp_path, workers=1) as server, connect(server) as silent:
        for data in (STALLED["half the headers"], STALLED["half a body"]):
            answer = ask(server, data)
            [error] = answer.errors
            assert (answer.status, error["code"], error["id"]) == (
                408,
                "request-timeout",
                answer.headers["X-Request-Id"],
            )
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert silent.recv(1) == b""  # who never sent anything is told nothing


def stop_in_the_middle(folder, signal_):
    """What is answered to seven writes, of which four are in threads and three in line when the signal comes.

    Also gives the names of the rooms that the next server shows.
    """
    with running_server(folder, workers=1) as server, stalled(server, ONE_BYTE, 4):
        server.client().create("rooms", {"name": "First", "address": "Street"})

        def write(number):
            try:
                return ask(server, room(f"Room {number}"), "POST").status
            except (OSError, http.client.HTTPException):
                return None

        writes = [lambda number=number: write(number) for number in range(7)]
        with writers_held(folder, "s1") as let_go, meanwhile(*writes) as statuses:
            assert until(lambda: writers_in_line(server) == 4 and requests_that_came(server) == 8)
            if signal_ == signal.SIGKILL:
                os.killpg(server.process.pid, signal_)
            else:
                server.process.send_signal(signal_)
                assert until(lambda: "Handling signal" in server.log)
                let_go()
        assert server.process.wait(timeout=25) == (-signal_ if signal_ == signal.SIGKILL else 0)
    with running_server(folder, workers=1) as server:
        return statuses, len(server.client().get("/rooms").data)


def requests_that_came(server):
    """How many connections the worker has, but those of which one byte came, and that of the first room."""
    [pid] = workers(server)
    sockets = {path.readlink().name for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()}
    return 8 if sum(name.startswith("socket:") for name in sockets) >= 4 + 7 + 1 else 0


def test_sigterm_finishes_what_is_in_flight_and_in_line_and_does_not_wait_for_what_never_comes(tmp_path):
    assert stop_in_the_middle(tmp_path, signal.SIGTERM) == ([201] * 7, 8)


def test_control_kill_9_cuts_it_off(tmp_path):
    assert stop_in_the_middle(tmp_path, signal.SIGKILL) == ([None] * 7, 1)


# --- new workers ------------------------------------------------------------------------------------
def statuses_of_readers(server, change):
    """The statuses that four clients see while `change()` runs, over connections that they keep while they may."""
    ended, found = threading.Event(), []

    def read():
        with closing(http.client.HTTPConnection(urlsplit(server.root).netloc, timeout=30)) as connection:
            while not ended.is_set():
                try:
                    connection.request("GET", "/api/s1/rooms")
                    answer = connection.getresponse()
                    answer.read()
                    found.append(answer.status)
                except (OSError, http.client.HTTPException) as error:
                    connection.close()
                    found.append(type(error).__name__)
                ended.wait(0.01)

    with meanwhile(*[read] * 4):
        assert until(lambda: len(found) > 20)
        change()
        before = len(found)
        assert until(lambda: len(found) > before + 20)
        ended.set()
    return set(found)


def test_hup_brings_new_workers_and_no_client_notices(tmp_path):
    with running_server(tmp_path) as server:

        def reload():
            for generation in range(1, 4 if LONG else 2):
                server.process.send_signal(signal.SIGHUP)
                assert until(lambda generation=generation: server.log.count("Worker exiting") == 2 * generation)

        assert statuses_of_readers(server, reload) == {200}


def test_workers_that_end_after_so_many_requests_are_replaced_and_no_client_notices(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--max-requests 100")
    with running_server(tmp_path) as server:
        assert statuses_of_readers(server, lambda: until(lambda: len(workers(server)) >= 4)) == {200}


def test_control_workers_that_are_killed_are_noticed(tmp_path):
    def kill():
        for pid in workers(server):
            os.kill(pid, signal.SIGKILL)
        assert until(lambda: len(workers(server)) == 4)

    with running_server(tmp_path) as server:
        assert statuses_of_readers(server, kill) > {200}


# --- when a request is there, and whose turn it takes -----------------------------------------------
class Settings:
    is_ssl = False
    keepalive = 20


class NoSocket:
    """Of a connection that nobody sends to."""

    def __init__(self):
        self.sent = b""

    def setblocking(self, _blocking):
        pass

    def sendall(self, data):
        self.sent += data

    def flush(self):
        pass


def coming():
    conn = Connection(Settings, NoSocket(), None, None)
    conn.begin()
    return conn


BODY = b'{"data": null}'
WHOLE = {
    "a GET": head(),
    "after an empty line": b"\r\n" + head(),
    "with a length": head("POST", "/x", "Content-Length: 14") + BODY,
    "with a length in small letters": head("POST", "/x", "content-length:14") + BODY,
    "length 0": head("POST", "/x", "Content-Length: 0"),
    "one chunk": head("POST", "/x", "Transfer-Encoding: chunked") + b"e\r\n" + BODY + b"\r\n0\r\n\r\n",
    "two chunks": head("POST", "/x", "Transfer-Encoding: chunked")
    + b"1\r\n{\r\n00D;x=y\r\n"
    + BODY[1:]
    + b"\r\n0\r\n\r\n",
    "chunks and a trailer": head("POST", "/x", "Transfer-Encoding: chunked") + b"1\r\n{\r\n0\r\nA: b\r\n\r\n",
}


@pytest.mark.parametrize("kind", WHOLE)
def test_a_request_is_there_with_its_last_byte_and_not_before(kind):
    conn = coming()
    data = WHOLE[kind]
    for at in range(len(data)):
        assert not conn.has_come()
        conn.data += data[at : at + 1]
    assert conn.has_come() and conn.whole


@pytest.mark.parametrize(
    "data",
    [
        head("POST", "/x", "Transfer-Encoding: chunked") + b"none\r\n",
        head("POST", "/x", "Transfer-Encoding: chunked") + b"-5\r\n",
        head("POST", "/x", "Transfer-Encoding: chunked") + b"0" * 200,
        head("POST", "/x", "Content-Length: five"),
        head("POST", "/x", "Content-Length: -5"),
    ],
)
def test_what_is_malformed_is_not_waited_for(data):
    conn = coming()
    conn.data += data
    assert conn.has_come()


def test_a_body_that_is_too_long_for_anything_is_not_waited_for():
    conn = coming()
    conn.data += head("POST", "/x", f"Content-Length: {2**40}")
    assert conn.has_come() and not conn.whole


def test_a_client_that_waits_for_100_is_asked_to_go_on_and_gunicorn_does_not_ask_again():
    conn = coming()
    conn.data += head("POST", "/x", "Expect: 100-continue", "Content-Length: 14")
    assert not conn.has_come()
    assert conn.sock.sent == b"HTTP/1.1 100 Continue\r\n\r\n"
    conn.data += BODY
    assert conn.has_come()
    assert bytes(conn.data) == head("POST", "/x", "Content-Length: 14") + BODY


@pytest.mark.parametrize(
    "line, expected",
    [
        ("GET /api/S1/rooms HTTP/1.1", b"s1"),
        ("GET /api/%731/rooms?x=/api/s2/ HTTP/1.1", b"s1"),
        ("GET /api/s1?x HTTP/1.1", b"s1"),
        ("POST /sandbox/api/s1/rooms HTTP/1.1", b"s1"),
        ("GET http://host/api/s1/rooms HTTP/1.1", b"s1"),
        ("GET /api/s1/users/1 HTTP/1.1", b"s1"),
        ("POST /api/s1/v3/users/1/daily-checkins HTTP/1.1", b"s1"),
        ("GET / HTTP/1.1", None),
        ("GET /docs/api/ HTTP/1.1", None),
        ("PATCH /api/s1/users/1 HTTP/1.1", b"s1"),
    ],
)
def test_the_lane_of_a_request_is_that_of_its_namespace(line, expected):
    assert lane_of(line.encode() + b"\r\nHost: x\r\n\r\n{}") == (expected, expected)


@pytest.mark.parametrize(
    "data",
    [
        head(path="/api/S1/users?email=a@b.co&password=secret"),
        head(path="/api/S1/users?filter%5Bpassword%5D=secret"),
        head("POST", "/api/S1/v1/sanctum/token") + b'{"email": "a@b.co", "password": "secret", "device_name": "x"}',
        head("POST", "/api/S1/v1/addUser") + b"name=A&email=a@b.co&password=secret&role=1",
        head("POST", "/api/S1/users") + b'{"data": {"type": "users", "attributes": {"password": "secret"}}}',
        head("POST", "/api/S1/operations") + b'{"atomic:operations": [{"op": "add", "data": {"password": "secret"}}]}',
        head("PUT", "/api/S1/v3/users/1") + b'{"password": "secret"}',
    ],
)
def test_whatever_costs_a_hash_goes_into_the_lane_of_the_logins(data):
    assert lane_of(data) == ("logins", b"s1")


class Waiting:
    def __init__(self, namespace, number):
        self.namespace = namespace
        self.name = f"{namespace}{number}"


def line_of(crowd):
    line = Line()
    for number, namespace in enumerate(crowd):
        line.append(Waiting(namespace, number))
    return line


def test_in_a_line_one_namespace_comes_after_the_other_and_each_in_its_own_order():
    line = line_of("aaaabac")
    found = []
    while line:
        found.append(line.popleft().name)
    assert found == ["a0", "b4", "c6", "a1", "a2", "a3", "a5"]


def test_who_must_leave_a_line_is_the_last_of_the_largest_crowd():
    line = line_of("abbbc")
    assert [line.pop().name for _ in range(2)] == ["b3", "b2"]
    assert [line.popleft().name for _ in range(len(line))] == ["a0", "b1", "c4"]


# --- everything taken -------------------------------------------------------------------------------
def crew_of_fifty(monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-connections 50")


def test_a_crowd_of_one_namespace_that_takes_every_connection_is_told_so_and_the_others_are_answered(
    tmp_path, monkeypatch
):
    crew_of_fifty(monkeypatch)
    with running_server(tmp_path, workers=1) as server:
        server.client("busy").create("rooms", {"name": "First", "address": "Street"})
        writes = [lambda number=number: ask(server, room(f"Room {number}", "busy"), "POST") for number in range(60)]
        with writers_held(tmp_path, "busy") as let_go, meanwhile(*writes) as answers:
            assert until(lambda: len(answers) >= 11)
            assert first_answers(server) == [200] * 20
            let_go()
        sent_away = [answer for answer in answers if answer.status != 201]
        assert {(answer.status, answer.errors[0]["code"], answer.headers["Retry-After"]) for answer in sent_away} == {
            (503, "service-busy", "1")
        }
        names = [room["attributes"]["name"] for room in server.client("busy").get("/rooms").data]
        assert len(names) == 1 + 60 - len(sent_away)


def test_clients_that_read_nothing_and_take_every_connection_lose_the_oldest(tmp_path, monkeypatch):
    crew_of_fifty(monkeypatch)
    with running_server(tmp_path, workers=1) as server:
        write_large_rooms(server.client("large"))
        with stalled(server, head(path="/api/large/rooms") * 8, 60, receive_bytes=4096):
            assert first_answers(server) == [200] * 20


def test_an_event_of_a_connection_that_another_event_closed_is_nothing():
    worker = object.__new__(Worker)
    worker.coming, worker.leaving, worker.keepalived_conns = {}, {}, []
    conn = coming()
    assert worker._receive(conn) is None
    assert worker._discard(conn, None) is None
    assert worker.on_client_socket_readable(conn, None) is None
