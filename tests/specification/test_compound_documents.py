"""Document Structure, Compound Documents: full linkage and no duplicates."""

import pytest

from .answers import included

PATHS = [
    "/articles?include=author",
    "/articles?include=author.best-friend,comments.author,tags",
    "/articles?include=tags.articles.tags.articles.author",
    "/articles/1?include=author.articles.author.articles.comments",
    "/people?include=best-friend",
    "/people/1?include=best-friend.best-friend.best-friend",
    "/people/1/best-friend?include=best-friend",
    "/comments?include=article.comments.article,author.comments",
    "/articles/1/comments?include=article.tags,author",
    "/tags/2/articles?include=tags,author.best-friend",
    "/articles?include=comments&page[size]=1",
    "/articles?include=comments.author&filter[id]=2",
]


def identity(item):
    return item["type"], item["id"]


def linked(resources):
    """Every (type, id) that the linkage of the resources names."""
    named = set()
    for resource in resources:
        for relationship in resource.get("relationships", {}).values():
            data = relationship["data"]
            named |= {identity(item) for item in (data if isinstance(data, list) else [data] if data else [])}
    return named


def primary(document):
    data = document["data"]
    return data if isinstance(data, list) else [data] if data else []


@pytest.mark.parametrize("path", PATHS)
def test_every_included_resource_is_reached_by_a_chain_of_linkage(shelf, path):
    """Full linkage: a chain of relationships that begins in primary data MUST lead to each included resource."""
    document = shelf.get(path).json
    there = {identity(item): item for item in document["included"]}
    reached, new = set(), primary(document)
    while new:
        new = [there[pair] for pair in linked(new) if pair in there and pair not in reached]
        reached |= {identity(item) for item in new}
    assert reached == there.keys()


@pytest.mark.parametrize("path", PATHS)
def test_no_resource_object_is_there_twice(shelf, path):
    """Compound Documents: MUST NOT include more than one resource object for each type and id."""
    document = shelf.get(path).json
    pairs = [identity(item) for item in [*primary(document), *document["included"]]]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("path", PATHS)
def test_included_resources_are_whole_resource_objects(shelf, path):
    """Compound Documents: resource objects in an array `included`; each as its own URL shows it."""
    for item in shelf.get(path).json["included"]:
        assert item == shelf.get(f"/{item['type']}/{item['id']}").data


def test_a_cycle_ends_at_primary_data(shelf):
    assert included(shelf.get("/people/1?include=best-friend.best-friend")) == [("people", "2")]


def test_linkage_left_out_by_fields_is_the_one_exception(shelf):
    """Full linkage: sparse fieldsets may exclude the linkage."""
    answer = shelf.get("/articles/1?include=author&fields[articles]=title")
    assert answer.data == {
        "type": "articles",
        "id": "1",
        "attributes": {"title": "On engines"},
        "links": {"self": "http://localhost/api/s1/articles/1"},
    }
    assert included(answer) == [("people", "1")]
