"""Faults of the machine are answers like any other, and the service goes on by itself when they are over."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager

import pytest

from ..client import MEDIA_TYPE
from ..conftest import running_server
from .faces import Faces, checkin_refusal, refusal, write_room
from .wire import ask, connect, head, limited, no_more_descriptors, read_answer, room, stalled, until, workers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of a running process are set as Linux does it")
BIG = "x" * 100_000


def write(server, namespace="s1", features=""):
    return write_room(server.client(namespace), features)


def is_ready(server):
    return ask(server, head(path="/readyz")).status


# --- no room ----------------------------------------------------------------------------------------
def test_where_no_file_can_grow_writes_are_refused_and_reads_are_answered(tmp_path):
    with running_server(tmp_path) as server:
        faces = Faces(server.client())
        assert write(server).status == 201
        before = server.client().get("/rooms").body
        with limited(server, resource.RLIMIT_FSIZE, lambda _pid: 2048):
            assert {status for status, _ in faces.refusals(BIG)} <= {503, 507}
            assert refusal(write(server, "new"))[0] in (503, 507)
            assert refusal(ask(server, head(path="/readyz")))[0] in (503, 507)
            assert server.client().get("/rooms").body == before
            assert ask(server, head(path="/healthz")).status == 200
        assert (write(server, features=BIG).status, write(server, "new").status, is_ready(server)) == (201, 201, 200)
        assert len(server.client().get("/rooms").data) == 2


@contextmanager
def small_disk(folder, megabytes=6):
    """A file system of its own at `folder`; only root may make one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"no file system can be mounted here, so this was not tried: {made.stderr.strip()}")
    try:
        yield lambda option: subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=True)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_507_and_what_was_there_can_be_read_and_deleted(tmp_path):
    with small_disk(tmp_path / "instance"), running_server(tmp_path) as server:
        faces = Faces(server.client())
        assert write(server).status == 201
        filler = tmp_path / "instance" / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
            while True:
                file.write(bytes(4096))
        assert faces.refusals(BIG) == [(507, "service-full"), (507, None), (507, None)]
        assert refusal(write(server, "new")) == (507, "service-full")
        assert is_ready(server) == 507
        assert [room["attributes"]["name"] for room in server.client().get("/rooms").data] == ["Room"]
        filler.unlink()
        assert [answer.status for answer in faces.write(BIG)] == [201] * 3
        assert (write(server, "new").status, is_ready(server)) == (201, 200)


def test_on_a_disk_that_is_read_only_writes_are_503_until_it_can_be_written_again(tmp_path):
    with small_disk(tmp_path / "instance") as remount:
        with running_server(tmp_path) as server:
            faces = Faces(server.client())
            assert write(server).status == 201
        remount("ro")  # not possible while anything is open for writing
        with running_server(tmp_path) as server:
            faces.client = server.client()
            assert faces.refusals() == [(503, "storage-failed"), (503, None), (503, None)]
            assert (is_ready(server), ask(server, head(path="/healthz")).status) == (503, 200)
            remount("rw")
            assert [answer.status for answer in faces.write()] == [201] * 3
            assert (write(server, "new").status, is_ready(server)) == (201, 200)


# --- no descriptors ---------------------------------------------------------------------------------
def test_without_descriptors_requests_are_503_and_new_connections_wait(tmp_path):
    with running_server(tmp_path, workers=1) as server, connect(server) as connection:
        assert write(server).status == 201
        connection.sendall(room("First", "kept"))
        assert read_answer(connection).status == 201
        [pid] = workers(server)
        with stalled(server, b"", 10) as late:
            with limited(server, resource.RLIMIT_NOFILE, no_more_descriptors), stalled(server, b"", 10) as later:
                assert until(lambda: "No connection can be accepted" in server.log)
                connection.sendall(room("First", "another"))
                assert refusal(read_answer(connection)) == (503, "storage-failed")
                connection.sendall(head("GET", "/api/another/v3/projects", "Authorization: Bearer 1|x"))
                assert checkin_refusal(read_answer(connection)) == (503, None)
                connection.sendall(head(path="/healthz"))
                assert read_answer(connection).status == 200
                late += [one.dup() for one in later]
            for one in late:
                one.sendall(head(path="/api/s1/rooms"))
            assert [read_answer(one).status for one in late] == [200] * 20
        assert write(server, "another").status == 201
        assert workers(server) == [pid]


def test_control_with_gunicorns_own_threads_the_worker_dies_of_it(tmp_path, monkeypatch):
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--worker-class gthread")
    with running_server(tmp_path, workers=1) as server:
        assert write(server).status == 201
        with limited(server, resource.RLIMIT_NOFILE, no_more_descriptors), stalled(server, b"", 10):
            assert until(lambda: len(workers(server)) > 1)


# --- locked -----------------------------------------------------------------------------------------
@contextmanager
def locked(folder):
    """The database of s1, by a program that is not the service."""
    other = sqlite3.connect(folder / "instance" / "namespaces" / "s1.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


def test_a_database_that_somebody_else_locks_is_503_until_it_is_free(tmp_path):
    with running_server(tmp_path, app="tests.faults.careless:impatient()") as server:
        faces = Faces(server.client())
        assert write(server).status == 201
        with locked(tmp_path):
            assert faces.refusals() == [(503, "storage-busy"), (503, None), (503, None)]
            assert [answer.headers["Retry-After"] for answer in faces.write()] == ["1"] * 3
            assert (server.client().get("/rooms").status, write(server, "other").status) == (200, 201)
        assert [answer.status for answer in faces.write()] == [201] * 3


def test_control_without_the_translation_of_errors_it_is_a_failure_of_the_service(tmp_path):
    with running_server(tmp_path, app="tests.faults.careless:translates_nothing()") as server:
        assert write(server).status == 201
        with locked(tmp_path):
            answer = write(server)
    assert (answer.status, [error["code"] for error in answer.errors]) == (500, ["internal-error"])


# --- nothing at all ---------------------------------------------------------------------------------
def test_a_storage_that_is_gone_is_503_and_is_used_again_when_it_is_back(tmp_path):
    with running_server(tmp_path) as server:
        faces = Faces(server.client())
        assert write(server).status == 201
        os.rename(tmp_path / "instance", tmp_path / "away")
        assert faces.refusals() == [(503, "storage-failed"), (503, None), (503, None)]
        assert refusal(ask(server, head(path="/readyz"))) == (503, "storage-failed")
        shutil.rmtree(tmp_path / "instance", ignore_errors=True)
        os.rename(tmp_path / "away", tmp_path / "instance")
        assert (write(server).status, is_ready(server)) == (201, 200)
        assert len(server.client().get("/rooms").data) == 2


def test_numbers_for_which_there_is_no_room_cost_nobody_an_answer(make_app, monkeypatch):
    def fail(*_):
        raise OSError(27, "File too large")

    monkeypatch.setattr("jsonapi_course.api.journal._seconds_of", fail)
    assert make_app().test_client().get("/api/s1/rooms").status_code == 200


def test_what_fails_in_front_of_flask_is_a_document_too(make_app, monkeypatch):
    app = make_app()
    client = app.test_client()
    monkeypatch.setattr("jsonapi_course.api.cache.check_namespace_id", lambda _id: 1 / 0)
    answer = client.get("/api/s1/rooms")
    assert (answer.status_code, answer.mimetype) == (500, MEDIA_TYPE)
    assert [error["code"] for error in answer.get_json(force=True)["errors"]] == ["internal-error"]
    assert "Zero" not in answer.text


@pytest.mark.parametrize("path", ["v3/users", "v1/getUserAll"])
def test_what_fails_in_the_checkin_api_has_the_shape_of_its_errors(make_app, monkeypatch, path):
    app = make_app()
    for face in ("v3", "v1.dispatch"):
        monkeypatch.setattr(f"jsonapi_course.api.checkin.{face}.Call", lambda *_: 1 / 0)
    answer = app.test_client().get(f"/api/s1/{path}")
    assert (answer.status_code, answer.mimetype, list(answer.json)) == (500, "application/json", ["message", "errors"])
    assert "Zero" not in answer.text


def test_an_error_of_the_system_that_no_layer_expected_is_503(make_app, monkeypatch):
    def fail(*_):
        raise OSError(24, "Too many open files")

    app = make_app()
    monkeypatch.setattr("jsonapi_course.api.machine.current_app", None)
    monkeypatch.setitem(app.view_functions, "machine.healthz", fail)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert [error["code"] for error in answer.get_json(force=True)["errors"]] == ["storage-failed"]
