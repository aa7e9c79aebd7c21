"""Errors: processing errors, error objects (contract: Errors)."""

import re

import pytest

from jsonapi_course import errors
from jsonapi_course.engine import reader

from ..client import MEDIA_TYPE
from .answers import at, refusal, send

BAD_ARTICLE = {
    "type": "articles",
    "attributes": {"title": "x", "word-count": -1, "state": "drafd", "written": "soon"},
    "relationships": {"author": {"data": {"type": "people", "id": "99"}}},
}
FIVE = [
    "too-short pointer=/data/attributes/title",
    "invalid-date pointer=/data/attributes/written",
    "out-of-range pointer=/data/attributes/word-count",
    "not-in-list pointer=/data/attributes/state",
    "unknown-resource pointer=/data/relationships/author",
]


# --- several at once --------------------------------------------------------------------------------
def test_all_faults_of_a_document_are_told_at_once(shelf):
    """Processing Errors: a server MAY go on; contract: all of them, the status is that of the first."""
    status, found = refusal(shelf.post("/articles", {"data": BAD_ARTICLE}))
    assert (status, sorted(found)) == (422, sorted(FIVE))


def test_a_400_among_several_faults_makes_the_answer_a_400(shelf):
    """Processing Errors: the most generally applicable status SHOULD be used."""
    data = {**BAD_ARTICLE, "relationships": {"author": {"data": 5}}}
    status, found = refusal(shelf.post("/articles?include=autor", {"data": data}))
    expected = [*FIVE[:4], "invalid-linkage pointer=/data/relationships/author", "unknown-field parameter=include"]
    assert (status, sorted(found)) == (400, sorted(expected))


def test_faults_of_several_statuses_each_keep_their_own(shelf):
    data = {**BAD_ARTICLE, "type": "article", "id": "1"}
    answer = shelf.post("/articles", {"data": data})
    assert {error["status"] for error in answer.errors} == {"409", "422", "404"}
    assert answer.errors[0]["code"] == "type-conflict"
    assert answer.status == 409


def test_faults_of_the_query_come_with_those_of_a_body_that_is_not_json(shelf):
    answer = send(shelf, "POST", "/articles?include=autor", text=b"{")
    assert refusal(answer) == (400, ["unknown-field parameter=include", "malformed-json"])


# --- error objects ----------------------------------------------------------------------------------
def test_an_error_object_as_a_whole(shelf):
    """Error Objects: an array keyed by errors; status is a string; contract: each of its members."""
    answer = shelf.get("/articles?sort=titel")
    assert (answer.status, answer.headers["Content-Type"]) == (400, MEDIA_TYPE)
    (error,) = answer.errors
    assert error == {
        "id": answer.headers["X-Request-Id"],
        "status": "400",
        "code": "unknown-field",
        "title": "The query names a field that the type does not have",
        "detail": "'articles' has no attribute 'titel'; did you mean 'title'?",
        "source": {"parameter": "sort"},
        "links": {"about": "http://localhost/docs/errors#unknown-field"},
        "meta": {
            "suggestions": error["meta"]["suggestions"],
            "allowed": ["id", "title", "body", "written", "word-count", "state"],
        },
    }
    assert error["meta"]["suggestions"][0] == "title"


@pytest.mark.parametrize(
    ("data", "pointer", "member"),
    [
        ({"type": "comments"}, "/data", {"text", "article"}),
        ({"type": "comments", "attributes": {}}, "/data/attributes", {"text"}),
        ({"type": "comments", "relationships": {}}, "/data/relationships", {"article"}),
        ({"attributes": {"text": "x"}}, "/data", {"type"}),
    ],
)
def test_a_missing_member_is_reported_at_the_nearest_object_that_is_there(shelf, data, pointer, member):
    """Error Objects: a pointer MUST point to a value that exists; contract, Which status: meta.member names it."""
    answer = shelf.post("/comments", {"data": data})
    found = {error["meta"]["member"] for error in answer.errors if error.get("source") == {"pointer": pointer}}
    assert found >= member
    for error in answer.errors:
        at(error["source"]["pointer"], {"data": data})


@pytest.mark.parametrize(
    ("name", "value", "pointer"),
    [
        ("a/b", 1, "/data/attributes/a~1b"),
        ("m~n", 1, "/data/attributes/m~0n"),
        ("", 1, "/data/attributes/"),
        ("é b", 1, "/data/attributes/é b"),
        ('"', 1, '/data/attributes/"'),
    ],
)
def test_pointers_escape_what_json_pointers_must(toys, name, value, pointer):
    """Error Objects: RFC 6901."""
    body = {"data": {"type": "articles", "attributes": {"title": "New", name: value}}}
    answer = toys.post("/articles", body, prefer="handling=strict")
    assert refusal(answer) == (422, [f"unknown-member pointer={pointer}"])
    assert at(pointer, body) == value


CODES = [row.code for row in errors.catalogue()]


def test_codes_are_kebab_case_and_each_is_one_row():
    assert [code for code in CODES if not re.fullmatch(r"[a-z]+(-[a-z]+)*", code)] == []
    assert len(CODES) == len(set(CODES))


def test_the_about_link_of_every_code_leads_to_its_section(app):
    """Error Objects: about SHOULD give a human-readable description."""
    page = app.test_client().get("/docs/errors")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert [code for code in CODES if f'id="{code}"' not in page.text] == []


# --- did you mean -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "attributes", "suggestion"),
    [
        ("GET", "/article", None, "articles"),
        ("GET", "/Peoples", None, "people"),
        ("GET", "/articles/1/autor", None, "author"),
        ("GET", "/people/1/bestFriend", None, "best-friend"),
        ("GET", "/people/1/relationships/best_friend", None, "best-friend"),
        ("GET", "/articles?include=coments.author", None, "comments"),
        ("GET", "/articles?fields[articles]=word_count", None, "word-count"),
        ("GET", "/articles?sort=-titel", None, "title"),
        ("GET", "/articles?filter[titel]=x", None, "title"),
        ("GET", "/articles?page[sise]=1", None, "page[size]"),
        ("GET", "/articles?inclde=author", None, "include"),
        ("POST", "/articles", {"title": "New", "state": "publishd"}, "published"),
        ("POST", "/articles", {"title": "New", "wordCount": 1}, "word-count"),
        ("POST", "/reset_db", None, "reset-db"),
    ],
)
def test_names_near_a_known_one_are_suggested(shelf, method, path, attributes, suggestion):
    """Contract, Errors: types, fields, relationships, paths, parameters and enumeration values."""
    document = attributes and {"data": {"type": "articles", "attributes": attributes}}
    answer = send(shelf, method, path, document, Prefer="handling=strict")
    (error,) = answer.errors
    assert error["meta"]["suggestions"][0].startswith(suggestion)
    assert f"did you mean '{suggestion}" in error["detail"]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/nothing", ["articles", "people", "comments", "tags", "accounts"]),
        ("/articles/1/nothing", ["author", "comments", "tags"]),
        ("/articles?include=nothing", ["author", "comments", "tags"]),
        ("/articles?filter[title][xx]=1", ["eq", "ne", "in", "lt", "le", "gt", "ge", "like"]),
        ("/articles?filter[author][lt]=1", ["eq", "ne", "in"]),
    ],
)
def test_what_is_possible_is_listed(shelf, path, allowed):
    (error,) = shelf.get(path).errors
    assert error["meta"]["allowed"] == allowed


# --- every error is a document ----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/api/s1/nothing", (404, ["unknown-type"])),
        ("/api/s1/articles/1/2/3/4", (404, ["unknown-path"])),
        ("/api/..", (404, ["invalid-namespace"])),
        ("/api/-x/articles", (404, ["invalid-namespace"])),
        ("/api/" + "x" * 65, (404, ["invalid-namespace"])),
        ("/api/YOUR_ID/articles", (404, ["invalid-namespace"])),
        ("/api/", (404, ["unknown-path"])),
        ("/api", (404, ["unknown-path"])),
    ],
)
def test_unknown_paths_below_api_are_error_documents(shelf, path, found):
    """Contract, Errors: every error below /api on this face."""
    status, headers, body = shelf._send("GET", path, {}, None)
    answer = type(shelf.get("/tags"))(status, headers, body)
    assert refusal(answer) == found


@pytest.mark.parametrize("prefer", ["handling=lenient", "handling=strict"])
def test_a_fault_of_the_service_is_an_error_document_without_its_inside(shelf, monkeypatch, caplog, prefer):
    """Contract, Errors: 5xx included; no stack trace, SQL or path ever."""

    def fail(*_):
        raise RuntimeError("SELECT secret FROM /srv/secret.py")

    monkeypatch.setattr(reader, "find_many", fail)
    answer = shelf.get("/articles", prefer=prefer)
    assert refusal(answer) == (500, ["internal-error"])
    assert b"secret" not in answer.body
    assert b"Traceback" not in answer.body
    assert "SELECT secret FROM" in caplog.text


@pytest.mark.parametrize(
    "path",
    ["/articles/1", "/articles?sort=x", "/articles/' OR 1=1", "/articles?filter[title]=%27%22%3B--", "/articles/%00"],
)
def test_no_answer_shows_sql_or_a_path_of_the_machine(shelf, path):
    text = shelf.get(path.replace(" ", "%20")).body.decode()
    assert not re.search(r"SELECT|toy_|sqlite|Traceback|\.py\b", text)
