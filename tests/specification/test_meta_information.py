"""Document Structure, Meta Information: every meta is an object, and there is none without something to say."""

import pytest


def metas(value):
    """Every value of a member named meta, at any depth."""
    if isinstance(value, dict):
        own = [value["meta"]] if "meta" in value else []
        return own + [meta for item in value.values() for meta in metas(item)]
    return [meta for item in value for meta in metas(item)] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("path", "meta"),
    [
        ("/articles", [{"page": {"total": 4}}]),
        ("/articles?page[size]=1&filter[state]=draft", [{"page": {"total": 2}}]),
        ("/articles/1/tags", [{"page": {"total": 2}}]),
        ("/articles/1", []),
        ("/articles/1/author", []),
        ("/articles/1/relationships/tags", []),
        ("/nothing", [{"allowed": ["articles", "people", "comments", "tags", "accounts"]}]),
        (
            "/article",
            [{"suggestions": ["articles"], "allowed": ["articles", "people", "comments", "tags", "accounts"]}],
        ),
    ],
)
def test_meta_is_an_object_where_there_is_something_to_say(shelf, path, meta):
    """Meta Information: the value of each meta member MUST be an object."""
    assert metas(shelf.get(path).json) == meta


def test_warnings_are_in_meta(shelf):
    (warning,) = shelf.get("/articles/1?_=1").json["meta"].pop("warnings")
    assert isinstance(warning.pop("detail"), str)
    assert warning == {"code": "ignored-parameter", "source": {"parameter": "_"}}


def test_the_namespace_itself_is_a_document_of_meta(shelf):
    """Top Level: meta alone is enough for a document; contract, namespaces."""
    document = shelf.get("").json
    assert document["jsonapi"] == {"version": "1.1"}
    assert document["links"] == {"self": "http://localhost/api/s1", "describedby": "http://localhost/openapi.json"}
    assert "data" not in document
    assert document["meta"]["types"]["articles"] == {"href": "http://localhost/api/s1/articles", "count": 4}
