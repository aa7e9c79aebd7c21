"""Fetching Data, Sparse Fieldsets."""

import pytest

from .answers import refusal


def fields(resource):
    """(attributes, relationships) by name, None where the resource object has no such member."""
    return tuple(sorted(resource[group]) if group in resource else None for group in ("attributes", "relationships"))


ALL = (["body", "state", "title", "word-count", "written"], ["author", "comments", "tags"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("fields[people]=name", ALL),
        ("fields[articles]=title", (["title"], None)),
        ("fields[articles]=title,word-count", (["title", "word-count"], None)),
        ("fields[articles]=author", (None, ["author"])),
        ("fields[articles]=tags,title", (["title"], ["tags"])),
        ("fields[articles]=title,title", (["title"], None)),
        ("fields[articles]=", (None, None)),
        ("fields%5Barticles%5D=title", (["title"], None)),
    ],
)
@pytest.mark.parametrize("path", ["/articles/1", "/articles", "/tags/1/articles", "/comments/1/article"])
def test_only_the_fields_that_were_named_are_there(shelf, path, query, expected):
    """Sparse Fieldsets: MUST NOT include additional fields; an empty value means none."""
    data = shelf.get(f"{path}?{query}").data
    resource = data[0] if isinstance(data, list) else data
    assert fields(resource) == expected
    assert resource.keys() >= {"type", "id", "links"}


def test_each_type_has_its_own_fields_in_included_too(shelf):
    answer = shelf.get("/articles/1?include=author,tags&fields[articles]=author&fields[people]=name&fields[tags]=")
    assert fields(answer.data) == (None, ["author"])
    assert [(item["type"], fields(item)) for item in answer.json["included"]] == [
        ("people", (["name"], None)),
        ("tags", (None, None)),
        ("tags", (None, None)),
    ]


def test_fields_of_the_own_type_hold_for_included_resources_of_that_type(shelf):
    answer = shelf.get("/people/1?include=best-friend&fields[people]=name")
    assert fields(answer.data) == (["name"], None)
    assert [fields(item) for item in answer.json["included"]] == [(["name"], None)]


@pytest.mark.parametrize(
    ("parameter", "value", "code", "suggestion"),
    [
        ("fields[articles]", "nothing", "unknown-field", None),
        ("fields[articles]", "titel", "unknown-field", "title"),
        ("fields[articles]", "wordCount", "unknown-field", "word-count"),
        ("fields[articles]", "word_count", "unknown-field", "word-count"),
        ("fields[articles]", "title,", "unknown-field", None),
        ("fields[articles]", "id", "unknown-field", None),
        ("fields[articles]", "type", "unknown-field", None),
        ("fields[articles]", "author.name", "unknown-field", None),
        ("fields[accounts]", "password", "unknown-field", None),
        ("fields[article]", "title", "unknown-field", "articles"),
        ("fields[nothing]", "title", "unknown-field", None),
        ("fields[]", "title", "unknown-field", None),
        ("fields", "title", "invalid-parameter", None),
        ("fields[articles][people]", "title", "invalid-parameter", None),
        ("fields[articles", "title", "invalid-parameter", None),
    ],
)
@pytest.mark.parametrize("path", ["/articles", "/articles/1", "/comments/1/article"])
def test_an_unknown_field_or_type_is_400(shelf, path, parameter, value, code, suggestion):
    """Contract, Fetching: fields[type]."""
    answer = shelf.get(f"{path}?{parameter}={value}")
    assert refusal(answer) == (400, [f"{code} parameter={parameter}"])
    if suggestion:
        assert answer.errors[0]["meta"]["suggestions"][0] == suggestion


def test_fields_of_a_type_given_twice_is_400(shelf):
    answer = shelf.get("/articles?fields[articles]=title&fields[articles]=body")
    assert refusal(answer) == (400, ["invalid-parameter parameter=fields[articles]"])


def test_a_created_and_an_updated_resource_show_only_the_fields_that_were_named(toys):
    """Sparse Fieldsets, Note: on any endpoint that answers with resources."""
    data = {"type": "articles", "attributes": {"title": "New", "body": "text"}}
    assert fields(toys.post("/articles?fields[articles]=body", {"data": data}).data) == (["body"], None)
    data |= {"id": "1"}
    assert fields(toys.patch("/articles/1?fields[articles]=", {"data": data}).data) == (None, None)
    assert toys.get("/articles/1").data["attributes"]["body"] == "text"
