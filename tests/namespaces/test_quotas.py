"""contract: namespaces, limits: each is named, nothing is written, what makes room always works, workers share them."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from jsonapi_course.namespaces import Limits, limits
from tests.client import Client, in_process
from tests.conftest import running_server

from .files import files_below
from .test_export import item, load
from .test_state import ROOM, fill
from .test_undo import refusal, state, token


def error_of(answer):
    [error] = answer.errors
    return answer.status, error["code"], error.get("meta")


def rooms(client, count, **attributes):
    """The statuses of so many POSTs of a room."""
    return [client.post("/rooms", {"data": item("rooms", None, {**ROOM, **attributes})}).status for _ in range(count)]


# --- rows --------------------------------------------------------------------------------------------
ROWS = {"limit": "NAMESPACE_MAX_ROWS", "maximum": 5}


@pytest.fixture
def five_rows(make_app):
    return Client(in_process(make_app(NAMESPACE_MAX_ROWS=5)))


def test_a_namespace_takes_as_many_rows_as_it_may_and_then_507(five_rows):
    assert rooms(five_rows, 6) == [201] * 5 + [507]
    answer = five_rows.post("/rooms", {"data": item("rooms", None, ROOM)})
    assert error_of(answer) == (507, "quota-exceeded", ROWS)
    assert answer.errors[0]["detail"].startswith(
        "This would make 6 rows, and a namespace may have 5 (NAMESPACE_MAX_ROWS)"
    )
    assert five_rows.get("").json["meta"]["size"]["rows"] == 5
    assert len(five_rows.get("/rooms").data) == 5


def test_in_a_full_namespace_changing_deleting_and_logging_in_work(five_rows):
    fill_with = {"email": "t@example.org", "password": "secret", "first-name": "A", "last-name": "B", "role": "student"}
    five_rows.create("users", fill_with)
    rooms(five_rows, 4)
    assert five_rows.patch("/rooms/1", {"data": item("rooms", "1", {"capacity": "30"})}).status == 200
    assert isinstance(token(five_rows), str)
    assert five_rows.delete("/rooms/1").status == 204
    assert rooms(five_rows, 2) == [201, 507]


def test_pairs_are_rows_too(five_rows):
    person = {"password": "secret", "first-name": "A", "last-name": "B"}
    five_rows.create("users", {**person, "email": "t@example.org", "role": "teacher"})
    five_rows.create("users", {**person, "email": "s@example.org", "role": "student"})
    module = {"code": "WEB1", "name": "Web development", "semester": "SS18"}
    for _ in range(2):
        five_rows.create("modules", module, teacher=("users", "1"))
    student = {"data": [{"type": "users", "id": "2"}]}
    answers = [five_rows.post(f"/modules/{id_}/relationships/students", student).status for id_ in ("1", "1", "2")]
    assert answers == [200, 200, 507]


def test_operations_that_would_be_too_many_are_refused_whole(five_rows):
    media_type = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'
    add = {"op": "add", "data": item("rooms", None, ROOM)}
    answer = five_rows.post("/operations", {"atomic:operations": [add] * 6}, Content_Type=media_type)
    assert error_of(answer) == (507, "quota-exceeded", ROWS)
    assert five_rows.get("/rooms").data == []


def test_the_check_in_api_says_it_too(make_app):
    client = Client(in_process(make_app(NAMESPACE_MAX_ROWS=3)))
    admin = {"name": "Anna Admin", "email": "t@example.org", "password": "secret", "role": 1}
    assert client.post("/v1/addUser", admin, Content_Type="application/json").status == 201
    headers = {"Authorization": f"Bearer {token(client)}", "Content_Type": "application/json"}
    answers = [client.post("/v3/projects", {"name": "City"}, **headers) for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 507]
    assert "NAMESPACE_MAX_ROWS" in answers[-1].json["message"]


def test_an_import_or_seed_that_would_be_too_many_replaces_nothing(five_rows):
    rooms(five_rows, 2)
    before = state(five_rows)
    for answer in (
        load(five_rows, *(item("rooms", str(n), ROOM) for n in range(6))),
        five_rows.post("/reset-db?seed=demo"),
    ):
        assert error_of(answer) == (507, "quota-exceeded", ROWS)
    assert load(five_rows, *[item("rooms", "1", {})] * 100).status == 507  # before its faults are looked for
    assert state(five_rows) == before
    assert five_rows.post("/undo-reset").status == 409


def test_a_lower_limit_lets_be_what_is_there(make_app):
    rooms(Client(in_process(make_app())), 8)
    client = Client(in_process(make_app(NAMESPACE_MAX_ROWS=5)))
    assert client.get("").json["meta"]["size"]["rows"] == 8
    assert client.get("").json["meta"]["quota"]["rows"] == 5
    assert client.patch("/rooms/1", {"data": item("rooms", "1", {"capacity": "30"})}).status == 200
    assert (client.delete("/rooms/1").status, rooms(client, 1)) == (204, [507])
    before = state(client)
    assert client.post("/reset-db").status == 200
    assert client.post("/undo-reset").status == 200
    assert state(client) == before


def test_a_dry_run_is_told_as_well(five_rows):
    rooms(five_rows, 5)
    answer = five_rows.post("/rooms?dryRun=true", {"data": item("rooms", None, ROOM)})
    assert error_of(answer) == (507, "quota-exceeded", ROWS)


# --- bytes -------------------------------------------------------------------------------------------
BYTES = {"limit": "NAMESPACE_MAX_BYTES", "maximum": 500000}


@pytest.fixture
def small(make_app):
    return Client(in_process(make_app(NAMESPACE_MAX_BYTES=500000)))


def noise(length=50000):
    """A text that nothing makes shorter."""
    return random.Random(length).randbytes(length // 2).hex()


def fill_up(client):
    """Rooms until the database is full."""
    while (answer := client.post("/rooms", {"data": item("rooms", None, {**ROOM, "features": noise()})})).status == 201:
        pass
    return answer


def test_a_namespace_takes_as_many_bytes_as_it_may_and_then_507(small):
    answer = fill_up(small)
    assert error_of(answer) == (507, "quota-exceeded", BYTES)
    assert "500000 bytes (NAMESPACE_MAX_BYTES)" in answer.errors[0]["detail"]
    size = small.get("").json["meta"]["size"]
    assert 440000 < size["bytes"] <= 500000 and size["rows"] == len(small.get("/rooms").data)


def test_in_a_full_database_reading_deleting_resetting_and_undoing_work(small):
    fill_up(small)
    before = state(small)
    assert small.post("/reset-db").status == 200
    assert small.post("/undo-reset").status == 200
    assert state(small) == before
    assert small.delete("/rooms/1").status == 204
    assert small.post("/rooms", {"data": item("rooms", None, {**ROOM, "features": noise()})}).status == 201
    assert [small.post("/reset-db").status for _ in range(2)] == [200, 200]
    assert small.get("").json["meta"]["size"]["bytes"] < 300000


def test_snapshots_count_and_make_room_when_they_are_deleted(small):
    rooms(small, 3, features=noise())
    assert small.post("/snapshots?name=first").status == 201
    answer = small.post("/snapshots?name=second")
    assert error_of(answer) == (507, "quota-exceeded", BYTES)
    assert [one["name"] for one in small.get("/snapshots").json["meta"]["snapshots"]] == ["first"]
    assert small.delete("/snapshots/first").status == 204
    assert small.post("/snapshots?name=second").status == 201


def test_an_import_that_does_not_fit_replaces_nothing(small):
    rooms(small, 3, features=noise())
    before = state(small)
    answer = load(small, *(item("rooms", str(n), {**ROOM, "features": noise()}) for n in range(6)))
    assert error_of(answer) == (507, "quota-exceeded", BYTES)
    assert state(small) == before


def test_a_full_disk_is_told_from_a_full_namespace(small, monkeypatch):
    real = os.statvfs

    def full(path):
        found = list(real(path))
        found[4] = 0
        return os.statvfs_result(found)

    monkeypatch.setattr("jsonapi_course.namespaces.sqlite.os.statvfs", full)
    assert error_of(fill_up(small))[:2] == (507, "service-full")
    assert small.get("/rooms").status == 200


# --- namespaces --------------------------------------------------------------------------------------
def first_write(app, id_, address="10.0.0.1"):
    """The answer to the first write of an id."""
    headers = {"Content-Type": "application/vnd.api+json"}
    return app.test_client().post(
        f"/api/{id_}/rooms",
        json={"data": item("rooms", None, ROOM)},
        headers=headers,
        environ_base={"REMOTE_ADDR": address},
    )


def test_the_service_takes_as_many_namespaces_as_it_may_and_then_507(make_app, tmp_path):
    app = make_app(MAX_NAMESPACES=2)
    assert [first_write(app, id_).status_code for id_ in ("a", "b", "A")] == [201] * 3
    before = files_below(tmp_path)
    [error] = first_write(app, "c").json["errors"]
    assert (error["status"], error["code"]) == ("507", "service-full")
    assert error["meta"] == {"limit": "MAX_NAMESPACES", "maximum": 2}
    assert files_below(tmp_path) == before
    assert Client(in_process(app), "c").get("/rooms").data == []
    assert first_write(app, "a").status_code == 201


def test_an_address_begins_as_many_namespaces_in_an_hour_as_it_may_and_then_429(make_app, tmp_path):
    app = make_app(NEW_NAMESPACES_PER_HOUR=2)
    assert [first_write(app, id_).status_code for id_ in ("a", "b", "a", "b")] == [201] * 4
    before = files_below(tmp_path)
    answer = first_write(app, "c")
    [error] = answer.json["errors"]
    assert (error["status"], error["code"]) == ("429", "too-many-namespaces")
    assert error["meta"] == {"limit": "NEW_NAMESPACES_PER_HOUR", "maximum": 2}
    assert 3590 <= int(answer.headers["Retry-After"]) <= 3601
    assert files_below(tmp_path) == before
    assert first_write(app, "c", address="10.0.0.2").status_code == 201
    assert first_write(app, "d").status_code == 429


def test_the_hour_passes(make_app, monkeypatch):
    now = [1000000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    app = make_app(NEW_NAMESPACES_PER_HOUR=2)
    statuses = []
    for id_, moment in (("a", 0), ("b", 600), ("c", 3000), ("c", 3601), ("d", 3602), ("d", 4201)):
        now[0] = 1000000.0 + moment
        answer = first_write(app, id_)
        statuses.append((answer.status_code, answer.headers.get("Retry-After")))
    assert statuses == [(201, None), (201, None), (429, "601"), (201, None), (429, "599"), (201, None)]


def test_0_is_off(make_app):
    app = make_app(NEW_NAMESPACES_PER_HOUR=0)
    assert {first_write(app, f"n{number}").status_code for number in range(12)} == {201}


def test_a_restart_does_not_forget(make_app):
    assert first_write(make_app(NEW_NAMESPACES_PER_HOUR=1), "a").status_code == 201
    assert first_write(make_app(NEW_NAMESPACES_PER_HOUR=1), "b").status_code == 429


def test_what_cannot_be_read_in_the_book_is_left_out(make_app, tmp_path):
    app = make_app(NEW_NAMESPACES_PER_HOUR=1)
    (tmp_path / "instance/new-namespaces").write_bytes(
        b"\xff\x00 10.0.0.1\nx 10.0.0.1\n\n1e999 10.0.0.1\n99999999999 10.0.0.1\n"
    )
    assert [first_write(app, id_).status_code for id_ in ("a", "b")] == [201, 429]


def test_reads_dry_runs_and_resets_of_what_is_there_count_for_nothing(make_app):
    app = make_app(NEW_NAMESPACES_PER_HOUR=1)
    client = Client(in_process(app))
    fill(client)
    client.post("/reset-db")
    other = Client(in_process(app), "s2")
    assert other.get("/rooms").status == 200
    assert other.post("/rooms?dryRun=true", {"data": item("rooms", None, ROOM)}).status == 200
    assert refusal(other.post("/rooms", {"data": item("rooms", None, ROOM)}))[0] == 429


def test_behind_a_proxy_it_is_the_client_s_address_that_counts(make_app):
    app = make_app(NEW_NAMESPACES_PER_HOUR=1, TRUSTED_PROXIES=1)
    statuses = []
    for id_, forwarded in (("a", "192.0.2.1"), ("b", "192.0.2.2"), ("c", "192.0.2.1")):
        client = Client(in_process(app), id_)
        statuses.append(client.post("/rooms", {"data": item("rooms", None, ROOM)}, X_Forwarded_For=forwarded).status)
    assert statuses == [201, 201, 429]


def touch_at_once(server, ids):
    """The statuses of the first writes of these ids, eight at a time, in order of the numbers."""
    with ThreadPoolExecutor(8) as pool:
        return sorted(pool.map(lambda id_: rooms(server.client(id_), 1)[0], ids))


def test_the_limits_hold_across_workers(tmp_path):
    with running_server(tmp_path, workers=4, NEW_NAMESPACES_PER_HOUR="20") as server:
        assert touch_at_once(server, [f"n{number}" for number in range(40)]) == [201] * 20 + [429] * 20
    with running_server(tmp_path, workers=4, MAX_NAMESPACES="25", NEW_NAMESPACES_PER_HOUR="0") as server:
        assert touch_at_once(server, [f"m{number}" for number in range(16)]) == [201] * 5 + [507] * 11


def test_without_limits_there_are_none():
    Limits().check_rows(10**9)
