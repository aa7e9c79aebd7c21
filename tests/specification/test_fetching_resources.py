"""Fetching Data, Fetching Resources: 200, null, 404 (contract: Which status, Documents)."""

import pytest

from ..client import Client
from .answers import ids, refusal, send


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/articles", ["1", "2", "10", "x-1"]),
        ("/articles/1/comments", ["1", "2"]),
        ("/people/1/articles", ["1", "10"]),
        ("/tags/3/articles", []),
        ("/accounts", []),
    ],
)
def test_a_collection_is_200_with_an_array(shelf, path, expected):
    """Fetching Resources § 200: resource objects or an empty array; contract: without page the whole collection."""
    assert ids(shelf.get(path)) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/articles/1", ("articles", "1")),
        ("/articles/x-1", ("articles", "x-1")),
        ("/articles/1/author", ("people", "1")),
        ("/comments/2/article", ("articles", "1")),
        ("/people/2/best-friend", ("people", "1")),
    ],
)
def test_a_single_resource_is_200_with_a_resource_object(shelf, path, expected):
    answer = shelf.get(path)
    assert (answer.status, (answer.data["type"], answer.data["id"])) == (200, expected)


@pytest.mark.parametrize("path", ["/articles/x-1/author", "/people/3/best-friend", "/comments/3/author"])
def test_an_empty_to_one_is_200_with_null(shelf, path):
    """Fetching Resources § 200: null where the URL might correspond to a resource but does not now."""
    answer = shelf.get(path)
    assert (answer.status, answer.data) == (200, None)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/articles/99", "unknown-resource"),
        ("/articles/01", "unknown-resource"),
        ("/articles/99/author", "unknown-resource"),
        ("/articles/99/comments", "unknown-resource"),
        ("/articles/99/relationships/author", "unknown-resource"),
        ("/articles/%F0%9F%90%8D", "unknown-resource"),
        ("/article", "unknown-type"),
        ("/nothing/1/author", "unknown-type"),
        ("/toy_articles", "unknown-type"),
        ("/articles/1/autor", "unknown-relationship"),
        ("/articles/1/title", "unknown-relationship"),
        ("/articles/1/relationships/title", "unknown-relationship"),
        ("/articles/1/relationships", "unknown-path"),
        ("/articles/1/author/name", "unknown-path"),
        ("/articles/1/relationships/author/2", "unknown-path"),
        ("/articles//author", "unknown-path"),
        ("//articles", "unknown-path"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_not_there_is_404(shelf, method, path, code):
    """Fetching Resources § 404."""
    answer = shelf.request(method, path)
    assert answer.status == 404
    if method == "GET":
        assert refusal(answer) == (404, [code])


@pytest.mark.parametrize("path", ["/articles", "/articles/1", "/articles/1/tags", "/articles/1/relationships/tags", ""])
def test_one_trailing_slash_is_allowed_and_never_redirects(shelf, path):
    """Contract, Documents."""
    plain, slashed = shelf.get(path), shelf.get(f"{path}/")
    assert (slashed.status, slashed.json.get("data")) == (200, plain.json.get("data"))
    assert slashed.json["links"]["self"] == f"{plain.json['links']['self']}/"


@pytest.mark.parametrize("path", ["/articles//", "/articles/1//", "/articles/1/tags//"])
def test_two_trailing_slashes_are_404(shelf, path):
    assert refusal(shelf.get(path)) == (404, ["unknown-path"])


@pytest.mark.parametrize("body", [b"", b"junk", b"null", b'{"data": null}', b"\xff"])
@pytest.mark.parametrize("path", ["/articles", "/articles/1", "/articles/1/author", "/articles/1/relationships/author"])
def test_a_body_on_get_is_ignored(shelf, path, body):
    """Contract, Documents."""
    assert send(shelf, "GET", path, text=body).body == shelf.get(path).body


def test_a_namespace_to_which_nobody_wrote_is_empty(shelf):
    """Contract, namespaces: reading a new one gives the empty state."""
    new = Client(shelf._send, namespace="brand-new")
    assert ids(new.get("/articles")) == []
    assert refusal(new.get("/articles/1")) == (404, ["unknown-resource"])


def test_namespaces_share_nothing(desk):
    other = Client(desk._send, namespace="s2")
    assert other.create("tags", {"label": "mine"})["id"] == "1"
    assert [tag["attributes"]["label"] for tag in other.get("/tags").data] == ["mine"]
    assert ids(desk.get("/tags")) == ["1", "2", "3"]


def test_a_related_list_is_a_collection_of_its_own(shelf):
    """Contract, Relationships: include, fields, sort, filter and page work as on a collection."""
    query = "include=author&fields[comments]=text,author&sort=-text&filter[author][ne]=null&page[size]=1&page[number]=2"
    answer = shelf.get(f"/articles/1/comments?{query}")
    assert ids(answer) == ["1"]
    assert answer.data[0]["attributes"] == {"text": "First"}
    assert answer.data[0]["relationships"].keys() == {"author"}
    assert [item["id"] for item in answer.json["included"]] == ["2"]
    assert answer.json["meta"] == {"page": {"total": 2}}
    assert {"first", "last", "prev"} < answer.json["links"].keys()


def test_a_related_resource_takes_include_and_fields(shelf):
    answer = shelf.get("/articles/1/author?include=best-friend&fields[people]=name")
    assert answer.data["attributes"] == {"name": "Ada"}
    assert "relationships" not in answer.data
    assert [item["id"] for item in answer.json["included"]] == ["2"]
