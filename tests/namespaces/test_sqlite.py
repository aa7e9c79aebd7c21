"""namespaces/sqlite.py by itself, on two small tables: making, transactions, handles, and what breaks."""

import logging
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table

from jsonapi_course import create_app
from jsonapi_course.errors import StorageBusy, StorageFailed
from jsonapi_course.namespaces import Namespaces, sqlite
from tests.client import Client, in_process

from .files import files_below

metadata = MetaData()
shelves = Table("shelves", metadata, Column("seq", Integer, primary_key=True), Column("name", String, unique=True))
books = Table(
    "books",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("shelf", ForeignKey("shelves.seq", ondelete="CASCADE"), nullable=False, index=True),
)
TABLES = [shelves, books]


class Boom(Exception):
    pass


@pytest.fixture
def make(tmp_path):
    """make() → another Namespaces on the test's folder, as another worker has it."""
    made = []

    def make(**more):
        made.append(Namespaces(str(tmp_path), TABLES, **more))
        return made[-1]

    yield make
    for namespaces in made:
        namespaces.close()


@pytest.fixture
def namespaces(make):
    return make()


def sql(session, text, *values):
    return session.connection.execute(text, values).fetchall()


def put(namespaces, id_, *names):
    with namespaces.write(id_) as session:
        for name in names:
            sql(session, "INSERT INTO shelves (name) VALUES (?)", name)


def names(namespaces, id_):
    with namespaces.read(id_) as session:
        return [name for (name,) in sql(session, "SELECT name FROM shelves ORDER BY seq")]


def pragma(session, name):
    return session.connection.execute(f"PRAGMA {name}").fetchone()[0]


def open_files():
    """How many descriptors of this process are on files of a database."""
    targets = []
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            targets.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        except FileNotFoundError:
            continue  # the one that listed the folder
    return sum(".sqlite3" in target or target.endswith(".lock") for target in targets)


# --- making ------------------------------------------------------------------------------------------
def test_a_read_of_a_new_namespace_is_empty_and_makes_no_file(namespaces, tmp_path):
    before = files_below(tmp_path)
    assert names(namespaces, "a") == []
    with namespaces.read("a") as session:
        assert (namespaces.exists("a"), namespaces.bytes(session), namespaces.rows(session)) == (False, 0, 0)
    assert files_below(tmp_path) == before


def test_a_write_that_makes_nothing_keeps_nothing_and_makes_no_file(namespaces, tmp_path):
    before = files_below(tmp_path)
    with namespaces.write("a", make=False) as session:
        sql(session, "INSERT INTO shelves (name) VALUES ('x')")
    assert names(namespaces, "a") == []
    assert files_below(tmp_path) == before


def test_a_write_that_keeps_nothing_sees_its_own_changes_only(namespaces, tmp_path):
    before = files_below(tmp_path)
    with namespaces.write("a", keep=False) as session:
        sql(session, "INSERT INTO shelves (name) VALUES ('x')")
        assert sql(session, "SELECT name FROM shelves") == [("x",)]
    assert files_below(tmp_path) == before
    put(namespaces, "a", "kept")
    with namespaces.write("a", keep=False) as session:
        sql(session, "DELETE FROM shelves")
        assert sql(session, "SELECT name FROM shelves") == []
    assert names(namespaces, "a") == ["kept"]


def test_a_write_makes_a_file_that_other_workers_read(namespaces, make, tmp_path):
    put(namespaces, "a", "one", "two")
    with namespaces.read("a") as session:
        assert (namespaces.exists("a"), namespaces.rows(session)) == (True, 2)
        assert namespaces.bytes(session) == os.path.getsize(tmp_path / "namespaces/a.sqlite3")
    assert names(make(), "a") == ["one", "two"]


def test_the_databases_are_for_their_owner_only(namespaces, tmp_path):
    put(namespaces, "a", "one")
    assert (tmp_path / "namespaces").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "namespaces/a.sqlite3").stat().st_mode & 0o077 == 0


def test_a_new_namespace_has_the_seed_and_a_cleared_one_too(make):
    namespaces = make(seed=lambda session: sql(session, "INSERT INTO shelves (name) VALUES ('seed')"))
    assert names(namespaces, "a") == ["seed"]
    put(namespaces, "a", "more")
    with namespaces.write("a") as session:
        sql(session, "INSERT INTO books (shelf) VALUES (1)")
        namespaces.clear(session)
    with namespaces.read("a") as session:
        assert sql(session, "SELECT seq, name FROM shelves") == [(1, "seed")]
        assert sql(session, "SELECT * FROM books") == []


def test_a_clear_that_is_rolled_back_never_was(namespaces):
    put(namespaces, "a", "one")
    with pytest.raises(Boom), namespaces.write("a") as session:
        namespaces.clear(session)
        raise Boom
    assert names(namespaces, "a") == ["one"]


def write_everywhere(folder, worker, ids):
    """Run in a process of its own."""
    namespaces = Namespaces(folder, TABLES)
    for id_ in ids:
        put(namespaces, id_, f"{id_} {worker}")
    namespaces.close()


def test_processes_that_make_the_same_namespaces_at_once_lose_nothing(tmp_path, make):
    ids = [f"n{number}" for number in range(60)]
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done in [pool.submit(write_everywhere, str(tmp_path), worker, ids) for worker in range(4)]:
            done.result()
    namespaces = make()
    assert {id_: sorted(names(namespaces, id_)) for id_ in ids} == {
        id_: [f"{id_} {worker}" for worker in range(4)] for id_ in ids
    }
    kinds = sorted({path.partition(".")[2] or path for path in files_below(tmp_path / "namespaces")})
    assert [kind for kind in kinds if kind not in ("sqlite3-shm", "sqlite3-wal")] == ["lock", "sqlite3"]
    assert sorted(path.name.partition("-")[0] for path in tmp_path.iterdir() if path.is_file()) == ["new", "template"]
    assert {path.stat().st_nlink for path in (tmp_path / "namespaces").glob("*.sqlite3")} == {1}


# --- transactions ------------------------------------------------------------------------------------
def test_foreign_keys_hold(namespaces):
    with namespaces.read("new") as session:
        assert pragma(session, "foreign_keys") == 1
    put(namespaces, "a", "one")
    with namespaces.write("a") as session:
        assert pragma(session, "foreign_keys") == 1
        sql(session, "INSERT INTO books (shelf) VALUES (1)")
        sql(session, "DELETE FROM shelves")
        assert sql(session, "SELECT * FROM books") == []
    with pytest.raises(sqlite.driver.IntegrityError), namespaces.write("a") as session:
        sql(session, "INSERT INTO books (shelf) VALUES (7)")


def test_what_raises_is_rolled_back_whole_and_the_handle_serves_on(namespaces):
    put(namespaces, "a", "one")
    with pytest.raises(Boom), namespaces.write("a") as session:
        sql(session, "INSERT INTO shelves (name) VALUES ('two')")
        sql(session, "DELETE FROM shelves WHERE name = 'one'")
        raise Boom
    assert names(namespaces, "a") == ["one"]
    put(namespaces, "a", "three")
    assert names(namespaces, "a") == ["one", "three"]


def test_a_write_that_raises_at_once_leaves_an_empty_namespace(namespaces):
    with pytest.raises(Boom), namespaces.write("a"):
        raise Boom
    assert names(namespaces, "a") == []


def begin_immediate(tmp_path, id_):
    """Whether a stranger may write now."""
    stranger = sqlite.driver.connect(tmp_path / "namespaces" / f"{id_}.sqlite3", timeout=0, isolation_level=None)
    try:
        stranger.execute("BEGIN IMMEDIATE")
        stranger.execute("ROLLBACK")
        return True
    except sqlite.driver.OperationalError as error:
        assert str(error) == "database is locked"
        return False
    finally:
        stranger.close()


def test_a_write_locks_from_its_begin_and_a_read_never_does(namespaces, tmp_path):
    put(namespaces, "a", "one")
    with namespaces.read("a") as session:
        sql(session, "SELECT * FROM shelves")
        assert begin_immediate(tmp_path, "a")
    with namespaces.write("a"):
        assert not begin_immediate(tmp_path, "a")
    assert begin_immediate(tmp_path, "a")


def test_writers_that_read_first_wait_for_each_other(namespaces, make):
    put(namespaces, "a", "0")
    workers = [namespaces, make()]

    def count_up(which):
        for _ in range(25):
            with which.write("a") as session:
                [(name,)] = sql(session, "SELECT name FROM shelves")
                sql(session, "UPDATE shelves SET name = ?", str(int(name) + 1))

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(count_up, workers[number % 2]) for number in range(8)]:
            done.result()
    assert names(namespaces, "a") == ["200"]


def test_a_read_is_one_state_whatever_is_written_meanwhile(make, monkeypatch):
    monkeypatch.setattr(sqlite.driver, "sqlite_version_info", sqlite.SAFE_WAL)
    namespaces = make()
    put(namespaces, "a", "one")
    with namespaces.read("a") as session:
        first = sql(session, "SELECT name FROM shelves")
        with namespaces.write("a") as other:
            namespaces.clear(other)
            sql(other, "INSERT INTO shelves (name) VALUES ('two')")
        assert sql(session, "SELECT name FROM shelves") == first == [("one",)]
    assert names(namespaces, "a") == ["two"]


def test_other_namespaces_do_not_wait(namespaces):
    with namespaces.write("a") as a, namespaces.write("b") as b:
        sql(a, "INSERT INTO shelves (name) VALUES ('of a')")
        sql(b, "INSERT INTO shelves (name) VALUES ('of b')")
    assert [names(namespaces, id_) for id_ in ("a", "b")] == [["of a"], ["of b"]]


def test_a_stranger_that_keeps_the_database_locked_is_a_fault_with_retry_after(make, tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_SECONDS", 0)
    namespaces = make()
    put(namespaces, "a", "one")
    stranger = sqlite.driver.connect(tmp_path / "namespaces/a.sqlite3", isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageBusy) as caught:
        put(namespaces, "a", "two")
    assert (caught.value.status, caught.value.headers) == (503, {"Retry-After": "1"})
    stranger.close()
    put(namespaces, "a", "three")
    assert names(namespaces, "a") == ["one", "three"]


# --- durability --------------------------------------------------------------------------------------
def test_a_safe_sqlite_writes_ahead_and_syncs_every_commit(make, monkeypatch, caplog):
    monkeypatch.setattr(sqlite.driver, "sqlite_version_info", (3, 51, 3))
    namespaces = make()
    with namespaces.write("a") as session:
        assert (pragma(session, "journal_mode"), pragma(session, "synchronous")) == ("wal", 2)
    assert caplog.messages == []


def test_an_older_sqlite_gets_a_rollback_journal_and_the_log_says_so(make, monkeypatch, caplog, tmp_path):
    monkeypatch.setattr(sqlite.driver, "sqlite_version_info", (3, 51, 2))
    monkeypatch.setattr(sqlite.driver, "sqlite_version", "3.51.2")
    namespaces = make()
    with namespaces.write("a") as session:
        assert (pragma(session, "journal_mode"), pragma(session, "synchronous")) == ("truncate", 2)
        sql(session, "INSERT INTO shelves (name) VALUES ('one')")
    assert names(namespaces, "a") == ["one"]
    assert (names(namespaces, "new"), namespaces.exists("new")) == ([], False)
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (
            logging.WARNING,
            "SQLite 3.51.2 can lose commits in WAL mode; a rollback journal is used, which is slower. "
            "Install pysqlite3 for a newer SQLite.",
        )
    ]
    assert files_below(tmp_path / "namespaces") == ["a.lock", "a.sqlite3", "a.sqlite3-journal"]


@pytest.mark.parametrize("before, after", [((3, 51, 3), (3, 40, 1)), ((3, 40, 1), (3, 51, 3))])
def test_databases_go_on_under_another_sqlite(make, monkeypatch, before, after):
    monkeypatch.setattr(sqlite.driver, "sqlite_version_info", before)
    first = make()
    put(first, "a", "one")
    first.close()
    monkeypatch.setattr(sqlite.driver, "sqlite_version_info", after)
    second = make()
    put(second, "a", "two")
    put(second, "b", "new")
    assert (names(second, "a"), names(second, "b")) == (["one", "two"], ["new"])


# --- handles -----------------------------------------------------------------------------------------
def test_open_files_stay_few_whatever_the_number_of_namespaces(namespaces):
    before = open_files()
    for number in range(300):
        put(namespaces, f"n{number}", f"shelf {number}")
    assert open_files() - before <= 3 * sqlite.OPEN_DATABASES
    assert [names(namespaces, f"n{number}") for number in range(300)] == [[f"shelf {number}"] for number in range(300)]
    assert open_files() - before <= 3 * sqlite.OPEN_DATABASES
    for number in range(300):
        assert names(namespaces, f"never{number}") == []
    assert open_files() - before <= 3 * sqlite.OPEN_DATABASES
    namespaces.close()
    assert open_files() == before


@pytest.mark.parametrize("most, opened_again", [(12, 0), (4, 10)], ids=["with room", "control: without"])
def test_those_that_come_again_and_again_stay_open_and_many_in_turns_get_no_room(make, monkeypatch, most, opened_again):
    monkeypatch.setattr(sqlite, "OPEN_DATABASES", 4)
    before = open_files()
    namespaces = make()
    namespaces._room, namespaces._most = 4, most
    opened = []
    monkeypatch.setattr(
        namespaces, "_open", lambda *arguments: opened.append(1) or type(namespaces)._open(namespaces, *arguments)
    )
    for number in range(10):
        put(namespaces, f"again{number}", "one")
    for _ in range(10):
        opened.clear()
        assert [names(namespaces, f"again{number}") for number in range(10)] == [["one"]] * 10
    assert len(opened) == opened_again
    for number in range(100):
        put(namespaces, f"once{number}", "one")
    assert open_files() - before <= 3 * 4


def test_many_readers_of_one_namespace_leave_few_handles(namespaces):
    put(namespaces, "a", "one")
    before = open_files()
    together = threading.Barrier(sqlite.OPEN_DATABASES + 16)

    def read():
        with namespaces.read("a") as session:
            sql(session, "SELECT * FROM shelves")
            together.wait(timeout=30)

    with ThreadPoolExecutor(together.parties) as pool:
        for done in [pool.submit(read) for _ in range(together.parties)]:
            done.result()
    assert open_files() - before <= 3 * sqlite.OPEN_DATABASES
    assert names(namespaces, "a") == ["one"]


def test_a_database_that_cannot_be_opened_leaves_no_open_file(namespaces, tmp_path):
    (tmp_path / "namespaces/a.sqlite3").write_bytes(b"no database at all" * 100)
    before = open_files()
    for _ in range(20):
        with pytest.raises(StorageFailed):
            names(namespaces, "a")
    assert open_files() == before


# --- what breaks -------------------------------------------------------------------------------------
def no_database(path):
    path.write_bytes(b"no database at all" * 1000)


def empty_file(path):
    path.write_bytes(b"")


def overwritten_in_the_middle(path):
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)


def cut_off(path):
    path.write_bytes(path.read_bytes()[:1500])


def folder(path):
    path.unlink()
    path.mkdir()


def link_to_another_namespace(path):
    path.unlink()
    path.symlink_to(path.parent / "healthy.sqlite3")


def link_to_nothing(path):
    path.unlink()
    path.symlink_to(path.parent / "nothing")


@pytest.mark.parametrize(
    "damage",
    [
        no_database,
        empty_file,
        overwritten_in_the_middle,
        cut_off,
        folder,
        link_to_another_namespace,
        link_to_nothing,
    ],
)
def test_a_damaged_database_is_503_for_its_namespace_and_no_other_is_affected(tmp_path, damage):
    settings = {"INSTANCE_PATH": str(tmp_path)}
    before = create_app(settings)
    for id_ in ("damaged", "healthy"):
        Client(in_process(before), id_).create("rooms", {"name": f"Room of {id_}", "address": "Street"})
    before.extensions["jsonapi_course"].namespaces.close()
    damage(tmp_path / "namespaces/damaged.sqlite3")
    send = in_process(create_app(settings))
    room = {"data": {"type": "rooms", "attributes": {"name": "Another room", "address": "Street"}}}
    for method, path, document in [("GET", "/rooms", None), ("GET", "/rooms/1", None), ("POST", "/rooms", room)] * 2:
        answer = Client(send, "damaged").request(method, path, document)
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/vnd.api+json"), answer
        assert answer.headers["Retry-After"] == "5"
        assert [(error["status"], error["code"]) for error in answer.errors] == [("503", "storage-failed")]
        assert str(tmp_path) not in answer.body.decode() and "SQL" not in answer.body.decode()
    healthy = Client(send, "healthy")
    assert [room["attributes"]["name"] for room in healthy.get("/rooms").data] == ["Room of healthy"]
    assert healthy.create("rooms", {"name": "Another room", "address": "Street"})["id"] == "2"


def test_the_error_of_a_damaged_database_is_in_the_log(namespaces, tmp_path, caplog):
    no_database(tmp_path / "namespaces/a.sqlite3")
    with pytest.raises(StorageFailed):
        names(namespaces, "a")
    [record] = caplog.records
    assert (record.levelname, str(record.exc_info[1])) == ("ERROR", "file is not a database")


def test_a_lock_file_that_is_a_link_is_not_followed(namespaces, tmp_path):
    (tmp_path / "namespaces/a.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageFailed):
        put(namespaces, "a", "one")
    assert not (tmp_path / "elsewhere").exists()
