"""An acknowledged write outlives kill -9 of the whole server."""

import os
import signal
import time
from collections import defaultdict

from jsonapi_course.namespaces.sqlite import driver
from tests.conftest import running_server

from .load import run_clients, violations

ROUNDS = 2
NAMESPACES = [f"k{number}" for number in range(6)]


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


def test_after_kill_9_every_acknowledged_write_is_there(tmp_path):
    events = defaultdict(list)
    for round_ in range(ROUNDS + 1):
        with running_server(tmp_path, workers=2) as server:
            for namespace, known in events.items():
                assert violations([*known, look(server.client(namespace))]) == []
            if round_ == ROUNDS:
                break
            found = write_until_killed(server, round_)
        assert {event["status"] for event in found} == {201, None}
        assert [event["status"] for event in found].count(None) == 4
        for event in found:
            events[event["name"].split()[0]].append(event)
    for namespace in events:
        connection = driver.connect(tmp_path / "instance" / "namespaces" / f"{namespace}.sqlite3")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()
