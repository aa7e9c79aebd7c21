"""How much each namespace is used: exact across threads and processes, bounded, and never in the way of an answer."""

import os
import sqlite3
import subprocess
import sys
import threading
from collections import Counter

import pytest

from jsonapi_course.api import activity as module
from jsonapi_course.api.activity import HOUR_SECONDS, KEPT_HOURS, Activity, Use
from jsonapi_course.api.instructor import _round_up

from ..client import Client, in_process
from ..conftest import ROOT
from .conftest import TOKEN, Instructor


@pytest.fixture
def activity(service, monkeypatch):
    """The Activity of the app, at a time that stands still, without its thread."""
    monkeypatch.setattr(module.time, "time", lambda: activity.now)
    monkeypatch.setattr(module.threading.Thread, "start", lambda _: None)
    activity = service.activity
    activity.now = 1_800_000_000
    return activity


def stored(activity):
    with sqlite3.connect(activity.path) as database:
        return database.execute("SELECT * FROM activity ORDER BY namespace, hour").fetchall()


# --- counting -----------------------------------------------------------------------------------------
def test_requests_and_errors_are_counted_by_namespace_and_hour(activity, begin, student):
    begin("s1", "s2")
    for path in ("/rooms", "/rooms/1", "/nothing"):
        student("S1").get(path)
    activity.flush()
    activity.now += HOUR_SECONDS
    student("s1").post("/rooms", {"data": {}})
    activity.flush()
    hour = activity.now // HOUR_SECONDS
    assert stored(activity) == [
        ("s1", hour - 1, 4, 1, 0, activity.now - HOUR_SECONDS),
        ("s1", hour, 1, 1, 0, activity.now),
        ("s2", hour - 1, 1, 0, 0, activity.now - HOUR_SECONDS),
    ]
    assert activity.recent() == {"s1": Use(5, 2, 0, activity.now), "s2": Use(1, 0, 0, activity.now - HOUR_SECONDS)}
    assert activity.recent(hours=1)["s2"] == Use(0, 0, 0, activity.now - HOUR_SECONDS)
    assert activity.by_hour(3) == [(hour - 2, 0, 0, 0), (hour - 1, 5, 1, 0), (hour, 1, 1, 0)]
    assert activity.by_hour(2, ["s2", "s9"]) == [(hour - 1, 1, 0, 0), (hour, 0, 0, 0)]


def test_what_an_open_console_asks_is_no_use(activity, begin, app):
    begin("s1")
    for path in ("", "/requests"):
        app.test_client().get(f"/api/s1/console{path}", buffered=True)
    assert activity.recent()["s1"].requests == 1


def test_errors_of_the_service_are_counted_apart(activity, begin, student, damage):
    begin("s1")
    damage("s1")
    assert student("s1").get("/rooms").status == 503
    assert activity.recent()["s1"] == Use(2, 0, 1, activity.now)


def test_names_that_are_no_namespaces_are_not_counted(activity, begin, app):
    begin("s1")
    for path in ("/api/nobody/rooms", "/api/%3Cb%3E/rooms", "/api/-x", "/api/YOUR_ID", "/api/", "/docs", "/instructor"):
        app.test_client().get(path)
    for number in range(100):
        app.test_client().get(f"/api/x{number}/rooms")
    activity.flush()
    assert [row[0] for row in stored(activity)] == ["s1"]
    assert activity._waiting == {}


def test_threads_that_count_at_once_lose_nothing(activity, begin):
    begin("s1", "s2")
    activity.flush()
    before = {row[0]: row[2] for row in stored(activity)}

    def count():
        for number in range(5000):
            activity.count(f"s{number % 2 + 1}", "404" if number % 5 == 0 else "200")

    threads = [_Thread(count) for _ in range(4)]
    writer = _Thread(lambda: [activity.flush() for _ in range(30)])
    for thread in [*threads, writer]:
        thread.run_now()
    for thread in [*threads, writer]:
        thread.join()
    assert activity.recent() == {name: Use(10_000 + before[name], 2000, 0, activity.now) for name in ("s1", "s2")}


class _Thread(threading.Thread):
    def __init__(self, work):
        super().__init__(target=work)

    def run_now(self):
        _start(self)


_start = threading.Thread.start  # the fixture takes it away from the service


def test_processes_that_write_at_once_lose_nothing(app, service, begin, tmp_path):
    begin("s1")
    service.activity.flush()
    program = (
        "import sys; from jsonapi_course import create_app\n"
        f"app = create_app({{'INSTANCE_PATH': sys.argv[1], 'INSTRUCTOR_TOKEN': '{TOKEN}'}})\n"
        "activity = app.extensions['jsonapi_course'].activity\n"
        "for number in range(300):\n"
        "    activity.count('s1', '200')\n"
        "    if number % 3 == 0: activity.flush()\n"  # the last ones are written at exit
    )
    folder = service.settings["INSTANCE_PATH"]
    running = [subprocess.Popen([sys.executable, "-c", program, folder], cwd=ROOT) for _ in range(3)]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert service.activity.recent()["s1"].requests == 1 + 3 * 300


def test_a_fork_counts_only_what_it_sees_itself(activity, begin):
    begin("s1")
    activity.count("s1", "200")
    child = os.fork()
    if child == 0:
        activity.count("s1", "200")
        activity.flush()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert activity.recent()["s1"].requests == 3


# --- how much is kept ---------------------------------------------------------------------------------
def test_what_is_older_than_fourteen_days_and_what_was_of_a_deleted_namespace_goes(activity, begin, service):
    begin("s1", "s2")
    activity.flush()
    service.namespaces.delete("s2")
    activity.now += KEPT_HOURS * HOUR_SECONDS
    activity.count("s1", "200")
    activity.flush()
    assert [row[:3] for row in stored(activity)] == [("s1", activity.now // HOUR_SECONDS, 1)]


def test_a_namespace_that_the_instructor_deletes_begins_anew(activity, instructor, begin):
    begin("s1")
    assert activity.recent()["s1"].requests == 1
    instructor.run("delete", "s1")
    assert (stored(activity), activity.recent()) == ([], {})
    begin("s1")
    assert activity.recent()["s1"].requests == 1


def test_what_waits_is_bounded(activity, begin, monkeypatch):
    monkeypatch.setattr(module, "KEPT_COUNTS", 2)
    begin("s1", "s2", "s3")
    activity._count_together()
    assert Counter(len(place) for place in activity._waiting) == {2: 2}


# --- when the file cannot be --------------------------------------------------------------------------
class _Full(sqlite3.Connection):
    """A database on a disk without room for another page."""

    def executescript(self, script):
        super().execute("PRAGMA max_page_count = 1")
        return super().executescript(script)


def test_on_a_full_disk_counts_wait_and_are_written_when_there_is_room(activity, begin, monkeypatch, caplog):
    connect = sqlite3.connect
    monkeypatch.setattr(module.sqlite3, "connect", lambda path: connect(path, factory=_Full))
    begin("s1")
    assert activity.recent() == {} and activity.by_hour(1) == [(activity.now // HOUR_SECONDS, 0, 0, 0)]
    activity.flush()
    said = [record.getMessage() for record in caplog.records if record.name == module.__name__]
    assert said == [f"Activity cannot be written: {activity.path}: database or disk is full"]
    monkeypatch.setattr(module.sqlite3, "connect", connect)
    begin("s2")
    assert {name: use.requests for name, use in activity.recent().items()} == {"s1": 1, "s2": 1}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"no database " * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:4096]),
        lambda path: path.write_bytes(path.read_bytes()[:100] + b"\xff" * (path.stat().st_size - 100)),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        lambda path: _with_other_tables(path),
    ],
    ids=["no database", "cut off", "overwritten", "empty", "removed", "other tables"],
)
def test_a_damaged_file_is_made_anew(activity, instructor, begin, tmp_path, spoil):
    begin("s1")
    activity.flush()
    spoil(tmp_path / "instance" / "activity.sqlite3")
    assert instructor.get("").status_code == 200
    begin("s2")
    assert activity.recent()["s2"].requests == 1
    assert instructor.get("/activity").status_code == 200


def _with_other_tables(path):
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE activity (name)")


def test_a_folder_in_the_place_of_the_file_is_told_and_in_nobodys_way(activity, instructor, begin, tmp_path, caplog):
    (tmp_path / "instance" / "activity.sqlite3").unlink(missing_ok=True)
    (tmp_path / "instance" / "activity.sqlite3").mkdir()
    begin("s1")
    assert instructor.get("").status_code == 200
    assert any("Activity cannot be" in record.getMessage() for record in caplog.records)


def test_the_file_is_for_the_service_only(activity, begin, tmp_path):
    before = os.umask(0o022)
    try:
        begin("s1")
        activity.flush()
    finally:
        os.umask(before)
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (tmp_path / "instance").glob("activity*")}
    assert modes == {"activity.sqlite3": "0o600", "activity.sqlite3.lock": "0o600"}


# --- without the setting ------------------------------------------------------------------------------
def test_without_the_setting_nothing_is_counted_and_no_thread_runs(make_app, tmp_path):
    before = {thread.ident for thread in threading.enumerate()}
    app = make_app()
    Client(in_process(app), "s1").create("rooms", {"name": "Room", "address": "Street"})
    assert app.extensions["jsonapi_course"].activity is None
    assert [
        thread.name for thread in threading.enumerate() if thread.ident not in before and "activity" in thread.name
    ] == []
    assert [path.name for path in (tmp_path / "instance").glob("*activity*")] == []
    assert [path.name for path in (tmp_path / "instance").glob("sign-in*")] == []


# --- the plot -----------------------------------------------------------------------------------------
def test_the_plot_says_the_same_as_its_table(activity, make_app, instructor, begin, student):
    activity.now = 1_800_000_000  # 08:00 in UTC
    begin("s1")
    student("s1").get("/nothing")
    activity.flush()
    text = instructor.get("/activity").text
    assert text.count("2 in all, 1 of them errors") == 4
    assert text.count("<title>2027-01-15 08:00 · 2 · 4xx 1</title>") == 2
    assert text.count('<tr><th scope="row">2027-01-15 08:00</th><td>2</td><td>1</td><td>0</td></tr>') == 2
    assert text.count('class="well"') >= 2 and text.count('<rect class="client"') == 2
    assert "style=" not in text


def test_the_plot_is_in_the_time_zone_of_the_service(activity, make_app, begin):
    begin("s1")
    activity.flush()
    berlin = Instructor(make_app(INSTRUCTOR_TOKEN=TOKEN, TIMEZONE="Europe/Berlin"))
    assert "<title>2027-01-15 09:00 · 1</title>" in berlin.get("/activity").text


def test_without_requests_there_is_no_plot(activity, instructor):
    assert instructor.get("/activity").text.count("No requests to a namespace in this time.") == 2


@pytest.mark.parametrize(
    ("most", "top"), [(1, 2), (2, 2), (3, 4), (7, 8), (10, 10), (11, 20), (99, 100), (101, 200), (5001, 6000)]
)
def test_the_axis_of_the_plot_ends_at_an_even_number(most, top):
    assert _round_up(most) == top


def test_a_deleted_count_does_not_come_back_from_another_activity(service, begin):
    """Of two workers: one deletes, the other has still something to write for the namespace that is no more."""
    begin("s1")
    other = Activity(service.settings["INSTANCE_PATH"], service.namespaces)
    service.namespaces.delete("s1")
    service.activity.forget("s1")
    other.count("s1", "200")
    other.flush()
    assert other.recent() == {}
