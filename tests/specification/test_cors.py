"""Contract, CORS: any origin, every path, errors too, no cookies."""

import pytest

from ..client import MEDIA_TYPE as JA
from .answers import send

EXPOSED = {
    "Location",
    "ETag",
    "Link",
    "Allow",
    "Retry-After",
    "Preference-Applied",
    "Idempotency-Replayed",
    "X-Request-Id",
}
METHODS = {"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"}
TAG = {"data": {"type": "tags", "attributes": {"label": "new"}}}


def listed(header):
    return {name.strip() for name in header.split(",")}


@pytest.mark.parametrize("origin", ["https://example.org", "http://localhost:5173", "http://127.0.0.1:3000", "null"])
@pytest.mark.parametrize(
    ("method", "path", "document", "status"),
    [
        ("GET", "/tags", None, 200),
        ("HEAD", "/tags", None, 200),
        ("POST", "/tags", TAG, 201),
        ("DELETE", "/tags/1", None, 204),
        ("GET", "/tags?nothing=1", None, 400),
        ("GET", "/nothing", None, 404),
        ("GET", "/articles/1/2/3/4/5", None, 404),
        ("PUT", "/tags/1", TAG, 405),
        ("POST", "/articles", TAG, 409),
        ("POST", "/tags", {"data": {"type": "tags"}}, 422),
    ],
)
def test_every_answer_may_be_read_by_any_page(desk, origin, method, path, document, status):
    """Also by one from a file, whose origin is null."""
    answer = send(desk, method, path, document, Origin=origin)
    assert answer.status == status
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert listed(answer.headers["Access-Control-Expose-Headers"]) >= EXPOSED
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_an_answer_that_was_not_asked_for_by_another_origin_is_the_same(shelf):
    plain, cross = shelf.get("/tags"), shelf.get("/tags", Origin="https://example.org")
    assert plain.body == cross.body


@pytest.mark.parametrize(
    "path",
    [
        "/api/s1",
        "/api/s1/tags",
        "/api/s1/tags/1",
        "/api/s1/tags/99",
        "/api/s1/articles/1/author",
        "/api/s1/articles/1/relationships/tags",
        "/api/s1/operations",
        "/api/s1/reset-db",
        # unknown ones too: a preflight that fails hides the 404 from the page
        "/api/s1/nothing",
        "/api/s1/articles/1/nothing",
        "/api/s1/articles/1/2/3/4/5",
        "/api/..",
        "/api/your_id/tags",
        "/api",
        "/nothing",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE"])
def test_a_preflight_is_answered_on_every_path_and_kept_for_a_day(shelf, path, method):
    asked = {"content-type", "accept", "if-match", "if-none-match", "prefer", "idempotency-key", "authorization"}
    headers = {
        "Origin": "http://localhost:5173",
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(sorted(asked)),
    }
    status, answer, body = shelf._send("OPTIONS", path, headers, None)
    assert (status, body) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert listed(answer["Access-Control-Allow-Methods"]) >= METHODS
    assert {name.lower() for name in listed(answer["Access-Control-Allow-Headers"])} >= asked
    assert answer["Access-Control-Max-Age"] == "86400"
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_page_from_the_internet_may_ask_for_a_service_on_this_machine(shelf):
    """Private network access, asked for by Chrome."""
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
    }
    _, answer, _ = shelf._send("OPTIONS", "/api/s1/tags", headers, None)
    assert answer["Access-Control-Allow-Private-Network"] == "true"


@pytest.mark.parametrize("path", ["/tags/", "/tags/1/", "/articles/1/relationships/tags/"])
def test_no_path_redirects_which_a_preflight_must_not(shelf, path):
    headers = {"Origin": "https://example.org", "Access-Control-Request-Method": "PATCH", "Accept": JA}
    assert shelf.request("OPTIONS", path, headers=headers).status == 204
    assert shelf.request("GET", path, headers={"Origin": "https://example.org"}).status == 200
