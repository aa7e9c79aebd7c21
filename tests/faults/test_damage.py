"""Damaged, removed and replaced databases, and what kill -9 and readers see of an import, a restore or an undo."""

import json
import os
import random
import signal
import sqlite3
import threading
import time

import pytest

from jsonapi_course import create_app
from jsonapi_course.namespaces.sqlite import driver
from tests.client import Client, in_process
from tests.conftest import running_server
from tests.namespaces.files import files_below
from tests.namespaces.load import run_clients

ROOM = {"name": "Room", "address": "Street"}
EMPTY = b"SQLite format 3\0"


# --- ways to break a file ----------------------------------------------------------------------------
def bad_header(path):
    content = bytearray(path.read_bytes())
    content[:100] = b"\xff" * 100
    path.write_bytes(content)


def truncated(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_in_a_page(path):
    path.write_bytes(path.read_bytes()[:-20700])


def garbage_pages(path):
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half:] = random.Random(1).randbytes(len(content) - half)
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


def a_text(path):
    path.write_text("no database at all\n" * 500)


def another_program_s(path):
    path.unlink()
    _sql(path, "CREATE TABLE rooms (name TEXT)")


def without_a_table(path):
    _sql(path, "DROP TABLE rooms")


def without_a_column(path):
    _sql(path, "ALTER TABLE rooms DROP COLUMN features")


def of_an_unknown_format(path):
    content = bytearray(path.read_bytes())
    content[18:20] = b"\x09\x09"
    path.write_bytes(content)


def a_folder(path):
    path.unlink()
    path.mkdir()
    (path / "precious.txt").write_text("keep me")


def a_link(path):
    path.unlink()
    path.symlink_to(path.parent.parent.parent / "outside.sqlite3")


def a_broken_link(path):
    path.unlink()
    path.symlink_to(path.parent / "nothing")


def _sql(path, statement):
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


DAMAGES = [
    bad_header,
    truncated,
    cut_in_a_page,
    garbage_pages,
    empty,
    a_text,
    another_program_s,
    without_a_table,
    without_a_column,
    of_an_unknown_format,
    a_folder,
    a_link,
    a_broken_link,
]


class Place:
    """An instance folder with two namespaces, `broken` and `healthy`, and what lies outside of it."""

    def __init__(self, folder):
        self.folder = folder
        self.path = folder / "instance" / "namespaces" / "broken.sqlite3"
        self.outside = folder / "outside.sqlite3"
        self.apps = []
        for id_ in ("broken", "healthy"):
            self.client(id_).create("rooms", {**ROOM, "name": f"Room of {id_}"})
        self.close()
        self.outside.write_bytes(self.path.read_bytes())

    def app(self):
        """The service, started anew."""
        self.close()
        self.apps.append(create_app({"INSTANCE_PATH": str(self.folder / "instance")}))
        return self.apps[-1]

    def client(self, id_):
        return Client(in_process(self.app()), id_)

    def close(self):
        for app in self.apps:
            app.extensions["jsonapi_course"].namespaces.close()

    def quarantined(self):
        folder = self.folder / "instance" / "quarantine"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


# --- damage ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_database_is_503_that_names_reset_db_and_reset_db_mends_it(place, damage):
    damage(place.path)
    send = in_process(place.app())
    broken, healthy = Client(send, "broken"), Client(send, "healthy")
    outside = place.outside.read_bytes()
    told = [broken.post("/rooms", {"data": {"type": "rooms", "attributes": ROOM}}), broken.get("/rooms")]
    for answer in told if damage not in (garbage_pages, cut_in_a_page) else []:
        assert (answer.status, [error["code"] for error in answer.errors]) == (503, ["storage-failed"]), answer
        assert answer.errors[0]["detail"] == (
            "The database of this namespace is damaged: POST /api/broken/reset-db puts it aside and makes a new, empty "
            "one. Other namespaces are not affected."
        )
    assert place.quarantined() == []
    dry_run = broken.post("/reset-db?dryRun=true")
    assert (dry_run.status, place.quarantined()) in ((503, []), (200, []))
    answer = broken.post("/reset-db")
    assert (answer.status, answer.json["meta"]["counts"]["rooms"], answer.json["meta"]["counts"]["levels"]) == (
        200,
        0,
        4,
    )
    assert broken.create("rooms", ROOM)["id"] == "1"
    assert [room["attributes"]["name"] for room in healthy.get("/rooms").data] == ["Room of healthy"]
    assert place.outside.read_bytes() == outside
    kept = [name for name in place.quarantined() if name.endswith(".sqlite3")]
    assert len(kept) == 1 and kept[0].startswith("broken-")
    place.close()
    connection = driver.connect(place.path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_control_without_the_quarantine_reset_db_mends_nothing(place, damage, monkeypatch):
    damage(place.path)
    app = place.app()
    namespaces = app.extensions["jsonapi_course"].namespaces
    monkeypatch.setattr(namespaces, "mend", lambda _id: None)
    client = Client(in_process(app), "broken")
    mended = client.post("/reset-db").status == 200 and client.post(
        "/rooms", {"data": {"type": "rooms", "attributes": ROOM}}
    )
    place.close()
    assert not mended or mended.status != 201 or namespaces.condition("broken") != "sound"


@pytest.mark.parametrize("damage", [a_folder, a_link, a_text])
def test_what_is_put_into_quarantine_is_kept_as_it_was(place, damage):
    damage(place.path)
    before = sorted(os.listdir(place.path)) if place.path.is_dir() else place.path.lstat().st_ino
    assert place.client("broken").post("/reset-db").status == 200
    [kept] = [name for name in place.quarantined() if name.endswith(".sqlite3")]
    kept = place.folder / "instance" / "quarantine" / kept
    assert (sorted(os.listdir(kept)) if kept.is_dir() else kept.lstat().st_ino) == before


def test_the_quarantine_is_for_the_owner_only(place):
    a_text(place.path)
    place.client("broken").post("/reset-db")
    assert (place.folder / "instance" / "quarantine").stat().st_mode & 0o777 == 0o700


def test_a_sound_database_is_never_put_into_quarantine(place):
    client = place.client("healthy")
    assert client.post("/reset-db").status == 200
    assert client.post("/undo-reset").status == 200
    assert place.quarantined() == []


def test_a_seed_that_is_unknown_mends_nothing(place):
    a_text(place.path)
    client = place.client("broken")
    assert [client.post("/reset-db?seed=x").status, client.post("/reset-db?seed=demo").status] == [404, 200]
    assert client.get("/users/1").data["attributes"]["first-name"] == "Ada"


def test_other_requests_never_put_anything_into_quarantine(place):
    a_text(place.path)
    client = place.client("broken")
    document = {"data": [], "meta": {"format": "jsonapi-course/1"}}
    for method, path, body in [
        ("GET", "", None),
        ("GET", "/export", None),
        ("POST", "/import", document),
        ("POST", "/undo-reset", None),
        ("POST", "/snapshots?name=a", None),
        ("GET", "/snapshots", None),
        ("POST", "/operations", None),
    ]:
        assert client.request(method, path, body).status in (503, 415), path
    assert client.get("/v3/users", Authorization="Bearer 1|x").status == 503
    assert place.quarantined() == []


def test_a_fault_of_the_machine_is_no_damage(place, monkeypatch):
    app = place.app()

    def fail(*arguments, **more):
        error = driver.OperationalError("disk I/O error")
        error.sqlite_errorcode = 10
        raise error

    namespaces = app.extensions["jsonapi_course"].namespaces
    monkeypatch.setattr(namespaces, "_connect", fail)
    client = Client(in_process(app), "broken")
    for answer in (client.get("/rooms"), client.post("/reset-db")):
        assert (
            answer.status,
            answer.errors[0]["detail"].startswith("The database of this namespace cannot be used now"),
        ) == (
            503,
            True,
        )
    assert place.quarantined() == []
    monkeypatch.undo()
    assert len(client.get("/rooms").data) == 1


def test_a_damaged_side_file_harms_nothing(place):
    for suffix in ("-wal", "-shm"):
        place.path.with_name(place.path.name + suffix).write_bytes(os.urandom(5000))
    client = place.client("broken")
    assert len(client.get("/rooms").data) == 1
    assert client.create("rooms", ROOM)["id"] == "2"


def test_a_file_that_is_cut_off_under_a_running_service_is_noticed(place):
    app = place.app()
    client = Client(in_process(app), "broken")
    client.get("/rooms")
    place.path.write_bytes(b"garbage")
    assert client.get("/rooms").status == 503
    assert client.post("/reset-db").status == 200
    assert client.create("rooms", ROOM)["id"] == "1"


@pytest.fixture(scope="module")
def crew(tmp_path_factory):
    """A server of three workers; `path(id)` is the database of a namespace."""
    folder = tmp_path_factory.mktemp("crew")
    with running_server(folder, workers=3, NEW_NAMESPACES_PER_HOUR="0") as server:
        server.path = lambda id_: folder / "instance" / "namespaces" / f"{id_}.sqlite3"
        yield server


def names_seen(client, times=12):
    """The names of the rooms, each different answer once: so often asked that every worker answered."""
    answers = {tuple(room["attributes"]["name"] for room in client.get("/rooms").data) for _ in range(times)}
    return [list(names) for names in answers]


def write(client, *names):
    for name in names:
        client.create("rooms", {**ROOM, "name": name})


NAMES = [f"Room {number}" for number in range(8)]


def test_damage_under_several_workers_is_mended_once_for_all(crew):
    client = crew.client("damaged")
    write(client, *NAMES)
    names_seen(client)
    a_text(crew.path("damaged"))
    assert client.post("/reset-db").status == 200
    write(client, *NAMES)
    assert names_seen(client) == [NAMES]
    quarantine = crew.path("damaged").parent.parent / "quarantine"
    assert len(list(quarantine.glob("damaged-*.sqlite3"))) == 1


# --- removed and replaced ----------------------------------------------------------------------------
def remove(path, suffixes):
    for suffix in suffixes:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@pytest.mark.parametrize("suffixes", [[""], ["", "-wal", "-shm"]], ids=["database", "all"])
def test_what_is_acknowledged_after_a_database_was_removed_is_not_lost(crew, suffixes):
    id_ = f"removed{len(suffixes)}"
    client = crew.client(id_)
    for round_ in range(3):
        write(client, *NAMES)  # every worker has it open
        remove(crew.path(id_), suffixes)
        assert names_seen(client) == [[]]
        write(client, f"After {round_}", *NAMES)
        assert names_seen(client) == [[f"After {round_}", *NAMES]]
        client.post("/reset-db")
    assert "ERROR" not in crew.log


def test_what_is_acknowledged_after_a_database_was_replaced_is_not_lost(crew, place):
    client = crew.client("replaced")
    write(client, "Room of before")
    names_seen(client)
    os.replace(place.outside, crew.path("replaced"))
    write(client, *NAMES)
    [names] = names_seen(client)
    assert names[1:] == NAMES
    app = create_app({"INSTANCE_PATH": str(crew.path("replaced").parent.parent)})
    assert names_seen(Client(in_process(app), "replaced"), times=1) == [names]


def test_control_without_a_look_at_the_file_what_is_acknowledged_is_lost(tmp_path):
    with running_server(tmp_path, workers=3, app="tests.faults.careless:trusts_its_handles()") as server:
        client = server.client("removed")
        write(client, *NAMES)
        names_seen(client)
        path = tmp_path / "instance" / "namespaces" / "removed.sqlite3"
        remove(path, [""])
        write(client, *NAMES)
    assert names_seen(Client(in_process(create_app({"INSTANCE_PATH": str(tmp_path / "instance")})), "removed")) != [
        NAMES
    ]


def test_a_write_during_which_the_database_is_removed_is_not_acknowledged(place):
    namespaces = place.app().extensions["jsonapi_course"].namespaces
    with pytest.raises(Exception, match="cannot be used now"), namespaces.write("broken") as session:
        session.connection.execute("UPDATE rooms SET name = 'lost'")
        place.path.unlink()
    with namespaces.read("broken") as session:
        assert session.connection.execute("SELECT name FROM rooms").fetchall() == []


def test_the_side_files_of_a_removed_database_are_not_those_of_the_next(place):
    client = place.client("broken")
    client.create("rooms", ROOM)  # in the -wal, which is kept open
    place.path.unlink()
    assert client.create("rooms", {**ROOM, "name": "Next"})["id"] == "1"
    assert [room["attributes"]["name"] for room in client.get("/rooms").data] == ["Next"]


# --- drafts and generations --------------------------------------------------------------------------
def test_drafts_of_killed_processes_are_swept_at_the_start_when_they_are_old(place):
    instance = place.folder / "instance"
    old, young = [instance / "namespaces" / f".draft-{age}" for age in ("old", "young")]
    old_folder = instance / ".draft-folder"
    for path in (old, young, old_folder / "template.sqlite3"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"draft")
    for path in (old, old_folder):
        os.utime(path, (time.time() - 7200,) * 2)
    before = files_below(instance)
    place.app()
    assert set(before) - set(files_below(instance)) == {
        "namespaces/.draft-old",
        ".draft-folder",
        ".draft-folder/template.sqlite3",
    }


def test_what_is_remembered_of_namespaces_stays_bounded(place, monkeypatch):
    monkeypatch.setattr("jsonapi_course.namespaces.sqlite.GENERATIONS", 5)
    namespaces = place.app().extensions["jsonapi_course"].namespaces
    for number in range(20):
        with namespaces.write(f"n{number}") as session:
            session.connection.execute("UPDATE levels SET number = number")
    first = {number: namespaces.generation(f"n{number}") for number in range(20)}
    assert len(namespaces._generations) == 5
    assert len(set(first.values())) == 20
    assert [namespaces.generation(f"n{number}") for number in range(15, 20)] == [
        first[number] for number in range(15, 20)
    ]
    assert namespaces.generation("n0") not in first.values()


# --- whole or not at all -----------------------------------------------------------------------------
SIZES = {"A": 40, "B": 70}


def document(letter):
    """A namespace whose every room is named after it."""
    rooms = [
        {"type": "rooms", "id": str(number), "attributes": {"name": f"{letter} {number:03}", "address": "Street"}}
        for number in range(1, SIZES[letter] + 1)
    ]
    meta = {"format": "jsonapi-course/1", "counters": {"rooms": SIZES[letter], "levels": 4}}
    return {"data": rooms, "meta": meta}


def state_in(data):
    """The letter of a state that is whole, else what is wrong with it."""
    names = [one["attributes"]["name"] for one in data if one["type"] == "rooms"]
    letter = names[0][0] if names else "-"
    return letter if names == [f"{letter} {number:03}" for number in range(1, SIZES.get(letter, 0) + 1)] else names


def set_up(client):
    for letter in SIZES:
        assert client.post("/import", document(letter)).status == 200
        assert client.post(f"/snapshots?name={letter}").status == 201


def swap_jobs(server, seconds, readers):
    common = {"root": server.root, "namespace": "swap", "seconds": seconds}
    documents = [document(letter) for letter in SIZES]
    return [
        {"role": "swap_often", "name": "swap", "documents": documents, **common},
        *({"role": "read_whole", "name": f"reader{number}", **common} for number in range(readers)),
    ]


def states_that_readers_see(server):
    set_up(server.client("swap"))
    events = run_clients(swap_jobs(server, 3, readers=3))
    swaps = [event for event in events if event["op"] == "swap"]
    seen = [event["names"] for event in events if event["op"] == "whole"]
    assert {event["status"] for event in events} == {200} and len(swaps) >= 8 and len(seen) >= 20
    return {json.dumps(state_in([{"type": "rooms", "attributes": {"name": name}} for name in names])) for names in seen}


def test_readers_see_one_state_or_the_other_never_a_mixture(crew):
    assert states_that_readers_see(crew) == {'"A"', '"B"'}


def test_control_with_two_transactions_they_see_what_is_neither(tmp_path):
    with running_server(tmp_path, workers=3, app="tests.faults.careless:replaces_in_two_steps()") as server:
        assert states_that_readers_see(server) > {'"A"', '"B"'}


def test_kill_9_during_a_swap_leaves_the_old_state_or_the_new(tmp_path):
    chance = random.Random(9)
    for round_ in range(3):
        with running_server(tmp_path, workers=2) as server:
            client = server.client("swap")
            if round_ == 0:
                set_up(client)
            assert state_in(client.get("/export").data) in SIZES
            assert [one["name"] for one in client.get("/snapshots").json["meta"]["snapshots"]] == list(SIZES)

            def kill(server=server):
                threading.Event().wait(chance.uniform(0.05, 0.6))
                os.killpg(server.process.pid, signal.SIGKILL)
                server.process.wait()

            events = run_clients(swap_jobs(server, 30, readers=0), meanwhile=kill)
            assert {event["status"] for event in events} <= {200, None}
    place = tmp_path / "instance" / "namespaces" / "swap.sqlite3"
    connection = driver.connect(place)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    client = Client(in_process(create_app({"INSTANCE_PATH": str(tmp_path / "instance")})), "swap")
    assert state_in(client.get("/export").data) in SIZES
    for letter in SIZES:
        assert client.post(f"/snapshots/{letter}/restore").status == 200
        assert state_in(client.get("/export").data) == letter
