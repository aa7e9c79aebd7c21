"""Reads are answered in front of Flask (api/cache.py): exactly as Flask would answer them."""

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from jsonapi_course import create_app

from ..client import Client, in_process
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


def asked(application, method, path, headers):
    """(status, headers, body) without what differs in any two answers: the request's id."""
    environ = EnvironBuilder(method=method, path=f"/api/s1{path}", headers=headers).get_environ()
    path, _, query = f"/api/s1{path}".partition("?")
    environ |= {"QUERY_STRING": query, "jsonapi_course.request_id": "an-id"}
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


def test_most_reads_do_not_reach_flask(app, monkeypatch):
    reached = []
    monkeypatch.setattr(Flask, "full_dispatch_request", lambda self: reached.append(1))
    client = Client(in_process(app))
    for path in READS[:13]:
        assert client.get(path).status == 200
    assert reached == []
