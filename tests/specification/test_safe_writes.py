"""HTTP semantics (contract: Safe writes): ETag, If-None-Match, If-Match, HEAD, OPTIONS, 405."""

import re

import pytest

from .answers import refusal, send

READABLE = [
    "",
    "/articles",
    "/articles?include=author&page[size]=1",
    "/articles/1",
    "/articles/1/author",
    "/articles/x-1/author",
    "/articles/1/tags",
    "/articles/1/relationships/author",
    "/articles/1/relationships/tags",
]
RETITLED = {"data": {"type": "articles", "id": "1", "attributes": {"title": "Changed"}}}


# --- ETag and If-None-Match -------------------------------------------------------------------------
@pytest.mark.parametrize("path", READABLE)
def test_every_get_has_a_strong_etag_and_is_not_cached_unasked(shelf, path):
    first, second = shelf.get(path), shelf.get(path)
    assert re.fullmatch(r'"[0-9a-f]+"', first.headers["ETag"])
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("header", ["{}", 'W/{}, "other"', '"other", {}', "*", ' "other" ,W/{}'])
@pytest.mark.parametrize("path", READABLE)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match_with_the_current_etag_is_304_without_a_body(shelf, method, path, header):
    """RFC 9110: compared weakly; ETag, Vary and Cache-Control come along."""
    etag = shelf.get(path).headers["ETag"]
    answer = send(shelf, method, path, If_None_Match=header.format(etag))
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", etag)
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("header", ['"other"', "", "nonsense", 'W/"other"'])
def test_if_none_match_with_another_etag_is_200(shelf, header):
    assert shelf.get("/articles/1", if_none_match=header).status == 200


@pytest.mark.parametrize("path", ["/articles", "/articles/1", "/people/1/articles", "/comments/1/article"])
def test_a_change_changes_the_etags_of_what_shows_it(desk, path):
    before = desk.get(path).headers["ETag"]
    desk.patch("/articles/1", RETITLED)
    after = desk.get(path, if_none_match=before)
    assert after.status == 200
    assert after.headers["ETag"] != before


# --- If-Match ---------------------------------------------------------------------------------------
WRITES = [
    ("PATCH", "/articles/1", RETITLED),
    ("DELETE", "/articles/1", None),
    ("PATCH", "/articles/1/relationships/author", {"data": None}),
    ("PATCH", "/articles/1/relationships/tags", {"data": []}),
    ("POST", "/articles/1/relationships/tags", {"data": [{"type": "tags", "id": "3"}]}),
    ("DELETE", "/articles/1/relationships/tags", {"data": [{"type": "tags", "id": "1"}]}),
]


@pytest.mark.parametrize(("method", "path", "document"), WRITES)
@pytest.mark.parametrize("header", ["{}", '"other", {}', "*"])
def test_if_match_with_the_current_etag_lets_the_write_through(desk, method, path, document, header):
    etag = desk.get(path).headers["ETag"]
    answer = send(desk, method, path, document, If_Match=header.format(etag))
    assert answer.status == (204 if (method, path) == ("DELETE", "/articles/1") else 200)


@pytest.mark.parametrize(("method", "path", "document"), WRITES)
@pytest.mark.parametrize("header", ['"other"', "W/{}", "nonsense", '"a", "b"', ""])
def test_if_match_with_another_etag_is_412_and_nothing_is_written(desk, method, path, document, header):
    """RFC 9110: compared strongly, so that a weak one never matches."""
    before = desk.get("/articles/1").data
    answer = send(desk, method, path, document, If_Match=header.format(desk.get(path).headers["ETag"]))
    assert refusal(answer) == (412, ["precondition-failed header=If-Match"])
    assert desk.get("/articles/1").data == before


def test_of_two_who_read_the_same_the_second_to_write_is_told(desk):
    """The lost update."""
    etag = desk.get("/articles/1").headers["ETag"]
    mine = {"data": {"type": "articles", "id": "1", "attributes": {"title": "Mine"}}}
    assert desk.patch("/articles/1", RETITLED, if_match=etag).status == 200
    assert refusal(desk.patch("/articles/1", mine, if_match=etag)) == (412, ["precondition-failed header=If-Match"])
    assert desk.get("/articles/1").data["attributes"]["title"] == "Changed"


def test_the_answer_to_a_write_has_the_etag_for_the_next_one(desk):
    answer = desk.patch("/articles/1", RETITLED)
    assert answer.headers["ETag"] == desk.get("/articles/1").headers["ETag"]
    mine = {"data": {"type": "articles", "id": "1", "attributes": {"title": "Mine"}}}
    assert desk.patch("/articles/1", mine, if_match=answer.headers["ETag"]).status == 200


@pytest.mark.parametrize(("method", "path", "document"), [write for write in WRITES if "relationships" in write[1]])
def test_the_answer_to_a_relationship_write_has_the_etag_of_the_relationship(desk, method, path, document):
    answer = send(desk, method, path, document)
    assert answer.headers["ETag"] == desk.get(path).headers["ETag"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_if_match_on_what_does_not_exist_is_404(shelf, method):
    document = {"data": {"type": "articles", "id": "99"}} if method == "PATCH" else None
    answer = send(shelf, method, "/articles/99", document, If_Match="*")
    assert refusal(answer) == (404, ["unknown-resource"])


# --- HEAD, OPTIONS, 405 -----------------------------------------------------------------------------
@pytest.mark.parametrize("path", [*READABLE, "/articles/99", "/nothing", "/articles?nothing=1"])
def test_head_is_get_without_the_body(shelf, path):
    get, head = shelf.request("GET", path), shelf.request("HEAD", path)
    assert (head.status, head.body) == (get.status, b"")
    assert {**head.headers, "X-Request-Id": ...} == {**get.headers, "X-Request-Id": ...}


ALLOW = [
    ("", "GET, HEAD, OPTIONS"),
    ("/articles", "GET, HEAD, POST, OPTIONS"),
    ("/articles/1", "GET, HEAD, PATCH, DELETE, OPTIONS"),
    ("/articles/99", "GET, HEAD, PATCH, DELETE, OPTIONS"),
    ("/articles/1/author", "GET, HEAD, OPTIONS"),
    ("/articles/1/tags", "GET, HEAD, OPTIONS"),
    ("/articles/1/relationships/author", "GET, HEAD, PATCH, POST, DELETE, OPTIONS"),
    ("/articles/1/relationships/tags", "GET, HEAD, PATCH, POST, DELETE, OPTIONS"),
    ("/articles/", "GET, HEAD, POST, OPTIONS"),
    ("/operations", "POST, OPTIONS"),
    ("/reset-db", "POST, OPTIONS"),
]


@pytest.mark.parametrize(("path", "allow"), ALLOW)
def test_options_tells_what_is_allowed(shelf, path, allow):
    answer = shelf.request("OPTIONS", path)
    assert (answer.status, answer.body, answer.headers["Allow"]) == (204, b"", allow)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        (method, path, allow)
        for path, allow in ALLOW
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE")
        if method not in allow.split(", ")
    ],
)
def test_any_other_method_is_405_and_tells_what_is_allowed(shelf, method, path, allow):
    answer = send(shelf, method, path, RETITLED if method in ("POST", "PUT", "PATCH") else None)
    assert (answer.status, answer.headers["Allow"]) == (405, allow)
    if method != "HEAD":
        assert refusal(answer) == (405, ["method-not-allowed"])
        assert answer.errors[0]["meta"]["allowed"] == allow.split(", ")


def test_put_is_told_to_use_patch(shelf):
    (error,) = send(shelf, "PUT", "/articles/1", RETITLED).errors
    assert "PATCH" in error["detail"].partition("there are GET, HEAD, PATCH, DELETE, OPTIONS")[2]
