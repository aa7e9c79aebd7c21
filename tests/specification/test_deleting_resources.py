"""Deleting Resources."""

import pytest

from ..client import Client
from .answers import ids, refusal, send


def test_a_delete_is_204_without_a_body_and_then_the_resource_is_gone(desk):
    """Deleting § 204."""
    answer = desk.delete("/tags/1")
    assert (answer.status, answer.body, "Content-Type" in answer.headers) == (204, b"", False)
    assert refusal(desk.get("/tags/1")) == (404, ["unknown-resource"])
    assert ids(desk.get("/tags")) == ["2", "3"]


@pytest.mark.parametrize("path", ["/tags/99", "/tags/nothing", "/articles/X-1"])
def test_what_does_not_exist_is_404(shelf, path):
    """Deleting § 404: SHOULD."""
    assert refusal(shelf.delete(path)) == (404, ["unknown-resource"])


def test_a_second_delete_is_404(desk):
    assert [desk.delete("/tags/1").status for _ in range(2)] == [204, 404]


def test_a_delete_in_a_namespace_to_which_nobody_wrote_is_404(shelf):
    assert refusal(Client(shelf._send, namespace="brand-new").delete("/tags/1")) == (404, ["unknown-resource"])


def test_what_requires_the_resource_goes_with_it_and_the_rest_is_let_go(desk):
    """Contract, course § Deletes: a required to-one takes along, an optional one becomes null, membership ends."""
    assert desk.delete("/articles/1").status == 204
    assert ids(desk.get("/comments")) == ["3"]
    assert ids(desk.get("/tags")) == ["1", "2", "3"]
    assert ids(desk.get("/tags/2/articles")) == ["2"]
    assert ids(desk.get("/people/1/articles")) == ["10"]
    assert desk.delete("/people/2").status == 204
    assert desk.get("/articles/2").data["relationships"]["author"]["data"] is None
    assert desk.get("/people/1").data["relationships"]["best-friend"]["data"] is None


@pytest.mark.parametrize("body", [b"", b"junk", b"null", b'{"data": {"type": "people", "id": "5"}}', b"\xff\x00"])
def test_a_body_is_ignored(desk, body):
    """Contract, Documents: a body on DELETE."""
    assert send(desk, "DELETE", "/tags/1", text=body).status == 204


def test_a_collection_cannot_be_deleted(shelf):
    answer = shelf.delete("/tags")
    assert refusal(answer) == (405, ["method-not-allowed"])
    assert answer.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
