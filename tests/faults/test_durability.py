"""An acknowledged write outlives kill -9 of the whole server and, as far as a fsync tells, the power."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections import defaultdict
from contextlib import contextmanager

import pytest

from jsonapi_course.namespaces.sqlite import driver

from ..conftest import running_server
from ..namespaces.files import older_sqlite
from ..namespaces.load import run_clients, violations
from .wire import LONG, ask, meanwhile, room, workers

ROUNDS = 8 if LONG else 2
NAMESPACES = [f"k{number}" for number in range(6)]


# --- kill -9 ----------------------------------------------------------------------------------------
def write_until_killed(server, round_):
    """The events of four clients; the server is killed in the middle of their writes."""

    def kill_when_busy():
        deadline = time.monotonic() + 30
        client = server.client(NAMESPACES[0])
        before = client.get("").json["meta"]["types"]["rooms"]["count"]
        while client.get("").json["meta"]["types"]["rooms"]["count"] < before + 8:
            assert time.monotonic() < deadline
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()

    jobs = [
        {"role": "write_until_cut_off", "name": f"{round_}.{number}", "root": server.root, "namespaces": NAMESPACES}
        for number in range(4)
    ]
    return run_clients(jobs, meanwhile=kill_when_busy)


def look(client):
    """What a namespace shows, as an event."""
    start = time.monotonic()
    rooms = client.get("/rooms").data
    ids = [room["id"] for room in rooms]
    mixed = [] if ids == [str(number) for number in range(1, len(ids) + 1)] else [f"the ids are {ids}"]
    names = [room["attributes"]["name"] for room in rooms]
    return {"op": "read", "names": names, "mixed": mixed, "status": 200, "start": start, "end": time.monotonic()}


def seen_after_each_kill(folder, rounds, app="wsgi:app"):
    """The violations that the next server shows, of all rounds."""
    events, found = defaultdict(list), []

    def look_at_all(server):
        for namespace, known in events.items():
            found.extend(violations([*known, look(server.client(namespace))]))

    for round_ in range(rounds):
        with running_server(folder, workers=4, app=app) as server:
            look_at_all(server)
            written = write_until_killed(server, round_)
        assert {event["status"] for event in written} == {201, None}
        assert [event["status"] for event in written].count(None) == 4
        for event in written:
            events[event["name"].split()[0]].append(event)
    with running_server(folder, app=app) as server:
        look_at_all(server)
    return found


def test_after_kill_9_every_acknowledged_write_is_there(tmp_path):
    assert seen_after_each_kill(tmp_path, ROUNDS) == []
    for namespace in NAMESPACES:
        connection = driver.connect(tmp_path / "instance" / "namespaces" / f"{namespace}.sqlite3")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


def test_control_what_is_answered_before_it_is_written_is_lost(tmp_path):
    found = seen_after_each_kill(tmp_path, 1, "tests.faults.careless:answers_first()")
    assert [sentence for sentence in found if "was acknowledged and is lost" in sentence]


# --- power ------------------------------------------------------------------------------------------
@contextmanager
def traced(server):
    """What a worker asks of the system: yields a call that ends the tracing and gives the lines of strace."""
    program = shutil.which("strace")
    if not program:
        pytest.skip("strace is not installed, so it was not tried whether a write is synced before its answer")
    [pid] = workers(server)
    log = server.log_path.with_suffix(".strace")
    options = ["-f", "-y", "-s", "16", "-e", "trace=fsync,fdatasync,sendmsg", "-o", str(log), "-p", str(pid)]
    tracer = subprocess.Popen([program, *options], stderr=subprocess.PIPE, text=True)
    first = tracer.stderr.readline()
    if "attached" not in first:
        tracer.wait(timeout=10)
        pytest.skip(f"strace may not look at other processes here: {first.strip()}")

    def lines():
        tracer.send_signal(signal.SIGINT)
        tracer.communicate(timeout=10)
        return log.read_text().splitlines()

    yield lines
    if tracer.poll() is None:
        lines()


def in_their_order(lines):
    """["synced <file>", "answered <status>"], as they were done."""
    begun, done = {}, []
    for line in lines:
        pid, _, call = line.partition(" ")
        if call.endswith("<unfinished ...>"):
            begun[pid] = call.removesuffix("<unfinished ...>")
            continue
        if "resumed>" in call:
            call = begun.pop(pid, "") + call.partition("resumed>")[2]
        if synced := re.search(r"f(?:data)?sync\(\d+<[^>]*/([^/>]+)>.*= 0$", call):
            done.append(f"synced {synced[1]}")
        elif answered := re.search(r'sendmsg\(.*"HTTP/1.1 (\d+)', call):
            done.append(f"answered {answered[1]}")
    return done


def order_of_a_write(server):
    """What is done until the answer to the third write of a namespace."""
    for number in range(2):
        assert ask(server, room(f"Room {number}"), "POST").status == 201
    with traced(server) as lines:
        assert ask(server, room("Traced"), "POST").status == 201
        done = in_their_order(lines())
    return done[: done.index("answered 201")]


def test_a_write_is_synced_before_it_is_answered(tmp_path):
    with running_server(tmp_path, workers=1) as server:
        assert "synced s1.sqlite3-wal" in order_of_a_write(server)


def test_with_a_rollback_journal_the_database_and_the_end_of_its_journal_are_synced_first(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", older_sqlite(tmp_path))
    with running_server(tmp_path, workers=1) as server:
        synced = order_of_a_write(server)
    database = synced.index("synced s1.sqlite3")
    assert "synced s1.sqlite3-journal" in synced[:database]
    assert "synced s1.sqlite3-journal" in synced[database:]


def test_control_without_synchronous_full_nothing_is_synced(tmp_path):
    with running_server(tmp_path, workers=1, app="tests.faults.careless:never_syncs()") as server:
        assert order_of_a_write(server) == []


# --- many writers of one namespace ------------------------------------------------------------------
def statuses_of_sixteen_writers(folder, app):
    """Of four workers with a lane of four threads each, all of whom write; nobody waits for a locked database."""
    with running_server(folder, workers=4, app=app) as server:
        assert ask(server, room("First"), "POST").status == 201
        seconds = []

        def write():
            found = []
            for number in range(40 if LONG else 10):
                start = time.monotonic()
                found.append(ask(server, room(f"Room {number}"), "POST").status)
                seconds.append(time.monotonic() - start)
            return found

        with meanwhile(*[write] * 32) as results:
            pass
        if LONG:
            print(f"{len(seconds)} writes of 32 clients: the longest took {max(seconds) * 1000:.0f} ms")
        return {status for found in results for status in found}, max(seconds)


def test_writers_of_one_namespace_wait_in_their_queue_and_never_meet_a_locked_database(tmp_path):
    statuses, longest = statuses_of_sixteen_writers(tmp_path, "tests.faults.careless:impatient()")
    assert statuses == {201}
    assert longest < 1 or not LONG


def test_control_without_the_queue_they_meet_it(tmp_path):
    statuses, _ = statuses_of_sixteen_writers(tmp_path, "tests.faults.careless:impatient_without_the_queue()")
    assert 503 in statuses
