"""Document Structure, JSON:API Object: the version on every document, and no part in negotiation."""

import pytest

from .answers import send, warnings

TAG = {"type": "tags", "attributes": {"label": "new"}}


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("GET", "", None),
        ("GET", "/articles", None),
        ("GET", "/articles/1", None),
        ("GET", "/articles/1/author", None),
        ("GET", "/articles/1/relationships/tags", None),
        ("POST", "/tags", {"data": TAG}),
        ("PATCH", "/tags/1", {"data": {**TAG, "id": "1"}}),
        ("PATCH", "/articles/1/relationships/tags", {"data": []}),
        ("GET", "/nothing", None),
        ("PUT", "/articles/1", None),
        ("POST", "/tags", {"data": None}),
    ],
)
def test_every_document_tells_the_version(desk, method, path, document):
    """JSON:API Object: MUST be an object."""
    assert send(desk, method, path, document).json["jsonapi"] == {"version": "1.1"}


@pytest.mark.parametrize(
    "value", [{"ext": ["https://example.org/unknown"]}, {"version": "2.0"}, {"profile": 5}, None, []]
)
def test_the_jsonapi_object_of_a_request_is_not_negotiated_with(toys, value):
    """JSON:API Object: servers MUST NOT use its ext or profile for content negotiation."""
    answer = toys.post("/tags", {"jsonapi": value, "data": TAG})
    assert (answer.status, warnings(answer)) == (201, [])
