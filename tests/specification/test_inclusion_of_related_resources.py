"""Fetching Data, Inclusion of Related Resources."""

import pytest

from .answers import included, refusal

PEOPLE = [("people", "1"), ("people", "2")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/articles/1?include=", []),
        ("/articles?include=", []),
        ("/articles/x-1?include=author,comments,tags", []),
        ("/articles/x-1/author?include=articles", []),
        ("/articles/1?include=author", [("people", "1")]),
        ("/articles/1?include=author,tags", [("people", "1"), ("tags", "1"), ("tags", "2")]),
        ("/articles/1?include=comments", [("comments", "1"), ("comments", "2")]),
        ("/articles?include=author", PEOPLE),
        ("/articles/1?include=author,author", [("people", "1")]),
        # a path includes what it goes through
        (
            "/articles/1?include=comments.author",
            [("comments", "1"), ("comments", "2"), ("people", "2"), ("people", "3")],
        ),
        ("/articles/2?include=author,author.best-friend", PEOPLE),
        ("/articles/2?include=comments.author", [("comments", "3")]),
        # what is primary data already is not included
        ("/people?include=best-friend", []),
        ("/articles/1?include=tags.articles", [("articles", "2"), ("tags", "1"), ("tags", "2")]),
        ("/articles/1/tags?include=articles", [("articles", "1"), ("articles", "2")]),
        ("/articles/1/author?include=best-friend", [("people", "2")]),
        # five levels
        ("/people/3?include=comments.article.author.best-friend.articles", None),
        ("/people/1?include=best-friend.best-friend.best-friend.best-friend.best-friend", [("people", "2")]),
    ],
)
def test_included_is_what_was_asked_for_and_nothing_else(shelf, path, expected):
    """Inclusion: an `included` even if empty; unrequested resources MUST NOT be there."""
    if expected is None:
        expected = [("articles", "1"), ("articles", "2"), ("comments", "2"), *PEOPLE]
    assert included(shelf.get(path)) == expected


def test_nothing_is_included_without_include(shelf):
    assert "included" not in shelf.get("/articles").json


@pytest.mark.parametrize(
    ("value", "code", "suggestion"),
    [
        ("nothing", "unknown-field", None),
        ("autor", "unknown-field", "author"),
        ("Author", "unknown-field", "author"),
        ("author.bestFriend", "unknown-field", "best-friend"),
        ("title", "unknown-field", None),
        ("author.name", "unknown-field", None),
        ("id", "unknown-field", None),
        ("author,", "unknown-field", None),
        (",author", "unknown-field", None),
        ("author,,tags", "unknown-field", None),
        ("author.", "unknown-field", None),
        (".author", "unknown-field", None),
        ("author..articles", "unknown-field", None),
        ("author articles", "unknown-field", None),
        ("author[articles]", "unknown-field", None),
        ("*", "unknown-field", None),
        ("tags.articles.tags.articles.tags.articles", "invalid-parameter", None),
    ],
)
@pytest.mark.parametrize("path", ["/articles", "/articles/1", "/tags/1/articles", "/comments/1/article"])
def test_a_path_that_there_is_not_is_400(shelf, path, value, code, suggestion):
    """Inclusion: MUST respond with 400; contract, Fetching: up to five levels."""
    answer = shelf.get(f"{path}?include={value}")
    assert refusal(answer) == (400, [f"{code} parameter=include"])
    if suggestion:
        assert answer.errors[0]["meta"]["suggestions"][0] == suggestion
        assert f"did you mean '{suggestion}'?" in answer.errors[0]["detail"]


def test_every_wrong_path_is_named(shelf):
    answer = shelf.get("/articles?include=autor,tags,comments.nobody")
    assert refusal(answer) == (400, ["unknown-field parameter=include"] * 2)


@pytest.mark.parametrize("parameter", ["include[articles]", "include[]"])
def test_include_has_no_brackets(shelf, parameter):
    assert refusal(shelf.get(f"/articles?{parameter}=author")) == (400, [f"invalid-parameter parameter={parameter}"])


def test_include_given_twice_is_400(shelf):
    assert refusal(shelf.get("/articles?include=author&include=tags")) == (400, ["invalid-parameter parameter=include"])


def test_a_created_resource_comes_with_what_was_asked_for(desk):
    """Inclusion, Note: on any endpoint that answers with primary data."""
    data = {
        "type": "articles",
        "attributes": {"title": "New"},
        "relationships": {"author": {"data": {"type": "people", "id": "1"}}},
    }
    answer = desk.post("/articles?include=author.best-friend&fields[people]=name", {"data": data})
    assert (answer.status, included(answer)) == (201, PEOPLE)
    assert answer.json["included"][0]["attributes"] == {"name": "Ada"}


def test_an_updated_resource_comes_with_what_was_asked_for(desk):
    data = {"type": "articles", "id": "1", "relationships": {"author": {"data": {"type": "people", "id": "3"}}}}
    answer = desk.patch("/articles/1?include=author", {"data": data})
    assert (answer.status, included(answer)) == (200, [("people", "3")])


def test_a_wrong_include_on_a_write_writes_nothing(desk):
    answer = desk.post("/tags?include=nothing", {"data": {"type": "tags", "attributes": {"label": "new"}}})
    assert refusal(answer) == (400, ["unknown-field parameter=include"])
    assert [tag["id"] for tag in desk.get("/tags").data] == ["1", "2", "3"]


def test_delete_has_no_include(desk):
    assert refusal(desk.delete("/tags/1?include=articles")) == (400, ["unknown-parameter parameter=include"])
    assert desk.get("/tags/1").status == 200
