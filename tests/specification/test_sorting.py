"""Fetching Data, Sorting."""

import pytest

from .answers import ids, refusal


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # without sort: by creation
        ("/articles", ["1", "2", "10", "x-1"]),
        ("/articles?sort=title", ["2", "1", "x-1", "10"]),
        ("/articles?sort=-title", ["10", "x-1", "1", "2"]),
        # decimal ids by number, the others after them
        ("/articles?sort=id", ["1", "2", "10", "x-1"]),
        ("/articles?sort=-id", ["x-1", "10", "2", "1"]),
        ("/articles?filter[word-count][ge]=0&sort=word-count", ["2", "1", "10"]),
        ("/articles?filter[word-count][ge]=0&sort=-word-count", ["10", "1", "2"]),
        # by instant: 10:00+02:00 is before 10:00
        ("/articles?filter[written][ne]=2000-01-01T00:00&filter[word-count][ge]=0&sort=written", ["2", "1", "10"]),
        ("/articles?filter[word-count][ge]=0&sort=-written", ["10", "1", "2"]),
        # ties: by creation, also when descending
        ("/articles?filter[word-count][ge]=0&sort=state", ["2", "10", "1"]),
        ("/articles?filter[word-count][ge]=0&sort=-state", ["1", "2", "10"]),
        # several fields, in their order
        ("/articles?filter[word-count][ge]=0&sort=state,title", ["2", "10", "1"]),
        ("/articles?filter[word-count][ge]=0&sort=state,-title", ["10", "2", "1"]),
        ("/articles?filter[word-count][ge]=0&sort=-state,-word-count", ["1", "10", "2"]),
        # to-one paths
        ("/articles?filter[author][ne]=null&sort=author.name,-id", ["10", "1", "2"]),
        ("/articles?filter[author][ne]=null&sort=-author.name", ["2", "1", "10"]),
        ("/comments?sort=article.title,-id", ["3", "2", "1"]),
        ("/comments?sort=article.author.name,-text", ["2", "1", "3"]),
        ("/comments?sort=-article.author.best-friend.name,id", ["1", "2", "3"]),
        ("/comments?sort=article.id,-id", ["2", "1", "3"]),
        ("/people?filter[best-friend][ne]=null&sort=best-friend.name", ["2", "1"]),
        # related lists
        ("/articles/1/comments?sort=-text", ["2", "1"]),
        ("/people/1/articles?sort=-word-count", ["10", "1"]),
        ("/tags/2/articles?sort=author.name", ["1", "2"]),
    ],
)
def test_elements_are_ordered_as_asked(shelf, path, expected):
    """Sorting: ascending unless prefixed with a minus, in which case MUST be descending; fields in their order."""
    assert ids(shelf.get(path)) == expected


def test_a_resource_without_the_to_one_of_the_path_is_in_the_list_too(shelf):
    assert sorted(ids(shelf.get("/articles?sort=author.name"))) == ["1", "10", "2", "x-1"]


def test_ids_of_any_length_are_ordered_by_number(toys):
    """Contract, Fetching: sort=id orders decimal ids by number."""
    for id_ in ("10", "9", "100", "007", "a9", "A10", "0", "18446744073709551616", "18446744073709551617", "7"):
        toys.create("tags", {"label": "x"}, id_=id_)
    expected = ["0", "007", "7", "9", "10", "100", "18446744073709551616", "18446744073709551617", "A10", "a9"]
    assert ids(toys.get("/tags?sort=id")) == expected
    assert ids(toys.get("/tags?sort=-id")) == expected[::-1]


@pytest.mark.parametrize(
    ("value", "code", "suggestion"),
    [
        ("nothing", "unknown-field", None),
        ("titel", "unknown-field", "title"),
        ("wordCount", "unknown-field", "word-count"),
        ("-titel", "unknown-field", "title"),
        ("author.nam", "unknown-field", "name"),
        ("autor.name", "unknown-field", "author"),
        ("author", "unknown-field", None),
        ("comments", "unknown-field", None),
        ("title.name", "unknown-field", None),
        ("author.", "unknown-field", None),
        ("--title", "unknown-field", None),
        ("tags.label", "invalid-parameter", None),
        ("author.articles.title", "invalid-parameter", None),
        ("", "invalid-parameter", None),
        ("-", "invalid-parameter", None),
        ("title,", "invalid-parameter", None),
    ],
)
@pytest.mark.parametrize("path", ["/articles", "/tags/1/articles"])
def test_a_sort_field_that_there_is_not_is_400(shelf, path, value, code, suggestion):
    """Sorting: what the server cannot sort by MUST be 400."""
    answer = shelf.get(f"{path}?sort={value}")
    assert refusal(answer) == (400, [f"{code} parameter=sort"])
    if suggestion:
        assert answer.errors[0]["meta"]["suggestions"][0] == suggestion


def test_every_wrong_field_is_named(shelf):
    assert refusal(shelf.get("/articles?sort=a,title,-b")) == (400, ["unknown-field parameter=sort"] * 2)


def test_a_password_cannot_be_sorted_by(shelf):
    """Contract, Fetching: password in sort or fields."""
    assert refusal(shelf.get("/accounts?sort=password")) == (400, ["unknown-field parameter=sort"])


@pytest.mark.parametrize("path", ["/articles/1", "/articles/1/author", "/articles/1/relationships/tags"])
def test_sort_belongs_to_collections(shelf, path):
    assert refusal(shelf.get(f"{path}?sort=title")) == (400, ["unknown-parameter parameter=sort"])


@pytest.mark.parametrize("query", ["sort[articles]=title", "sort[]=title", "sort=title&sort=id"])
def test_sort_has_no_brackets_and_is_given_once(shelf, query):
    assert refusal(shelf.get(f"/articles?{query}")) == (400, [f"invalid-parameter parameter={query.split('=')[0]}"])
