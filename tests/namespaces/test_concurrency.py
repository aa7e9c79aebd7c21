"""contract: namespaces, "never a mixture, an error or a lost acknowledged write": four workers, eight processes of clients."""

import os

import pytest

from tests.conftest import running_server

from .files import older_sqlite
from .load import COURSE, mixture, run_clients, violations

SECONDS = 20 if os.environ.get("LONG") == "1" else 5
CLIENTS = ["write_modules"] * 4 + ["read_modules"] * 3 + ["reset_often"]
NAMESPACES = [f"n{number}" for number in range(200)]


@pytest.fixture(scope="module")
def four_workers(tmp_path_factory):
    with running_server(tmp_path_factory.mktemp("four"), workers=4) as running:
        yield running


def load_one_namespace(server, namespace, seconds):
    """The events of CLIENTS on one namespace, and of a last look at it."""
    jobs = [
        {"role": role, "name": f"{role}{number}", "root": server.root, "namespace": namespace, "seconds": seconds}
        for number, role in enumerate(CLIENTS)
    ]
    events = run_clients(jobs)
    last = {"role": "read_modules", "name": "last", "root": server.root, "namespace": namespace, "seconds": 0}
    return events + run_clients([last])


def assert_all_is_explained(events):
    answers = {op: [event["status"] for event in events if event["op"] == op] for op in ("write", "read", "reset")}
    assert violations(events) == []
    assert None not in {event["status"] for event in events}
    assert answers["write"].count(201) >= 20
    assert set(answers["read"]) == {200} and len(answers["read"]) >= 30
    assert set(answers["reset"]) == {200} and len(answers["reset"]) >= 3


def assert_log_is_clean(server):
    assert [
        line for line in server.log.splitlines() if "ERROR" in line or "CRITICAL" in line or "Traceback" in line
    ] == []


def test_writes_reads_and_resets_at_once_are_as_if_one_after_the_other(four_workers):
    assert_all_is_explained(load_one_namespace(four_workers, "crowd", SECONDS))
    client = four_workers.client("crowd")
    counts = client.post("/reset-db").json["meta"]["counts"]
    assert {counts[type_] for type_ in COURSE} == {0}
    assert client.create("rooms", {"name": "Room", "address": "Street"})["id"] == "1"
    assert_log_is_clean(four_workers)


def test_two_hundred_namespaces_first_touched_at_once_are_whole_and_apart(four_workers):
    jobs = [
        {"role": "touch_all", "name": str(number), "root": four_workers.root, "namespaces": NAMESPACES}
        for number in range(8)
    ]
    events = run_clients(jobs)
    assert {event["status"] for event in events} == {201} and len(events) == 1600
    for namespace in NAMESPACES:
        rooms = four_workers.client(namespace).get("/rooms").data
        assert sorted(room["attributes"]["name"] for room in rooms) == [f"{namespace} {number}" for number in range(8)]
        assert [room["id"] for room in rooms] == [str(number) for number in range(1, 9)]
    assert_log_is_clean(four_workers)


def test_an_older_sqlite_gives_the_same_with_a_rollback_journal(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", older_sqlite(tmp_path))
    with running_server(tmp_path, workers=4) as server:
        assert_all_is_explained(load_one_namespace(server, "crowd", SECONDS / 2))
        assert "SQLite 3.40.1 can lose commits in WAL mode; a rollback journal is used, which is slower." in server.log
        assert_log_is_clean(server)
    assert not list((tmp_path / "instance").rglob("*-wal"))


# --- controls: the checkers see what they are there for ----------------------------------------------
def write(name, start, end, status=201):
    return {"op": "write", "name": name, "since": 0, "start": start, "end": end, "status": status}


def read(names, start, end):
    return {"op": "read", "names": names, "mixed": [], "start": start, "end": end, "status": 200}


def reset(start, end, **counts):
    return {"op": "reset", "counts": counts, "start": start, "end": end, "status": 200}


@pytest.mark.parametrize(
    "events, expected",
    [
        ([write("a", 1, 2), read(["a"], 3, 4)], []),
        ([write("a", 1, 2), read([], 3, 4)], ["a was acknowledged and is lost"]),
        ([write("a", 1, 3), read([], 2, 4)], []),
        ([write("a", 1, 2), reset(3, 4), read([], 5, 6)], []),
        ([write("a", 1, 2), reset(3, 5), read([], 4, 6)], []),
        ([write("a", 1, 2), reset(3, 5), read(["a"], 4, 6)], []),
        ([write("a", 1, 2), reset(3, 4), read(["a"], 5, 6)], ["a is there after a reset"]),
        ([reset(1, 2), write("a", 3, 4), read([], 5, 6)], ["a was acknowledged and is lost"]),
        ([reset(1, 4), write("a", 3, 5), read([], 6, 7)], []),
        ([write("a", 1, 2), reset(3, 4), write("b", 5, 6), read(["a", "b"], 7, 8)], ["a is there after a reset"]),
        ([write("a", 3, 4), read(["a"], 1, 2)], ["a is there before it was written"]),
        ([read(["a"], 1, 2)], ["a was never written"]),
        ([write("a", 1, 2, None), read([], 3, 4)], []),
        ([write("a", 1, 2, None), read(["a"], 3, 4)], []),
        ([write("a", 1, 2, 503)], ["write was answered with 503"]),
        ([write("a", 1, 3, 404), reset(2, 4)], []),
        ([write("a", 1, 2, 404), reset(3, 4)], ["a was refused with 404 without a reset beside it"]),
        (
            [reset(1, 3), write("a", 2, 4, 404), read(["a"], 5, 6)],
            ["a was refused with 404 and is there"],
        ),
        ([reset(1, 2, rooms=0, users=3)], ["a reset left {'rooms': 0, 'users': 3}"]),
    ],
)
def test_the_checker_of_logs_sees_what_cannot_have_been(events, expected):
    assert violations(events) == expected


def consistent():
    """A document of modules as one POST each makes them."""
    people = ["w-1-teacher", "w-1-first", "w-1-second"]
    teacher, *students = [{"type": "users", "id": id_} for id_ in people]
    linkage = {"teacher": {"data": teacher}, "students": {"data": students}}
    modules = [{"id": id_, "attributes": {"name": f"w-1-{id_}"}, "relationships": dict(linkage)} for id_ in ("1", "2")]
    return {"data": modules, "included": [{"id": id_} for id_ in people], "meta": {"page": {"total": 2}}}


def test_the_checker_of_documents_finds_nothing_in_a_consistent_one():
    assert mixture(consistent()) == []


@pytest.mark.parametrize(
    "spoil, expected",
    [
        (lambda document: document["data"].pop(0), ["the ids are ['2']", "the total is 2 of 1"]),
        (
            lambda document: document["data"][1]["relationships"].update(students={"data": []}),
            [
                "w-1-2 is linked with [{'type': 'users', 'id': 'w-1-teacher'}] instead of w-1-teacher and "
                "['w-1-first', 'w-1-second']"
            ],
        ),
        (
            lambda document: document["included"].pop(0),
            [
                "included are ['w-1-first', 'w-1-second'], linked ['w-1-first', 'w-1-second', 'w-1-teacher']",
            ],
        ),
    ],
)
def test_the_checker_of_documents_sees_a_mixture(spoil, expected):
    document = consistent()
    spoil(document)
    assert mixture(document) == expected
