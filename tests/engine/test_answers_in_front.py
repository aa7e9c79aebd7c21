"""The JSON:API face is answered in front of Flask (api/cache.py): exactly as Flask would answer it."""

import json

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from jsonapi_course import create_app

from ..client import MEDIA_TYPE, Client, in_process
from ..toys import load_toys

READS = [
    "",
    "/",
    "/articles",
    "/articles/",
    "/articles/1",
    "/articles/1?include=author,comments",
    "/articles/1/comments",
    "/articles/1/author",
    "/articles/1/relationships/comments",
    "/articles?page[number]=1&page[size]=1&_=5",
    "/accounts?filter[email]=a@example.org&filter[password]=secret",
    "/snapshots",
    "/export",
    # and what is refused, unknown or somebody else's
    "/articles/99",
    "/articles?nothing=1",
    "/articles/1/nothing",
    "/nothing",
    "//articles",
    "/articles//1",
    "/articles/%C3%A4",
    "/reset-db",
    "/v3/users/1",
]
HEADERS = [
    {},
    {"Prefer": "handling=strict"},
    {"Origin": "https://app.example.org"},
    {"Authorization": "Bearer nothing"},
    {"Accept": "application/vnd.api+json; ext=nothing"},
    {"Accept": "text/html"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"nothing"'},
    {"Accept-Language": "de"},
]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    app = create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("reads"))}, load_registry=load_toys)
    client = Client(in_process(app))
    author = client.create("people", {"name": "A"})["id"]
    article = client.create("articles", {"title": "Title", "word-count": 3}, author=("people", author))["id"]
    client.create("comments", {"text": "Text"}, article=("articles", article))
    return app


def asked(application, method, path, headers, document=None):
    """(status, headers, body) without what differs in any two answers: the request's id."""
    more = {"data": json.dumps(document), "content_type": MEDIA_TYPE} if document else {}
    environ = EnvironBuilder(method=method, path="/", headers=headers, **more).get_environ()
    path, _, query = f"/api/s1{path}".partition("?")
    environ |= {"PATH_INFO": path, "QUERY_STRING": query, "jsonapi_course.request_id": "an-id"}
    answer, status, headers = run_wsgi_app(application, environ)
    return status, sorted(header for header in headers if header[0] != "X-Request-Id"), b"".join(answer)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", HEADERS, ids=str)
@pytest.mark.parametrize("path", READS)
def test_a_read_is_answered_as_flask_answers_it(app, path, headers, method):
    in_front = app.wsgi_app.app
    by_flask = asked(lambda *arguments: Flask.wsgi_app(app, *arguments), method, path, headers)
    assert asked(in_front, method, path, headers) == by_flask  # made
    assert asked(in_front, method, path, headers) == by_flask  # kept


TAG = {"data": {"type": "tags", "attributes": {"label": "New"}}}
WRITES = [
    ("POST", "/tags", TAG),
    ("POST", "/tags", {"data": {"type": "tags"}}),
    ("PATCH", "/articles/1", {"data": {"type": "articles", "id": "1", "attributes": {"title": "Other"}}}),
    ("PATCH", "/articles/1/relationships/author", {"data": None}),
    ("DELETE", "/comments/1", None),
    ("DELETE", "/comments/99", None),
    ("POST", "/reset-db", None),
    ("PUT", "/tags/1", TAG),
    ("OPTIONS", "/tags", None),
    ("TRACE", "/tags", None),
]


@pytest.mark.parametrize("headers", [{}, {"Accept": "text/html"}, {"If-Match": '"nothing"'}], ids=str)
@pytest.mark.parametrize(("method", "path", "document"), WRITES)
def test_a_write_is_answered_as_flask_answers_it(app, method, path, document, headers):
    path += "?dryRun=true"  # so that both find the same state
    by_flask = asked(lambda *arguments: Flask.wsgi_app(app, *arguments), method, path, headers, document)
    assert asked(app.wsgi_app.app, method, path, headers, document) == by_flask


def test_what_succeeds_does_not_reach_flask(app, monkeypatch):
    monkeypatch.setattr(Flask, "full_dispatch_request", lambda self: pytest.fail("Flask was reached"))
    client = Client(in_process(app), "s2")
    assert [client.get(path.replace("/1", "")).status for path in READS[:5]] == [200] * 5
    tag = client.create("tags", {"label": "New"})
    assert client.get(f"/tags/{tag['id']}").status == 200
    assert client.delete(f"/tags/{tag['id']}").status == 204
