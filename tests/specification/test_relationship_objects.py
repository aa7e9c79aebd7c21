"""Document Structure, Relationships: relationship objects, related resource links, linkage."""

import pytest

from .answers import path_of, warnings

API = "http://localhost/api/s1"


@pytest.mark.parametrize(
    ("path", "name", "linkage"),
    [
        ("/articles/x-1", "author", None),
        ("/articles/x-1", "tags", []),
        ("/articles/1", "author", {"type": "people", "id": "1"}),
        ("/articles/2", "tags", [{"type": "tags", "id": "2"}]),
        ("/articles/1", "tags", [{"type": "tags", "id": "1"}, {"type": "tags", "id": "2"}]),
        ("/people/1", "articles", [{"type": "articles", "id": "1"}, {"type": "articles", "id": "10"}]),
        ("/people/1", "best-friend", {"type": "people", "id": "2"}),
        ("/people/3", "comments", [{"type": "comments", "id": "2"}]),
    ],
)
def test_a_relationship_has_its_links_and_its_full_linkage(shelf, path, name, linkage):
    """Linkage: null, [], one identifier or an array of them, as the relationship is to-one or to-many."""
    assert shelf.get(path).data["relationships"][name] == {
        "links": {"self": f"{API}{path}/relationships/{name}", "related": f"{API}{path}/{name}"},
        "data": linkage,
    }


def test_linkage_has_the_order_of_creation_whatever_the_order_of_linking(desk):
    """Contract, Documents: full linkage in its order; contract, course § Ties."""
    linkage = [{"type": "tags", "id": id_} for id_ in "312"]
    answer = desk.patch("/articles/1/relationships/tags", {"data": linkage})
    assert [item["id"] for item in answer.data] == ["1", "2", "3"]
    assert [item["id"] for item in desk.get("/articles/1").data["relationships"]["tags"]["data"]] == ["1", "2", "3"]


@pytest.mark.parametrize(("path", "name"), [("/articles/x-1", "author"), ("/articles/x-1", "tags")])
def test_the_related_link_of_an_empty_relationship_is_valid(shelf, path, name):
    """Related Resource Links: MUST reference a valid URL even if nothing is related."""
    related = shelf.get(path).data["relationships"][name]["links"]["related"]
    answer = shelf.get(path_of(related))
    assert (answer.status, answer.data) == (200, [] if name == "tags" else None)


def test_the_links_of_a_relationship_do_not_change_with_its_content(desk):
    """Related Resource Links: MUST NOT change because the relationship's content changes."""
    before = desk.get("/articles/1").data["relationships"]["author"]
    desk.patch("/articles/1/relationships/author", {"data": {"type": "people", "id": "3"}})
    after = desk.get("/articles/1").data["relationships"]["author"]
    assert after == {"links": before["links"], "data": {"type": "people", "id": "3"}}


@pytest.mark.parametrize(
    "relationship",
    [
        {},
        {"links": {"self": "x"}},
        {"meta": {"a": 1}},
        {"links": None, "meta": 5},
        {"@note": 1},
    ],
)
def test_a_relationship_without_data_changes_nothing(desk, relationship):
    """Contract, Documents and Relationships: `{}`, links and meta are ignored without a warning."""
    before = desk.get("/articles/1").data
    data = {"type": "articles", "id": "1", "relationships": {"author": relationship, "tags": relationship}}
    answer = desk.patch("/articles/1", {"data": data})
    assert (answer.status, warnings(answer), answer.data) == (200, [], before)


def test_links_and_meta_beside_data_are_ignored(desk):
    linkage = {"data": {"type": "people", "id": "3"}, "links": {"related": 5}, "meta": [], "other": "x"}
    data = {"type": "articles", "id": "1", "relationships": {"author": linkage}}
    answer = desk.patch("/articles/1", {"data": data})
    assert (answer.status, warnings(answer)) == (200, [])
    assert answer.data["relationships"]["author"]["data"] == {"type": "people", "id": "3"}
