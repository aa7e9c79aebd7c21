"""Fetching Data, Fetching Relationships."""

import pytest

from .answers import refusal

API = "http://localhost/api/s1"


@pytest.mark.parametrize(
    ("path", "linkage"),
    [
        ("/articles/1/relationships/author", {"type": "people", "id": "1"}),
        ("/articles/x-1/relationships/author", None),
        ("/articles/1/relationships/comments", [{"type": "comments", "id": "1"}, {"type": "comments", "id": "2"}]),
        ("/articles/x-1/relationships/comments", []),
        ("/tags/2/relationships/articles", [{"type": "articles", "id": "1"}, {"type": "articles", "id": "2"}]),
        ("/people/1/relationships/best-friend", {"type": "people", "id": "2"}),
        ("/people/3/relationships/comments", [{"type": "comments", "id": "2"}]),
    ],
)
def test_a_relationship_is_200_with_its_linkage_also_if_it_is_empty(shelf, path, linkage):
    """Fetching Relationships § 200: linkage as primary data; an empty relationship MUST be 200."""
    answer = shelf.get(path)
    assert (answer.status, answer.data) == (200, linkage)
    related = f"{API}{path}".replace("/relationships", "")
    assert answer.json["links"]["self"] == f"{API}{path}"
    assert answer.json["links"]["related"] == related


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/articles/99/relationships/author", "unknown-resource"),
        ("/articles/99/relationships/comments", "unknown-resource"),
        ("/articles/1/relationships/autor", "unknown-relationship"),
        ("/nothing/1/relationships/author", "unknown-type"),
    ],
)
def test_a_relationship_url_that_does_not_exist_is_404(shelf, path, code):
    """Fetching Relationships § 404."""
    assert refusal(shelf.get(path)) == (404, [code])


@pytest.mark.parametrize("parameter", ["include", "fields[people]", "sort", "filter[id]", "page[size]", "title"])
def test_a_relationship_takes_no_parameters(shelf, parameter):
    """Inclusion: an endpoint without include MUST answer 400; contract: a parameter not for this endpoint."""
    answer = shelf.get(f"/articles/1/relationships/author?{parameter}=name")
    assert refusal(answer) == (400, [f"unknown-parameter parameter={parameter}"])
