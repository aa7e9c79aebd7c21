"""The files of consoles: kill -9, damage, removal and their number; requests are answered whatever happens to them."""

import os
import shutil
import signal
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from jsonapi_course import create_app
from jsonapi_course.namespaces import recordings

from ..client import Client, in_process
from ..conftest import running_server
from .looking import ROOM, look, requests_of, set_faults


def files(app):
    return app.extensions["jsonapi_course"].recordings


def write_over(path):
    path.write_bytes(b"no database at all" * 500)


def cut(path):
    os.truncate(path, 700)


def empty(path):
    os.truncate(path, 0)


def tear(path):
    """Other bytes in the pages of the tables; the first page, with the schema, stays."""
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def replace_by_a_folder(path):
    path.unlink()
    path.mkdir()
    (path / "file").write_text("x")


def replace_by_a_link(path):
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("damage", [write_over, cut, empty, tear, replace_by_a_folder, replace_by_a_link, Path.unlink])
def test_a_damaged_file_is_made_anew(app, client, damage):
    look(client)
    set_faults(client, "503", requests=5)
    assert client.get("/rooms").status == 503
    damage(Path(files(app).path("s1")))
    assert client.get("/rooms").status == 200
    look(client)
    assert client.post("/rooms", ROOM).status == 201
    assert [request["path"] for request in requests_of(client)] == ["/api/s1/rooms"]
    set_faults(client, "429", requests=1)
    assert [client.get("/rooms").status for _ in range(2)] == [429, 200]


def test_numbers_that_began_anew_are_all_told(app, client):
    look(client)
    for _ in range(3):
        client.get("/rooms")
    Path(files(app).path("s1")).unlink()
    look(client)
    client.get("/rooms")
    meta = look(client, after=3)
    assert (meta["last"], [request["number"] for request in meta["requests"]]) == (1, [1])


@pytest.mark.parametrize("content", [b"\xff", b"\0", b"\x7f", bytes.fromhex("000000000000f07f")])
def test_a_damaged_table_costs_nothing_but_a_look(app, client, content):
    table = files(app).times
    for place, byte in enumerate(content * (len(table.cast("B")) // len(content))):
        table.cast("B")[place] = byte
    assert client.post("/rooms", ROOM).status == 201
    look(client)
    client.get("/rooms")
    set_faults(client, "429", requests=1)
    assert [client.get("/rooms").status for _ in range(2)] == [429, 200]
    assert len(requests_of(client)) == 3


def test_a_table_that_was_removed_is_made_anew(app, client, tmp_path):
    shutil.rmtree(files(app).folder)
    other = Client(
        in_process(create_app({"INSTANCE_PATH": app.extensions["jsonapi_course"].settings["INSTANCE_PATH"]}))
    )
    assert client.get("/rooms").status == 200
    look(client)
    other.get("/rooms")
    assert len(requests_of(client)) == 1


def test_where_nothing_can_be_written_requests_are_answered_and_the_console_says_it(make_app, tmp_path, caplog):
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "console").write_text("a file where the folder should be")
    client = Client(in_process(make_app()))
    assert "cannot be used" in caplog.text
    assert client.post("/rooms", ROOM).status == 201
    for answer in (
        client.get("/console/requests"),
        client.request("PUT", "/console/faults", {"meta": {"kind": "503", "share": 1}}),
    ):
        assert (answer.status, answer.errors[0]["code"], answer.headers["Retry-After"]) == (503, "storage-failed", "5")
    assert [client.delete(f"/console/{name}").status for name in ("requests", "faults")] == [204, 204]


# --- removal ----------------------------------------------------------------------------------------
def test_what_is_kept_goes_with_the_namespace(app, client):
    client.post("/rooms", ROOM)
    look(client)
    set_faults(client, "503", share=100)
    client.get("/rooms")
    assert app.extensions["jsonapi_course"].namespaces.delete("s1")
    assert not list(Path(files(app).folder).glob("s1*"))
    assert client.get("/rooms").status == 200


def test_a_reset_keeps_the_console(client):
    look(client)
    client.post("/rooms", ROOM)
    client.post("/reset-db")
    assert [request["method"] for request in requests_of(client)] == ["POST", "POST"]


def test_files_that_nobody_comes_back_to_are_removed(app):
    consoles = files(app)
    for number in range(3):
        consoles.watch(f"old{number}")
    for number in (0, 1):
        os.utime(consoles.path(f"old{number}"), (0, 0))
    consoles.watch("new")
    assert sorted(path.stem for path in Path(consoles.folder).glob("*.sqlite3")) == ["new", "old2"]


def test_there_are_so_many_files_and_no_more(app, monkeypatch):
    monkeypatch.setattr(recordings, "CONSOLES", 3)
    consoles = files(app)
    for number in range(6):
        consoles.watch(f"s{number}")
    assert len(list(Path(consoles.folder).glob("*.sqlite3"))) == 3 and os.path.exists(consoles.path("s5"))


# --- kill -9 ----------------------------------------------------------------------------------------
def test_a_killed_worker_leaves_the_console_usable(tmp_path):
    with running_server(tmp_path, workers=2) as server:
        client = server.client()
        look(client)
        done = threading.Event()

        def ask():
            while not done.is_set():
                with suppress(OSError):  # of the worker that was killed
                    client.get("/rooms")

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            while len(requests_of(client)) < 20:
                pass
            children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
            os.kill(int(children[0]), signal.SIGKILL)
            client.delete("/console/requests")
        done.set()
        for thread in threads:
            thread.join()
        set_faults(client, "429", requests=2)
        assert [client.get("/rooms").status for _ in range(3)] == [429, 429, 200]
        assert [request["status"] for request in requests_of(client)[-3:]] == [429, 429, 200]
