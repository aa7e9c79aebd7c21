"""Load from many client processes, and the checker of what they saw. Run as a module it is one client.

A log is a list of events: {"op", "start", "end", "status", …}, with times of the one monotonic clock that
all processes of a machine share. `status` is None where no answer came.
"""

import http.client
import json
import random
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent.parent
TOUCH_EVERY_SECONDS = 0.012
# The types that a reset leaves empty; the check-in part has reference rows that it brings back.
COURSE = ("users", "modules", "rooms", "sessions", "news", "contents")
REQUESTS_PER_CONNECTION = 25  # a connection stays with one worker; so that each client meets them all


# --- running the clients ----------------------------------------------------------------------------
def run_clients(jobs, meanwhile=lambda: None):
    """The events of all jobs, each run by a process of its own; all begin at once. `meanwhile` runs beside them."""
    with ExitStack() as stack:
        clients = [stack.enter_context(_client(job)) for job in jobs]
        for client in clients:
            assert client.stdout.readline() == "ready\n"
        start = time.monotonic()
        for client in clients:
            client.stdin.write(f"{start}\n")
            client.stdin.flush()
        try:
            meanwhile()
            logs = [client.communicate(timeout=120)[0] for client in clients]
        except BaseException:
            for client in clients:
                client.kill()
            raise
        assert [client.returncode for client in clients] == [0] * len(jobs)
    return [event for log in logs for event in json.loads(log)]


def _client(job):
    return subprocess.Popen(
        [sys.executable, "-m", __name__, json.dumps(job)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


# --- the checker ------------------------------------------------------------------------------------
def violations(events):
    """What no order of atomic resets and durable writes could have shown, in sentences; none if all is well.

    Of `write` and `reset` events the times bound the moment at which they took effect; of `read` events
    (`names`: what it showed) that of the state which they saw. A `write` that was refused must have been
    in a race with a reset after `since`, when what it links was made.
    """
    found = [f"{event['op']} was answered with {event['status']}" for event in events if (event["status"] or 0) >= 500]
    resets = [event for event in events if event["op"] == "reset" and event["status"] == 200]
    writes = {event["name"]: event for event in events if event["op"] == "write"}
    for write in writes.values():
        raced = any(reset["end"] > write["since"] and reset["start"] < write["end"] for reset in resets)
        if write["status"] in range(400, 500) and not raced:
            found.append(f"{write['name']} was refused with {write['status']} without a reset beside it")
    for reset in resets:
        if any(reset["counts"].values()):
            found.append(f"a reset left {reset['counts']}")
    for read in (event for event in events if event["op"] == "read" and event["status"] == 200):
        found += read["mixed"]
        found += _unexplained(read, writes, resets)
    return found


def _unexplained(read, writes, resets):
    """Writes that the read shows or lacks, whatever the order of what ran at the same time."""
    shown = set(read["names"])
    found = [f"{name} was never written" for name in shown - set(writes)]
    nothing_before = max((reset["end"] for reset in resets if reset["start"] < read["end"]), default=float("-inf"))
    wiped_until = max((reset["start"] for reset in resets if reset["end"] < read["start"]), default=float("-inf"))
    for name, write in writes.items():
        acknowledged = write["status"] == 201
        if name in shown and write["status"] not in (201, None):
            found.append(f"{name} was refused with {write['status']} and is there")
        if name in shown and write["start"] > read["end"]:
            found.append(f"{name} is there before it was written")
        if name in shown and write["end"] < wiped_until:
            found.append(f"{name} is there after a reset")
        if name not in shown and acknowledged and nothing_before <= write["start"] and write["end"] < read["start"]:
            found.append(f"{name} was acknowledged and is lost")
    return found


def mixture(document):
    """What a document of modules with teacher and students shows of two states at once, in sentences.

    The name of a module, `<writer>-<generation>-<n>`, says whom its one POST linked.
    """
    found = []
    ids = [module["id"] for module in document["data"]]
    if ids != [str(number) for number in range(1, len(ids) + 1)]:
        found.append(f"the ids are {ids}")
    if document["meta"]["page"]["total"] != len(ids):
        found.append(f"the total is {document['meta']['page']['total']} of {len(ids)}")
    linked = set()
    for module in document["data"]:
        name = module["attributes"]["name"]
        teacher, *students = expected = people_of(name)
        linked |= set(expected)
        actual = [module["relationships"]["teacher"]["data"], *module["relationships"]["students"]["data"]]
        if actual != [{"type": "users", "id": id_} for id_ in expected]:
            found.append(f"{name} is linked with {actual} instead of {teacher} and {students}")
    included = sorted(user["id"] for user in document["included"])
    if included != sorted(linked):
        found.append(f"included are {included}, linked {sorted(linked)}")
    return found


def people_of(name):
    """The ids of teacher and students of a module with this name."""
    group = name.rpartition("-")[0]
    return [f"{group}-teacher", f"{group}-first", f"{group}-second"]


# --- one client -------------------------------------------------------------------------------------
class Calls:
    """Requests over connections that are kept for a while; every call is an event of `log`."""

    def __init__(self, root):
        self.address = urlsplit(root).netloc
        self.connection = None
        self.count = 0
        self.log = []

    def __call__(self, op, method, path, document=None, **facts):
        """(event, document or None); the event has `facts` in it."""
        if self.connection is None or self.count % REQUESTS_PER_CONNECTION == 0:
            self.close()
            self.connection = http.client.HTTPConnection(self.address, timeout=60)
        self.count += 1
        event = {"op": op, **facts, "status": None, "start": time.monotonic()}
        self.log.append(event)
        body = None if document is None else json.dumps(document)
        answer = None
        try:
            self.connection.request(method, path, body, {"Content-Type": "application/vnd.api+json"} if body else {})
            response = self.connection.getresponse()
            event["status"] = response.status
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            event["status"] = None  # what was cut short is no answer
            self.close()
        event["end"] = time.monotonic()
        return event, answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def write_modules(calls, base, name, seconds, start):
    """Modules with a teacher and two students of the writer's own, who are made again after each reset."""
    generation = number = streak = 0
    group = since = None
    while time.monotonic() < start + seconds or streak < 5:
        if group is None:
            generation += 1
            group, since = f"{name}-{generation}", time.monotonic()
            for id_ in people_of(f"{group}-"):
                calls("user", "POST", f"{base}/users", _user(id_))
        number += 1
        module = f"{group}-{number}"
        event, _ = calls("write", "POST", f"{base}/modules", _module(module), name=module, since=since)
        if event["status"] is None or event["status"] >= 500:
            return
        streak += 1
        if event["status"] != 201:
            group, streak = None, 0


def read_modules(calls, base, name, seconds, start):
    for _ in _rounds(start + seconds, at_least=10 if seconds else 1):
        event, document = calls("read", "GET", f"{base}/modules?include=teacher,students&fields[users]=role")
        if event["status"] == 200:
            event["names"] = [module["attributes"]["name"] for module in document["data"]]
            event["mixed"] = mixture(document)


def reset_often(calls, base, name, seconds, start):
    """Resets at random moments of the first two thirds, so that much is written after the last."""
    for _ in _rounds(start + seconds * 2 / 3, at_least=3):
        time.sleep(random.uniform(0, 0.6))
        event, document = calls("reset", "POST", f"{base}/reset-db")
        if event["status"] == 200:
            event["counts"] = {type_: document["meta"]["counts"][type_] for type_ in COURSE}


def touch_all(calls, base, name, namespaces, start):
    """A room in each namespace, in step with the other clients, so that all meet at the first touch."""
    for number, namespace in enumerate(namespaces):
        time.sleep(max(0, start + number * TOUCH_EVERY_SECONDS - time.monotonic()))
        room = f"{namespace} {name}"
        calls("write", "POST", f"/api/{namespace}/rooms", _room(room), name=room, since=0)


def write_until_cut_off(calls, base, name, namespaces, start):
    """Rooms, one namespace after the other, until the server is gone."""
    number = 0
    while True:
        namespace = namespaces[number % len(namespaces)]
        room = f"{namespace} {name} {number}"
        event, _ = calls("write", "POST", f"/api/{namespace}/rooms", _room(room), name=room, since=0)
        if event["status"] is None:
            return
        number += 1


def swap_often(calls, base, name, seconds, start, documents):
    """Replaces the whole state in every way there is: import, restore of the snapshots A and B, undo."""
    for _ in _rounds(start + seconds, at_least=3):
        for method, path, document in (
            ("POST", "/import", documents[0]),
            ("POST", "/import", documents[1]),
            ("POST", "/undo-reset", None),
            ("POST", "/snapshots/B/restore", None),
            ("POST", "/snapshots/A/restore", None),
            ("POST", "/undo-reset", None),
        ):
            event, _ = calls("swap", method, f"{base}{path}", document)
            if event["status"] != 200:
                return


def read_whole(calls, base, name, seconds, start):
    """The names of the rooms, by the collection and by the export in turn."""
    for _ in _rounds(start + seconds, at_least=5):
        for path in ("/rooms", "/export"):
            event, document = calls("whole", "GET", f"{base}{path}")
            if event["status"] == 200:
                rooms = [one for one in document["data"] if one["type"] == "rooms"]
                event["names"] = [room["attributes"]["name"] for room in rooms]


def _rounds(until, at_least):
    """As many as there is time for, and never fewer than `at_least`: a slow machine sees the same races."""
    count = 0
    while time.monotonic() < until or count < at_least:
        yield
        count += 1


def _room(name):
    return {"data": {"type": "rooms", "attributes": {"name": name, "address": "Street 1"}}}


def _user(id_):
    role = "teacher" if id_.endswith("teacher") else "student"
    attributes = {"email": f"{id_}@example.org", "password": "secret", "role": role}
    return {"data": {"type": "users", "id": id_, "attributes": {**attributes, "first-name": "A", "last-name": "B"}}}


def _module(name):
    teacher, *students = [{"type": "users", "id": id_} for id_ in people_of(name)]
    attributes = {"code": "LOAD", "name": name, "semester": "SS18"}
    relationships = {"teacher": {"data": teacher}, "students": {"data": students}}
    return {"data": {"type": "modules", "attributes": attributes, "relationships": relationships}}


ROLES = {
    role.__name__: role
    for role in (
        write_modules,
        read_modules,
        reset_often,
        touch_all,
        write_until_cut_off,
        swap_often,
        read_whole,
    )
}


def main(job):
    calls = Calls(job.pop("root"))
    role = ROLES[job.pop("role")]
    print("ready", flush=True)
    start = float(sys.stdin.readline())
    role(calls, base=f"/api/{job.pop('namespace', '')}", start=start, **job)
    calls.close()
    print(json.dumps(calls.log))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
