"""contract: namespaces: reset-db?seed=, undo-reset and snapshots: what they keep, what they bring back, what they refuse."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from jsonapi_course.api.namespace_admin import MAX_SNAPSHOTS
from jsonapi_course.engine import passwords
from jsonapi_course.engine.portable import FORMAT
from tests.client import Client, in_process

from .files import files_below
from .test_state import ROOM, counts, fill, reset

LOGIN = {"email": "t@example.org", "password": "secret", "device_name": "laptop"}


@pytest.fixture
def fixtures(tmp_path):
    """fixtures(name, content) writes an instructor's fixture."""
    folder = tmp_path / "instance" / "fixtures"

    def write(name, content):
        folder.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name}.json").write_text(text, encoding="utf-8")

    return write


def state(client):
    """Everything that a namespace shows of itself."""
    document = client.get("/export").json
    return document["data"], document["meta"]


def token(client, login=LOGIN):
    answer = client.request("POST", "/v1/sanctum/token", body=json.dumps(login).encode())
    return answer.json["token"] if answer.status == 200 else answer.status


def knows(client, bearer):
    return client.get("/v1/user", Authorization=f"Bearer {bearer}").status == 200


def refusal(answer):
    """(status, code, source) of the one error of an answer."""
    [error] = answer.errors
    return answer.status, error["code"], error.get("source")


def room(name, **more):
    return {"type": "rooms", "attributes": {"name": name, "address": "Street"}, **more}


# --- seeds -------------------------------------------------------------------------------------------
def test_the_demo_has_something_of_every_type_and_says_how_much(client):
    fill(client)
    answer = client.post("/reset-db?seed=demo")
    types = {type_: entry["count"] for type_, entry in client.get("").json["meta"]["types"].items()}
    assert (answer.status, answer.json["meta"]) == (200, {"reset": True, "seed": "demo", "counts": types})
    assert all(types.values()) and types["users"] == 9


def test_the_demo_s_people_can_log_in_as_admin_docent_and_student(client):
    client.post("/reset-db?seed=demo")
    roles = {}
    for name in ("ada", "grace", "noor"):
        bearer = token(client, {"email": f"{name}@demo.example", "password": "demo", "device_name": "laptop"})
        [(_, roles[name])] = [
            (key, value)
            for key, value in client.get("/v1/user", Authorization=f"Bearer {bearer}").json.items()
            if key == "roles"
        ]
    assert roles == {"ada": ["Docent", "Admin"], "grace": ["Docent"], "noor": ["Student"]}


def test_a_fixture_s_passwords_are_hashed_once_in_a_process(client, fixtures, monkeypatch):
    person = {"email": "a@example.org", "first-name": "A", "last-name": "B", "role": "teacher", "password": "of week 1"}
    fixtures("week-1", {"data": [{"type": "users", "id": "1", "attributes": person}], "meta": {"format": FORMAT}})
    made, hashed = [], passwords.hashed
    monkeypatch.setattr(passwords, "hashed", lambda plain: made.append(plain) or hashed(plain))
    for _ in range(2):
        assert client.post("/reset-db?seed=week-1").status == 200
        assert len(client.get("/users?email=a@example.org&password=of%20week%201").data) == 1
    assert made == ["of week 1"]


def test_the_dates_of_the_demo_are_near_today(client):
    client.post("/reset-db?seed=demo")
    today = datetime.now(UTC).date()
    days = {item["attributes"]["date"] for item in client.get("/daily-checkins").data}
    assert days == {(today - timedelta(days=ago)).isoformat() for ago in (1, 2, 3, 4)}
    sessions = sorted(item["attributes"]["date"][:10] for item in client.get("/sessions").data)
    assert sessions[0] < today.isoformat() < sessions[-1]


def test_the_demo_fits_whatever_the_semesters_are(make_app):
    client = Client(in_process(make_app(SEMESTERS="SS99")))
    assert client.post("/reset-db?seed=demo").status == 200
    assert {item["attributes"]["semester"] for item in client.get("/modules").data} == {"SS99"}


def test_a_seed_is_like_a_reset_ids_go_on_after_the_fixture_s_and_tokens_are_gone(client):
    fill(client)
    bearer = token(client)
    assert client.post("/reset-db?seed=demo").status == 200
    assert not knows(client, bearer)
    assert [client.create(type_, ROOM)["id"] for type_ in ("rooms",)] == ["4"]
    reset(client)
    assert client.create("rooms", ROOM)["id"] == "1"


def test_an_instructor_s_fixture_is_loaded_by_its_name(client, fixtures):
    fixtures("week-1", {"data": [room("First"), room("Second", id="lab")], "meta": {"format": "jsonapi-course/1"}})
    answer = client.post("/reset-db?seed=week-1")
    assert (answer.json["meta"]["seed"], answer.json["meta"]["counts"]["rooms"]) == ("week-1", 2)
    assert answer.warnings == []
    assert [item["id"] for item in client.get("/rooms").data] == ["1", "lab"]


def test_what_a_fixture_says_nothing_of_is_as_in_a_new_namespace(client, fixtures):
    before = client.get("/questions").data, client.get("/levels").data
    level = {"type": "activities", "id": "9", "attributes": {"name": "Uitleggen"}}
    fixtures("other", {"data": [level], "meta": {"format": "jsonapi-course/1"}})
    assert client.post("/reset-db?seed=other").status == 200
    assert (client.get("/questions").data, client.get("/levels").data) == before
    assert [item["id"] for item in client.get("/activities").data] == ["9"]
    assert client.create("activities", {"name": "Meten"})["id"] == "10"


def test_a_fixture_s_days_and_semesters_are_counted_from_the_day_of_the_seed(client, fixtures):
    module = {"type": "modules", "id": "1", "relationships": {"teacher": {"data": None}}}
    names = {"code": "WEB1", "name": "Web development"}
    news = {"type": "news", "relationships": {"module": {"data": {"type": "modules", "id": "1"}}}}
    texts = {"title": "@today is no date here", "text": "@someone"}
    document = [
        {**module, "attributes": {**names, "semester": "@semester-1"}},
        {**news, "attributes": {**texts, "date": "@today+3T08:15"}},
        {**news, "attributes": {**texts, "date": "@today-400T08:15:00Z"}},
    ]
    fixtures("days", {"data": document, "meta": {"format": "jsonapi-course/1"}})
    assert client.post("/reset-db?seed=days").status == 200
    assert client.get("/modules/1").data["attributes"] == {**names, "semester": "SS19"}
    today = datetime.now(UTC).date()
    assert [item["attributes"] for item in client.get("/news").data] == [
        {**texts, "date": f"{today - timedelta(days=400)}T08:15:00Z"},
        {**texts, "date": f"{today + timedelta(days=3)}T08:15"},
    ]


@pytest.mark.parametrize(
    "seed, detail",
    [
        ("dmeo", "There is no fixture 'dmeo'; did you mean 'demo'? Nothing was reset."),
        ("", "There is no fixture ''; there are 'demo' and 'week-1'. Nothing was reset."),
        (
            "../fixtures/week-1",
            "There is no fixture '../fixtures/week-1'; there are 'demo' and 'week-1'. Nothing was reset.",
        ),
        ("week-1.json", "There is no fixture 'week-1.json'; did you mean 'week-1'? Nothing was reset."),
    ],
)
def test_an_unknown_fixture_is_404_with_those_that_there_are_and_nothing_is_reset(client, fixtures, seed, detail):
    fixtures("week-1", {"data": []})
    fixtures("no name!", {"data": []})
    fill(client)
    before = state(client)
    answer = client.post(f"/reset-db?seed={seed}")
    assert refusal(answer) == (404, "unknown-seed", {"parameter": "seed"})
    assert (answer.errors[0]["detail"], answer.errors[0]["meta"]["allowed"]) == (detail, ["demo", "week-1"])
    assert state(client) == before


@pytest.mark.parametrize(
    "content, detail",
    [
        ("{", "The body ends at line 1, column 2 in the middle of a value: was it cut short?"),
        ({"data": {}}, "/data: The body must be a document as export gives it"),
        ({"data": [room("X")]}, "/data/0/attributes/name: 'name' must be a string of at least 4 characters"),
        (
            {"data": [room("Room", id="1"), room("Lab 1", id="1")]},
            "/data/1/id: The document has 'rooms' with the id '1'",
        ),
    ],
)
def test_a_fixture_that_cannot_be_loaded_is_500_that_says_why_and_nothing_is_reset(client, fixtures, content, detail):
    fixtures("broken", content)
    fill(client)
    before = state(client)
    answer = client.post("/reset-db?seed=broken")
    assert refusal(answer) == (500, "invalid-fixture", None)
    start = f"The fixture 'broken' cannot be loaded, so nothing was reset: {detail}"
    assert answer.errors[0]["detail"].startswith(start)
    assert state(client) == before


def test_a_seed_is_named_once(client):
    assert refusal(client.post("/reset-db?seed=demo&seed=demo")) == (400, "invalid-parameter", {"parameter": "seed"})


def test_a_dry_run_of_a_seed_says_what_would_be_and_changes_nothing(client):
    fill(client)
    before = state(client)
    meta = client.post("/reset-db?seed=demo&dryRun=true").json["meta"]
    assert (meta["dryRun"], meta["seed"], meta["counts"]["users"]) == (True, "demo", 9)
    assert state(client) == before
    assert refusal(client.post("/undo-reset")) == (409, "nothing-to-undo", None)


# --- undo --------------------------------------------------------------------------------------------
def take_the_start(client):
    """A namespace with data, a snapshot `start` of it and one resource more."""
    fill(client)
    client.post("/snapshots?name=start")
    client.create("rooms", ROOM)


REPLACING = {
    "reset": lambda client: client.post("/reset-db"),
    "seed": lambda client: client.post("/reset-db?seed=demo"),
    "import": lambda client: client.post("/import", {"data": [], "meta": {"format": "jsonapi-course/1"}}),
    "restore": lambda client: client.post("/snapshots/start/restore"),
}


@pytest.mark.parametrize("replace", REPLACING.values(), ids=REPLACING)
def test_undo_brings_back_once_what_was_replaced_logins_and_tokens_too(client, replace):
    take_the_start(client)
    before, bearer = state(client), token(client)
    assert replace(client).status == 200
    assert state(client) != before and not knows(client, bearer)
    client.create("rooms", {**ROOM, "name": "Written afterwards"})
    answer = client.post("/undo-reset")
    assert answer.status == 200
    shown = {type_: entry["count"] for type_, entry in client.get("").json["meta"]["types"].items()}
    assert answer.json["meta"] == {"undone": True, "counts": shown}
    assert state(client) == before and knows(client, bearer) and isinstance(token(client), str)
    assert refusal(client.post("/undo-reset")) == (409, "nothing-to-undo", None)
    assert state(client) == before


def test_undo_brings_back_what_the_last_reset_replaced_not_an_earlier_one(client):
    fill(client)
    reset(client)
    client.create("rooms", ROOM)
    reset(client)
    client.post("/undo-reset")
    assert counts(client)["rooms"] == 1 and counts(client)["users"] == 0


def test_after_an_undo_ids_go_on_where_they_were(client):
    ids = [client.create("rooms", ROOM)["id"] for _ in range(3)]
    client.delete("/rooms/3")
    reset(client)
    client.post("/undo-reset")
    assert [*ids, client.create("rooms", ROOM)["id"]] == ["1", "2", "3", "4"]


def test_undo_in_a_new_namespace_is_409_and_makes_no_file(client, tmp_path):
    before = files_below(tmp_path)
    assert refusal(client.post("/undo-reset")) == (409, "nothing-to-undo", None)
    assert files_below(tmp_path) == before


def test_a_reset_that_fails_leaves_the_earlier_undo(client):
    fill(client)
    before = state(client)
    reset(client)
    client.post("/reset-db?seed=nothing")
    client.post("/import", {"data": [{"type": "rooms"}]})
    client.post("/undo-reset")
    assert state(client) == before


def test_answers_that_were_kept_for_a_key_are_forgotten_by_a_reset_and_back_after_undo(client):
    key = {"Idempotency_Key": "first"}
    client.post("/rooms", {"data": room("Lab 1")}, **key)
    reset(client)
    assert "Idempotency-Replayed" not in client.post("/rooms", {"data": room("Lab 1")}, **key).headers
    client.post("/undo-reset")
    assert client.post("/rooms", {"data": room("Lab 1")}, **key).headers["Idempotency-Replayed"] == "true"
    assert counts(client)["rooms"] == 1


def test_undo_with_the_key_of_an_earlier_undo_works_again_after_a_reset(client):
    key = {"Idempotency_Key": "undo"}
    for number in (1, 2):
        client.create("rooms", ROOM)
        reset(client)
        answer = client.post("/undo-reset", **key)
        assert (answer.status, counts(client)["rooms"]) == (200, number)


# --- snapshots ---------------------------------------------------------------------------------------
def test_a_snapshot_keeps_everything_and_is_listed(client):
    fill(client)
    shown = {type_: entry["count"] for type_, entry in client.get("").json["meta"]["types"].items()}
    taken = client.post("/snapshots?name=Before_the.exam-1")
    assert taken.status == 201
    snapshot = taken.json["meta"]["snapshot"]
    assert {**snapshot, "created-at": ""} == {"name": "Before_the.exam-1", "created-at": "", "counts": shown}
    assert abs(datetime.now(UTC) - datetime.fromisoformat(snapshot["created-at"])) < timedelta(minutes=1)
    client.post("/snapshots?name=a-later-one")
    listed = client.get("/snapshots").json["meta"]["snapshots"]
    assert [item["name"] for item in listed] == ["Before_the.exam-1", "a-later-one"] and listed[0] == snapshot


def test_a_snapshot_can_be_restored_any_number_of_times_also_after_a_reset(client):
    fill(client)
    before = state(client)
    client.post("/snapshots?name=start")
    for change in (
        reset,
        lambda client: client.delete("/modules/1"),
        lambda client: client.post("/reset-db?seed=demo"),
    ):
        change(client)
        answer = client.post("/snapshots/start/restore")
        meta = answer.json["meta"]
        assert (answer.status, meta["restored"], meta["counts"]["modules"]) == (200, "start", 1)
        assert state(client) == before


def test_a_restore_ends_tokens_and_forgets_kept_answers_as_a_reset_does(client):
    fill(client)
    bearer = token(client)
    client.post("/rooms", {"data": room("Lab 1")}, Idempotency_Key="first")
    client.post("/snapshots?name=start")
    client.post("/snapshots/start/restore")
    assert not knows(client, bearer)
    assert "Idempotency-Replayed" not in client.post("/rooms", {"data": room("Lab 1")}, Idempotency_Key="first").headers


def test_a_deleted_snapshot_is_gone_and_its_name_free(client):
    client.post("/snapshots?name=start")
    answer = client.delete("/snapshots/start")
    assert (answer.status, answer.body) == (204, b"")
    assert client.get("/snapshots").json["meta"] == {"snapshots": []}
    for method, path in (("DELETE", ""), ("POST", "/restore")):
        answer = client.request(method, f"/snapshots/start{path}")
        assert refusal(answer) == (404, "unknown-snapshot", None)
    assert client.post("/snapshots?name=start").status == 201


def test_an_unknown_snapshot_is_404_with_those_that_there_are(client):
    client.post("/snapshots?name=monday")
    error = client.post("/snapshots/munday/restore").errors[0]
    assert error["detail"] == "There is no snapshot 'munday'; did you mean 'monday'?"
    assert error["meta"] == {"suggestions": ["monday"], "allowed": ["monday"]}


def test_a_name_that_is_taken_is_409_and_the_snapshot_stays(client):
    client.post("/snapshots?name=start")
    client.create("rooms", ROOM)
    assert refusal(client.post("/snapshots?name=start")) == (409, "snapshot-taken", {"parameter": "name"})
    assert client.get("/snapshots").json["meta"]["snapshots"][0]["counts"]["rooms"] == 0


@pytest.mark.parametrize("query", ["", "?name=", "?name=-a", "?name=a%2Fb", f"?name={65 * 'a'}", "?name=a&name=b"])
def test_a_name_that_cannot_be_is_400_and_nothing_is_kept(client, tmp_path, query):
    before = files_below(tmp_path)
    assert refusal(client.post(f"/snapshots{query}")) == (400, "invalid-parameter", {"parameter": "name"})
    assert files_below(tmp_path) == before


def test_the_eleventh_snapshot_is_507_until_one_is_deleted(client):
    for number in range(MAX_SNAPSHOTS):
        assert client.post(f"/snapshots?name=s{number}").status == 201
    answer = client.post("/snapshots?name=more")
    assert refusal(answer) == (507, "quota-exceeded", None)
    assert answer.errors[0]["meta"] == {"limit": "snapshots", "maximum": 10}
    client.delete("/snapshots/s3")
    assert client.post("/snapshots?name=more").status == 201


def test_a_dry_run_of_a_snapshot_keeps_none(client):
    answer = client.post("/snapshots?name=start&dryRun=true")
    assert (answer.status, answer.json["meta"]["dryRun"]) == (200, True)
    assert client.get("/snapshots").json["meta"]["snapshots"] == []


def test_snapshots_of_a_new_namespace_are_none_and_reading_them_makes_no_file(client, tmp_path):
    before = files_below(tmp_path)
    assert client.get("/snapshots").json["meta"] == {"snapshots": []}
    assert client.delete("/snapshots/a").status == 404
    assert files_below(tmp_path) == before


def test_undo_and_snapshots_of_one_namespace_are_not_seen_in_another(app):
    first, second = (Client(in_process(app), id_) for id_ in ("s1", "s2"))
    for client in (first, second):
        client.create("rooms", ROOM)
    first.post("/snapshots?name=start")
    reset(first)
    assert second.get("/snapshots").json["meta"]["snapshots"] == []
    assert second.post("/snapshots/start/restore").status == 404
    assert second.post("/undo-reset").status == 409
    assert counts(second)["rooms"] == 1


@pytest.mark.parametrize(
    "path, allow",
    [
        ("/undo-reset", "POST, OPTIONS"),
        ("/snapshots", "GET, HEAD, POST, OPTIONS"),
        ("/snapshots/a", "DELETE, OPTIONS"),
        ("/snapshots/a/restore", "POST, OPTIONS"),
        ("/export", "GET, HEAD, OPTIONS"),
        ("/import", "POST, OPTIONS"),
    ],
)
def test_other_methods_are_405_with_allow(client, path, allow):
    for method in ("PUT", "PATCH"):
        answer = client.request(method, path)
        assert (answer.status, answer.headers["Allow"], answer.errors[0]["code"]) == (405, allow, "method-not-allowed")
    assert client.request("OPTIONS", path).headers["Allow"] == allow


@pytest.mark.parametrize("path", ["/snapshots/a/restore/b", "/snapshots//restore", "/undo-reset/x", "/export/rooms"])
def test_there_is_nothing_below_them(client, path):
    assert client.request("POST", path).status == 404


@pytest.mark.parametrize("method, path", [("POST", "/undo-reset"), ("GET", "/snapshots"), ("GET", "/export")])
def test_a_parameter_that_is_not_known_is_refused(client, method, path):
    assert refusal(client.request(method, f"{path}?seed=1")) == (400, "unknown-parameter", {"parameter": "seed"})
