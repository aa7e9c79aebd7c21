"""Document Structure, Member Names: legal names, case, @-members."""

import re

import pytest

from jsonapi_course.config import load_settings
from jsonapi_course.resources import load_registry

from ..toys import load_toys
from .answers import refusal, warnings

# globally allowed at both ends, hyphen and underscore (and, not recommended, space) between; url-safe as RECOMMENDED
LEGAL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")


@pytest.mark.parametrize("load", [load_toys, load_registry], ids=["toys", "service"])
def test_types_attributes_and_relationships_have_legal_names(load):
    """Member Names: allowed characters only, at least one; types MUST adhere to the same constraints."""
    for resource in load(load_settings({})):
        for name in (resource.type, *resource.attributes, *resource.relationships):
            assert LEGAL.fullmatch(name), name


def names(value):
    if isinstance(value, dict):
        return value.keys() | {name for item in value.values() for name in names(item)}
    return {name for item in value for name in names(item)} if isinstance(value, list) else set()


@pytest.mark.parametrize(
    "path", ["", "/articles?include=author&page[size]=1&_=1", "/articles?sort=nothing", "/article"]
)
def test_every_member_of_an_answer_has_a_legal_name(shelf, path):
    """Member Names: also inside meta, links and errors."""
    assert [name for name in names(shelf.get(path).json) if not LEGAL.fullmatch(name)] == []


def test_names_are_case_sensitive(toys):
    """Member Names: MUST be treated as case sensitive."""
    attributes = {"title": "Small", "Title": "Large", "BODY": "loud"}
    answer = toys.post("/articles", {"data": {"type": "articles", "attributes": attributes}})
    assert answer.status == 201
    assert (answer.data["attributes"]["title"], answer.data["attributes"]["body"]) == ("Small", "")
    assert warnings(answer) == [
        "unknown-member pointer=/data/attributes/Title",
        "unknown-member pointer=/data/attributes/BODY",
    ]


def test_types_are_case_sensitive(shelf):
    assert refusal(shelf.get("/Articles")) == (404, ["unknown-type"])
    answer = shelf.post("/articles", {"data": {"type": "Articles", "attributes": {"title": "New"}}})
    assert refusal(answer) == (409, ["type-conflict pointer=/data/type"])


def test_at_members_are_ignored_everywhere(desk):
    """@-Members: MUST be ignored, wherever they stand and whatever they hold."""
    note = {"@note": {"data": [1], "type": 5}}
    document = {
        **note,
        "data": {
            **note,
            "type": "articles",
            "id": "1",
            "attributes": {**note, "title": "Changed"},
            "relationships": {
                **note,
                "author": {**note, "data": {**note, "type": "people", "id": "3"}},
                "tags": note,
            },
        },
    }
    answer = desk.patch("/articles/1", document, Prefer="handling=strict")
    assert (answer.status, warnings(answer)) == (200, [])
    assert "@note" not in names(answer.json)
    assert answer.data["attributes"]["title"] == "Changed"
    assert answer.data["relationships"]["author"]["data"] == {"type": "people", "id": "3"}
    assert [tag["id"] for tag in answer.data["relationships"]["tags"]["data"]] == ["1", "2"]


def test_at_members_are_ignored_in_linkage(desk):
    answer = desk.patch("/articles/1/relationships/tags", {"@a": 1, "data": [{"type": "tags", "id": "3", "@b": None}]})
    assert (answer.status, answer.data) == (200, [{"type": "tags", "id": "3"}])


def test_an_at_member_does_not_stand_for_a_member_that_is_missing(desk):
    """@-Members: their existence MUST be ignored when the definitions are applied."""
    assert refusal(desk.post("/tags", {"@data": {"type": "tags"}})) == (400, ["invalid-document pointer="])
