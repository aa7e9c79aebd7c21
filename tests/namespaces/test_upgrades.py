"""contract: operations: a database of an earlier version is brought up to date, one of a newer version is refused."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from jsonapi_course.engine.storage import SERVICE_TABLES
from jsonapi_course.errors import NewerDatabase, StorageFailed
from jsonapi_course.namespaces import Namespaces, upgrades
from jsonapi_course.namespaces.sqlite import driver
from tests.client import Client, in_process
from tests.conftest import running_server

from .test_undo import refusal, state

VERSION_1 = Path(__file__).with_name("version_1.sql").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """The folder of the databases, with one of version 1 and no others."""
    folder = tmp_path / "instance" / "namespaces"
    folder.mkdir(parents=True)
    make_version_1(folder / "s1.sqlite3")
    return folder


def make_version_1(path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size = 1024")
    connection.executescript(VERSION_1)
    connection.close()


def asked(path, question):
    connection = driver.connect(path)
    answer = connection.execute(question).fetchall()
    connection.close()
    return answer


def shape(path):
    """Everything that a database says of its tables: {(table, column): facts}, keys to others, names of indexes."""
    columns = (
        'SELECT t.name, c.name, c.type, c."notnull", c.pk, c.hidden FROM sqlite_schema t, pragma_table_xinfo(t.name) c'
    )
    keys = 'SELECT t.name, k."from", k."table", k."to", k.on_delete FROM sqlite_schema t, pragma_foreign_key_list(t.name) k'
    indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    return [sorted(asked(path, question), key=repr) for question in (columns, keys, indexes)]


def versions(path):
    return [asked(path, f"PRAGMA {name}")[0][0] for name in ("user_version", "application_id")]


def namespaces_of(app):
    return app.extensions["jsonapi_course"].namespaces


# --- older -------------------------------------------------------------------------------------------
def test_a_database_of_version_1_reads_and_writes_as_ever(folder, app):
    client = Client(in_process(app))
    [checkin] = client.get("/daily-checkins").data
    assert checkin["attributes"]["hours-worked"] == 7.5
    [module] = client.get("/modules?include=teacher,students").data
    assert module["relationships"]["students"]["data"] == [{"type": "users", "id": "2"}]
    assert len(client.get("/users?email=ada@example.org&password=secret").data) == 1
    assert client.create("rooms", {"name": "Lab 3", "address": "Street"})["id"] == "3"
    assert versions(folder / "s1.sqlite3")[0] == upgrades.SCHEMA_VERSION


def test_it_has_then_the_tables_of_a_new_one_and_all_that_came_after_works(folder, app):
    client = Client(in_process(app))
    before = state(client)
    assert client.post("/snapshots?name=start").status == 201
    assert client.post("/reset-db").status == 200
    assert client.post("/undo-reset").status == 200
    assert client.post("/snapshots/start/restore").status == 200
    assert state(client) == before
    Client(in_process(app), "new").create("rooms", {"name": "Room", "address": "Street"})
    namespaces_of(app).close()
    assert shape(folder / "s1.sqlite3") == shape(folder / "new.sqlite3")
    assert versions(folder / "s1.sqlite3") == versions(folder / "new.sqlite3")
    assert asked(folder / "s1.sqlite3", "PRAGMA integrity_check") == [("ok",)]


def test_the_command_line_upgrades_without_a_request(folder, app):
    namespaces = namespaces_of(app)
    assert (namespaces.ids(), namespaces.condition("s1")) == (["s1"], "older")
    assert [namespaces.upgrade("s1") for _ in range(2)] == [True, False]
    assert namespaces.condition("s1") == "sound"


def test_telling_the_condition_changes_nothing(folder, app):
    before = (folder / "s1.sqlite3").read_bytes()
    assert [namespaces_of(app).condition(id_) for id_ in ("s1", "new")] == ["older", "new"]
    assert (folder / "s1.sqlite3").read_bytes() == before
    assert not (folder / "new.sqlite3").exists()


def test_an_upgrade_that_fails_leaves_the_old_database(folder, make_app, monkeypatch):
    steps = {**upgrades.STEPS, 3: ["UPDATE rooms SET name = 'spoilt'", "INSERT INTO nowhere VALUES (1)"]}
    with monkeypatch.context() as patched:
        patched.setattr(upgrades, "STEPS", steps)
        assert Client(in_process(make_app())).get("/rooms").status == 503
        assert versions(folder / "s1.sqlite3") == [1, 0]
    client = Client(in_process(make_app()))
    assert [room["attributes"]["name"] for room in client.get("/rooms").data] == ["Lab 1"]


def test_each_step_after_the_version_runs_once_and_in_order(folder, make_app, monkeypatch):
    for module in ("upgrades", "sqlite"):
        monkeypatch.setattr(f"jsonapi_course.namespaces.{module}.SCHEMA_VERSION", 4)
    third, fourth = (["UPDATE rooms SET name = name || ' three'"], ["UPDATE rooms SET name = name || ' four'"])
    monkeypatch.setattr(upgrades, "STEPS", {4: fourth, **upgrades.STEPS, 3: third})
    for _ in range(2):
        client = Client(in_process(make_app()))
        assert [room["attributes"]["name"] for room in client.get("/rooms").data] == ["Lab 1 three four"]


def test_a_type_that_is_new_gets_its_table_in_every_database(folder, app):
    connection = driver.connect(folder / "s1.sqlite3")
    connection.execute("DROP TABLE user_competenties")
    connection.close()
    client = Client(in_process(app))
    competentie = client.create("competenties", {"name": "Plannen"})
    client.create("user-competenties", {}, user=("users", "2"), competentie=("competenties", competentie["id"]))


def test_four_workers_that_meet_an_old_database_at_once_upgrade_it_once(folder, tmp_path):
    for number in range(8):
        make_version_1(folder / f"n{number}.sqlite3")
    with running_server(tmp_path, workers=4) as server, ThreadPoolExecutor(8) as pool:
        asked_for = [f"n{number % 8}" for number in range(64)]
        answers = list(pool.map(lambda id_: server.client(id_).get("/snapshots"), asked_for))
        assert {answer.status for answer in answers} == {200}
        assert "ERROR" not in server.log


# --- newer -------------------------------------------------------------------------------------------
@pytest.fixture
def newer(folder):
    connection = sqlite3.connect(folder / "s1.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    return folder / "s1.sqlite3"


@pytest.mark.parametrize(
    "method, path", [("GET", "/rooms"), ("DELETE", "/rooms/1"), ("POST", "/reset-db"), ("POST", "/undo-reset")]
)
def test_a_newer_database_is_503_and_untouched(newer, app, method, path):
    before = newer.read_bytes()
    answer = Client(in_process(app)).request(method, path)
    assert refusal(answer) == (503, "newer-database", None)
    assert (answer.headers["Retry-After"], "newer version" in answer.errors[0]["detail"]) == ("3600", True)
    assert newer.read_bytes() == before
    assert [path.name for path in newer.parent.glob("*.sqlite3*")] == ["s1.sqlite3"]


def test_the_command_line_is_told_so_and_changes_nothing(newer, app):
    before = newer.read_bytes()
    namespaces = namespaces_of(app)
    assert namespaces.condition("s1") == "newer"
    for change in (namespaces.upgrade, namespaces.mend):
        with pytest.raises(NewerDatabase):
            change("s1")
    assert newer.read_bytes() == before


def test_a_database_of_another_program_is_no_older_one(folder, app):
    (folder / "s1.sqlite3").unlink()
    connection = sqlite3.connect(folder / "s1.sqlite3")
    connection.execute("CREATE TABLE rooms (id)")
    connection.close()
    assert namespaces_of(app).condition("s1") == "damaged"
    with pytest.raises(StorageFailed):
        namespaces_of(app).upgrade("s1")


# --- copies of another version -----------------------------------------------------------------------
def tables_of(*columns, more=()):
    """What a service stores whose one type has these columns; `more` are names of other tables."""
    metadata = MetaData()
    own = [Table("shelves", metadata, Column("seq", Integer, primary_key=True), *columns)]
    own += [Table(name, metadata, Column("seq", Integer, primary_key=True)) for name in more]
    return [*SERVICE_TABLES, *own]


def test_a_snapshot_of_another_version_is_restored_as_far_as_there_is_a_place_for_it(tmp_path):
    name, colour = Column("name", String), Column("colour", String)
    before = Namespaces(str(tmp_path), tables_of(name, colour, more=["books"]))
    with before.write("a") as session:
        session.connection.execute("INSERT INTO shelves (name, colour) VALUES ('one', 'red')")
        session.connection.execute("INSERT INTO books (seq) VALUES (7)")
        before.take_snapshot(session, "start", {})
    before.close()
    after = Namespaces(str(tmp_path), tables_of(Column("name", String), Column("width", Integer), more=["lamps"]))
    with after.write("a") as session:
        session.connection.execute("UPDATE shelves SET name = 'two', width = 80")
        after.restore(session, "start", {})
    with after.read("a") as session:
        assert session.connection.execute("SELECT seq, name, width FROM shelves").fetchall() == [(1, "one", None)]
        assert session.connection.execute("SELECT * FROM lamps").fetchall() == []
    after.close()
