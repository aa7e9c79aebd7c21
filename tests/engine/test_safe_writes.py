"""Safe writes beyond HTTP's own (contract: Safe writes): Idempotency-Key, dryRun, If-Match with both and with queries."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from jsonapi_course import create_app
from jsonapi_course.engine import clock, passwords

from ..client import MEDIA_TYPE, Client, identifiers, in_process
from ..namespaces.files import files_below
from ..specification.answers import refusal, warnings
from ..toys import load_toys

EXT = 'ext="https://jsonapi.org/ext/atomic"'
EMPTY = {"articles": 0, "people": 0, "comments": 0, "tags": 0, "accounts": 0}


def fill(toys):
    """Article 1 by person 1 with tag 1 and comment 1; person 2 and tag 2 beside it."""
    for name in ("Ada", "Ben"):
        toys.create("people", {"name": name})
    for label in ("sql", "http"):
        toys.create("tags", {"label": label})
    toys.create("articles", {"title": "On engines"}, author=("people", "1"), tags=[("tags", "1")])
    toys.create("comments", {"text": "First"}, article=("articles", "1"))
    return toys


@pytest.fixture
def desk(toys):
    """A filled namespace of the test's own."""
    return fill(toys)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """A filled namespace that the tests share: nothing is ever written to it."""
    return fill(Client(in_process(create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("shelf"))}, load_toys))))


def send(client, method, path, document=None, **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if path.startswith("/operations"):
        headers["Content-Type"] = f"{MEDIA_TYPE};{EXT}"
    return client.request(method, path, document, headers)


def resource(type_, id_=None, linkage=None, **attributes):
    data = {"type": type_, "attributes": attributes} | ({"id": id_} if id_ else {})
    if linkage:
        data["relationships"] = {name: {"data": identifiers(value)} for name, value in linkage.items()}
    return {"data": data}


def operations(*items):
    return {"atomic:operations": list(items)}


def state(client):
    return [client.get(f"/{type_}").data for type_ in EMPTY]


NEW_TAG = resource("tags", label="new")
TAGS = "/articles/1/relationships/tags"
COMMENT = resource("comments", text="Second", linkage={"article": ("articles", "2")})

WRITES = [
    ("POST", "/tags", NEW_TAG),
    ("POST", "/articles?include=author", resource("articles", title="New", linkage={"author": ("people", "2")})),
    ("PATCH", "/articles/1", resource("articles", "1", title="Changed")),
    ("PATCH", "/articles/1?include=tags&fields[tags]=label", resource("articles", "1", linkage={"tags": []})),
    ("DELETE", "/articles/1", None),
    ("PATCH", "/articles/1/relationships/author", {"data": None}),
    ("PATCH", TAGS, {"data": identifiers([("tags", "2")])}),
    ("POST", TAGS, {"data": identifiers([("tags", "2")])}),
    ("DELETE", TAGS, {"data": identifiers([("tags", "1")])}),
    ("POST", "/operations", operations({"op": "remove", "href": "/tags/1"}, {"op": "add", **NEW_TAG})),
    ("POST", "/reset-db", None),
]


def dry(path, value="true"):
    return f"{path}{'&' if '?' in path else '?'}dryRun={value}"


# --- dryRun -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path", "document"), WRITES)
def test_a_dry_run_shows_what_would_have_been_and_keeps_nothing(desk, method, path, document):
    before = state(desk)
    tried = send(desk, method, dry(path), document)
    assert (tried.status, state(desk)) == (200, before)
    assert "Location" not in tried.headers and "ETag" not in tried.headers
    real = send(desk, method, path, document)
    assert state(desk) != before
    expected = real.json if real.body else {"jsonapi": {"version": "1.1"}, "links": dict(tried.json["links"])}
    expected["links"]["self"] = f"http://localhost/api/s1{dry(path).replace('[', '%5B').replace(']', '%5D')}"
    expected["meta"] = {**expected.get("meta", {}), "dryRun": True}
    assert tried.json == expected


def test_a_dry_run_gives_no_id_away(desk):
    assert send(desk, "POST", dry("/tags"), NEW_TAG).data["id"] == "3"
    assert send(desk, "POST", "/tags", NEW_TAG).data["id"] == "3"


def test_a_dry_run_warns_as_the_write_would(desk):
    document = resource("tags", label="new", colour="red")
    assert warnings(send(desk, "POST", dry("/tags"), document)) == warnings(send(desk, "POST", "/tags", document))


def without_ids(errors):
    """Error objects without the id of their request."""
    return [{**error, "id": ...} for error in errors]


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "/tags", resource("tags")),
        ("POST", "/tags", {"data": []}),
        ("POST", "/tags", resource("tags", "1", label="new")),
        ("POST", "/tags", resource("people", name="Cy")),
        ("POST", "/comments", COMMENT),
        ("POST", "/tags?sort=label", resource("tags")),
        ("PATCH", "/articles/1", resource("articles", "1", **{"word-count": -1})),
        ("PATCH", "/articles/9", resource("articles", "9")),
        ("DELETE", "/articles/9", None),
        ("PATCH", "/comments/1/relationships/article", {"data": None}),
        ("DELETE", "/articles/1/relationships/comments", {"data": identifiers([("comments", "1")])}),
        ("POST", "/people/1/relationships/comments", {"data": []}),
        ("POST", "/operations", operations({"op": "add", **NEW_TAG}, {"op": "remove", "href": "/tags/9"})),
        ("POST", "/operations", operations({"op": "increase"})),
        ("POST", "/reset-db?seed", None),
        ("PUT", "/articles/1", resource("articles", "1")),
    ],
)
def test_a_dry_run_reports_the_faults_of_the_write(shelf, method, path, document):
    before = state(shelf)
    tried, real = send(shelf, method, dry(path), document), send(shelf, method, path, document)
    assert tried.status >= 400
    assert (tried.status, without_ids(tried.errors)) == (real.status, without_ids(real.errors))
    assert state(shelf) == before


@pytest.mark.parametrize(
    ("method", "path", "document", "status"),
    [
        ("POST", "/tags", NEW_TAG, 200),
        ("POST", "/reset-db", None, 200),
        ("POST", "/operations", operations({"op": "add", **NEW_TAG}), 200),
        ("PATCH", "/tags/1", resource("tags", "1"), 404),
        ("DELETE", "/tags/1", None, 404),
        ("POST", TAGS, {"data": []}, 404),
        ("POST", "/comments", COMMENT, 404),
    ],
)
def test_a_dry_run_in_a_new_namespace_leaves_nothing_on_the_disk(make_app, tmp_path, method, path, document, status):
    client = Client(in_process(make_app(load_toys)))
    before = files_below(tmp_path)
    assert send(client, method, dry(path), document).status == status
    assert files_below(tmp_path) == before
    assert state(client) == [[], [], [], [], []]


@pytest.mark.parametrize(
    "query", ["dryRun=maybe", "dryRun=", "dryRun", "dryRun=TRUE", "dryRun=1", "dryRun=true&dryRun=true"]
)
@pytest.mark.parametrize(("method", "path", "document"), WRITES)
def test_dry_run_is_true_or_false_and_given_once(shelf, method, path, document, query):
    before = state(shelf)
    answer = send(shelf, method, f"{path}{'&' if '?' in path else '?'}{query}", document)
    assert refusal(answer) == (400, ["invalid-parameter parameter=dryRun"])
    assert state(shelf) == before


def test_a_wrong_dry_run_is_reported_with_the_other_faults(shelf):
    answer = send(shelf, "POST", "/tags?dryRun=maybe&sort=label", resource("tags"))
    places = ["parameter=dryRun", "parameter=sort", "pointer=/data/attributes"]
    assert answer.status == 400
    assert [place.split()[1] for place in refusal(answer)[1]] == places


@pytest.mark.parametrize(("method", "path", "document"), WRITES)
def test_a_dry_run_that_is_false_is_a_write(desk, method, path, document):
    before = state(desk)
    answer = send(desk, method, dry(path, "false"), document)
    assert answer.status in (200, 201, 204)
    assert state(desk) != before
    assert b'dryRun":' not in answer.body
    # it would be that of a GET with the same query, which there is not
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", ["", "/tags", "/tags/1", "/articles/1/author", "/articles/1/tags", TAGS])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_only_reads_has_no_dry_run(shelf, method, path):
    for value in ("true", "false"):
        answer = send(shelf, method, dry(path, value))
        assert answer.status == 400
        if method == "GET":
            assert refusal(answer) == (400, ["unknown-parameter parameter=dryRun"])


# --- Idempotency-Key --------------------------------------------------------------------------------
KEYED = [write for write in WRITES if write[0] == "POST"]


def told(answer):
    """What of an answer must be the same the next time."""
    kept = ("Content-Type", "Location", "ETag", "Vary")
    return answer.status, answer.body, {name: answer.headers.get(name) for name in kept}


@pytest.mark.parametrize(("method", "path", "document"), KEYED)
def test_the_same_key_with_the_same_request_gives_the_stored_answer_and_writes_nothing(desk, method, path, document):
    first = send(desk, method, path, document, Idempotency_Key="k1")
    assert first.status in (200, 201)
    assert "Idempotency-Replayed" not in first.headers
    # what the request made is undone by others; a replay must not make it again
    assert desk.patch("/people/2", resource("people", "2", name="Changed")).status in (200, 404)
    assert desk.patch(TAGS, {"data": []}).status in (200, 404)
    after = state(desk)
    again = send(desk, method, path, document, Idempotency_Key="k1")
    assert told(again) == told(first)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert state(desk) == after


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/tags", resource("tags", label="other")),
        ("/tags?fields[tags]=label", NEW_TAG),
        ("/people", NEW_TAG | {"meta": 1}),
        ("/people", resource("people", name="new")),
        (TAGS, {"data": []}),
        ("/operations", operations({"op": "add", **NEW_TAG})),
        ("/reset-db", None),
    ],
)
def test_the_same_key_with_another_body_or_url_is_409(desk, path, document):
    assert send(desk, "POST", "/tags", NEW_TAG, Idempotency_Key="k1").status == 201
    before = state(desk)
    answer = send(desk, "POST", path, document, Idempotency_Key="k1")
    if document and "meta" in document:  # what is wrong with the request itself comes first
        assert refusal(answer)[1][0] == "type-conflict pointer=/data/type"
    else:
        assert refusal(answer) == (409, ["idempotency-conflict header=Idempotency-Key"])
    assert state(desk) == before


def test_keys_differ_by_case_and_belong_to_their_namespace(toys, app):
    other = Client(toys._send, "s2")
    for client, key, id_ in ((toys, "k1", "1"), (toys, "K1", "2"), (other, "k1", "1")):
        answer = send(client, "POST", "/tags", NEW_TAG, Idempotency_Key=key)
        assert (answer.status, answer.data["id"], "Idempotency-Replayed" in answer.headers) == (201, id_, False)


def test_only_success_is_stored(desk):
    """A request that failed may be repeated with its key once what was wrong is mended."""
    assert refusal(send(desk, "POST", "/comments", COMMENT, Idempotency_Key="k1")) == (
        404,
        ["unknown-resource pointer=/data/relationships/article"],
    )
    assert send(desk, "POST", "/comments", resource("comments"), Idempotency_Key="k1").status == 422
    desk.create("articles", {"title": "Second"})
    answer = send(desk, "POST", "/comments", COMMENT, Idempotency_Key="k1")
    assert (answer.status, "Idempotency-Replayed" in answer.headers) == (201, False)


@pytest.mark.parametrize(
    ("method", "path", "document"), [write for write in WRITES if write[0] != "POST" and write[1] != "/articles/1"]
)
def test_what_can_be_repeated_anyway_has_no_use_for_a_key(desk, method, path, document):
    for key in ("k1", "k1", "not a key"):
        answer = send(desk, method, path, document, Idempotency_Key=key)
        assert (answer.status, "Idempotency-Replayed" in answer.headers) == (200, False)


def test_reset_db_forgets_the_keys(desk):
    assert send(desk, "POST", "/tags", NEW_TAG, Idempotency_Key="k1").data["id"] == "3"
    assert desk.post("/reset-db").status == 200
    answer = send(desk, "POST", "/tags", NEW_TAG, Idempotency_Key="k1")
    assert (answer.status, answer.data["id"], "Idempotency-Replayed" in answer.headers) == (201, "1", False)


def test_a_reset_that_is_repeated_with_its_key_does_not_reset_again(desk):
    first = send(desk, "POST", "/reset-db", Idempotency_Key="k1")
    assert first.json["meta"] == {"reset": True, "seed": None, "counts": EMPTY}
    made = desk.create("tags", {"label": "after"})
    assert told(send(desk, "POST", "/reset-db", Idempotency_Key="k1")) == told(first)
    assert desk.get("/tags").data == [made]


@pytest.mark.parametrize(("age", "replayed"), [(timedelta(hours=24, seconds=-1), True), (timedelta(hours=24), False)])
def test_a_key_is_known_for_24_hours(toys, monkeypatch, age, replayed):
    then = datetime(2026, 1, 31, 12, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: then)
    assert send(toys, "POST", "/tags", NEW_TAG, Idempotency_Key="k1").status == 201
    monkeypatch.setattr(clock, "now", lambda: then + age)
    again = send(toys, "POST", "/tags", NEW_TAG, Idempotency_Key="k1")
    assert (again.status, "Idempotency-Replayed" in again.headers) == (201, replayed)
    assert len(toys.get("/tags").data) == (1 if replayed else 2)


def stored_keys(folder):
    (path,) = folder.rglob("s1.sqlite3")
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT key, fingerprint FROM idempotency_keys ORDER BY key").fetchall()
    finally:
        connection.close()


def test_old_keys_are_deleted_when_the_next_is_stored(toys, tmp_path, monkeypatch):
    then = datetime(2026, 1, 31, 12, tzinfo=UTC)
    for hours, key in ((0, "a"), (1, "b"), (24.5, "c")):
        now = then + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda now=now: now)
        assert send(toys, "POST", "/tags", NEW_TAG, Idempotency_Key=key).status == 201
    assert [key for key, _ in stored_keys(tmp_path)] == ["b", "c"]


def test_what_is_stored_of_a_request_is_no_quick_way_to_guess_its_password(toys, tmp_path, monkeypatch):
    """A plain SHA-256 of the body could be tried a billion times a second; argon2id costs 17 ms each time."""
    digests, digest = [], passwords.digest
    monkeypatch.setattr(passwords, "digest", lambda *args: digests.append(digest(*args)) or digests[-1])
    account = resource("accounts", email="ada@example.org", password="secret")
    for key in ("k1", "k1", "k2"):
        send(toys, "POST", "/accounts", account, Idempotency_Key=key)
    assert stored_keys(tmp_path) == [("k1", digests[0])]
    assert digests[0] == digests[1] != digests[2]


def test_a_dry_run_neither_stores_nor_replays(desk):
    assert send(desk, "POST", dry("/tags"), NEW_TAG, Idempotency_Key="k1").status == 200
    first = send(desk, "POST", "/tags", NEW_TAG, Idempotency_Key="k1")
    assert (first.status, "Idempotency-Replayed" in first.headers) == (201, False)
    tried = send(desk, "POST", dry("/tags"), NEW_TAG, Idempotency_Key="k1")
    assert (tried.status, tried.data["id"], "Idempotency-Replayed" in tried.headers) == (200, "4", False)
    assert send(desk, "POST", dry("/tags", "false"), NEW_TAG, Idempotency_Key="k1").headers["Idempotency-Replayed"]


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "ünï", "tab\there"])
@pytest.mark.parametrize(("method", "path", "document"), KEYED)
def test_a_key_that_is_none_is_refused(shelf, method, path, document, key):
    before = state(shelf)
    answer = send(shelf, method, path, document, Idempotency_Key=key)
    assert refusal(answer) == (400, ["invalid-header header=Idempotency-Key"])
    assert state(shelf) == before


@pytest.mark.parametrize("key", ["1", "x" * 255, '"8e03978e-40d5-43dd-bc93-6894a57f9324"', "!~'%00;--"])
def test_a_key_is_any_visible_ascii(toys, key):
    for replayed in (False, True):
        answer = send(toys, "POST", "/tags", NEW_TAG, Idempotency_Key=key)
        assert (answer.status, "Idempotency-Replayed" in answer.headers) == (201, replayed)


@pytest.mark.parametrize("where", ["threads of a process", "processes"])
def test_of_requests_with_one_key_at_once_one_writes(request, where):
    """The answer is stored in the transaction of the write: nobody gets between them."""
    if where == "processes":
        client = request.getfixturevalue("server").client()
        path, document = "/rooms", resource("rooms", name="Room 1", address="Street 1")
    else:
        client, path, document = request.getfixturevalue("toys"), "/tags", NEW_TAG
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: send(client, "POST", path, document, Idempotency_Key="k1"), range(24)))
    assert [told(answer) for answer in answers] == [told(answers[0])] * 24
    assert answers[0].status == 201
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 23
    assert [item["id"] for item in client.get(path).data] == ["1"]


# --- If-Match ---------------------------------------------------------------------------------------
CONDITIONAL = [write for write in WRITES if write[1].startswith("/articles/1")]


@pytest.mark.parametrize(("method", "path", "document"), CONDITIONAL)
def test_if_match_holds_in_a_dry_run_too(desk, method, path, document):
    etag = desk.get(path).headers["ETag"]
    for query in (dry(path), dry(path).replace("dryRun", "dry%52un")):
        assert send(desk, method, query, document, If_Match=etag).status == 200
        stale = send(desk, method, query, document, If_Match='"stale"')
        assert refusal(stale) == (412, ["precondition-failed header=If-Match"])
    assert send(desk, method, path, document, If_Match=etag).status in (200, 204)
    gone = send(desk, method, dry(path), document, If_Match=etag)
    assert gone.status == (404 if method == "DELETE" and "relationships" not in path else 412)


@pytest.mark.parametrize(
    "query", ["?include=author", "?include=tags,comments&fields[tags]=label", "?fields[articles]=title", "?include="]
)
def test_an_etag_is_that_of_a_url_with_its_query(desk, query):
    """Two representations of one resource have two ETags; the answer to a PATCH has the one of its own URL."""
    document = resource("articles", "1", title="Changed")
    read = desk.get(f"/articles/1{query}")
    assert read.headers["ETag"] != desk.get("/articles/1").headers["ETag"]
    answer = desk.patch(f"/articles/1{query}", document, if_match=read.headers["ETag"])
    assert answer.status == 200
    assert answer.headers["ETag"] == desk.get(f"/articles/1{query}").headers["ETag"] != read.headers["ETag"]
    assert desk.patch(f"/articles/1{query}", document, if_match=read.headers["ETag"]).status == 412


def test_what_is_included_counts_for_if_match(desk):
    """Whoever read the author too is told that it has changed since."""
    etag = desk.get("/articles/1?include=author").headers["ETag"]
    assert desk.patch("/people/1", resource("people", "1", name="Changed")).status == 200
    answer = desk.patch("/articles/1?include=author", resource("articles", "1", title="Mine"), if_match=etag)
    assert refusal(answer) == (412, ["precondition-failed header=If-Match"])


def test_a_write_with_warnings_matches_the_etag_that_was_read_without(desk):
    etag = desk.get("/articles/1").headers["ETag"]
    document = resource("articles", "1", title="Changed", colour="red")
    answer = desk.patch("/articles/1", document, if_match=etag)
    assert (answer.status, warnings(answer)) == (200, ["unknown-member pointer=/data/attributes/colour"])
    assert "ETag" not in answer.headers  # that of this document is not what a GET shows
