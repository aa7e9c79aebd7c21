"""Updating Resources: PATCH of a resource (contract: Documents, Which status)."""

import pytest

from ..client import Client
from .answers import ids, refusal, warnings


def change(attributes=None, id_="1", type_="articles", **relationships):
    data = {"type": type_, "id": id_}
    if attributes is not None:
        data["attributes"] = attributes
    if relationships:
        data["relationships"] = {name.replace("_", "-"): {"data": value} for name, value in relationships.items()}
    return {"data": data}


def test_an_update_is_200_with_the_resource_as_get_shows_it(desk):
    """Updating § 200: the document MUST represent the resource as if a GET was made."""
    answer = desk.patch("/articles/1", change({"title": "Changed", "word-count": None}))
    assert answer.status == 200
    assert answer.body == desk.get("/articles/1").body
    assert (answer.data["attributes"]["title"], answer.data["attributes"]["word-count"]) == ("Changed", None)


@pytest.mark.parametrize(
    "body", [change(), change({}), {"data": {"type": "articles", "id": "1", "attributes": {}, "relationships": {}}}]
)
def test_an_update_of_nothing_is_200_and_changes_nothing(desk, body):
    before = desk.get("/articles/1").data
    answer = desk.patch("/articles/1", body)
    assert (answer.status, answer.data) == (200, before)


def test_missing_attributes_and_relationships_keep_their_values(desk):
    """Updating Attributes, Relationships: MUST be read as if sent with their current values, not as null or empty."""
    before = desk.get("/articles/1").data
    after = desk.patch("/articles/1", change({"title": "Changed"})).data
    before["attributes"]["title"] = "Changed"
    assert after == before
    after = desk.patch("/articles/1", change(author={"type": "people", "id": "3"})).data
    before["relationships"]["author"]["data"]["id"] = "3"
    assert after == before


@pytest.mark.parametrize(
    ("relationships", "name", "linkage"),
    [
        ({"author": {"type": "people", "id": "3"}}, "author", {"type": "people", "id": "3"}),
        ({"author": None}, "author", None),
        ({"tags": [{"type": "tags", "id": "3"}]}, "tags", [{"type": "tags", "id": "3"}]),
        ({"tags": []}, "tags", []),
    ],
)
def test_a_relationship_that_is_sent_is_replaced(desk, relationships, name, linkage):
    """Updating Relationships: full replacement of a to-many is allowed."""
    answer = desk.patch("/articles/1", change(**relationships))
    assert (answer.status, answer.data["relationships"][name]["data"]) == (200, linkage)
    assert desk.get(f"/articles/1/relationships/{name}").data == linkage


def test_a_relationship_to_itself(desk):
    answer = desk.patch("/people/3", change(None, "3", "people", best_friend={"type": "people", "id": "3"}))
    assert answer.data["relationships"]["best-friend"]["data"] == {"type": "people", "id": "3"}


def test_members_of_a_to_many_move_here_and_optional_ones_are_let_go(desk):
    """Contract, course § modules: naming a resource moves it."""
    answer = desk.patch("/people/3", change(None, "3", "people", articles=[{"type": "articles", "id": "2"}]))
    assert answer.status == 200
    assert ids(desk.get("/people/2/articles")) == []
    assert ids(desk.get("/people/3/articles")) == ["2"]
    desk.patch("/people/3", change(None, "3", "people", articles=[]))
    assert desk.get("/articles/2/relationships/author").data is None


def test_a_replacement_that_leaves_one_without_what_it_requires_is_422_naming_it(desk):
    """Contract, course § modules."""
    answer = desk.patch("/articles/1", change({"title": "Changed"}, comments=[{"type": "comments", "id": "1"}]))
    assert refusal(answer) == (422, ["still-linked pointer=/data/relationships/comments"])
    assert "'2'" in answer.errors[0]["detail"]
    assert desk.get("/articles/1").data["attributes"]["title"] == "On engines"
    assert ids(desk.get("/articles/1/comments")) == ["1", "2"]


@pytest.mark.parametrize("path", ["/articles/1", "/people/1", "/comments/3", "/tags/2", "/articles/x-1"])
@pytest.mark.parametrize("prefer", ["handling=lenient", "handling=strict"])
def test_a_record_can_be_sent_back_as_it_was_read(desk, path, prefer):
    """Contract, Documents: links and unchanged read-only parts are no fault and no warning."""
    document = desk.get(path).json
    answer = desk.patch(path, document, prefer=prefer)
    assert (answer.status, warnings(answer), answer.data) == (200, [], document["data"])


def test_a_changed_read_only_relationship_is_left_as_it_is_with_a_warning(desk):
    answer = desk.patch("/people/2", change({"name": "Bo"}, "2", "people", comments=[]))
    assert (answer.status, warnings(answer)) == (200, ["read-only-ignored pointer=/data/relationships/comments"])
    assert answer.data["attributes"]["name"] == "Bo"
    assert answer.data["relationships"]["comments"]["data"] == [{"type": "comments", "id": "1"}]


# --- refusals ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"type": "articles"}, (400, ["invalid-document pointer=/data"])),
        ({"id": "1"}, (400, ["invalid-document pointer=/data"])),
        ({}, (400, ["invalid-document pointer=/data"] * 2)),
        ({"type": "articles", "id": 1}, (400, ["invalid-identifier pointer=/data/id"])),
        ({"type": "articles", "id": None}, (400, ["invalid-identifier pointer=/data/id"])),
        ({"type": "articles", "id": "2"}, (409, ["id-conflict pointer=/data/id"])),
        ({"type": "articles", "id": ""}, (409, ["id-conflict pointer=/data/id"])),
        ({"type": "articles", "id": "01"}, (409, ["id-conflict pointer=/data/id"])),
        ({"type": "people", "id": "1"}, (409, ["type-conflict pointer=/data/type"])),
        ({"type": "people", "id": "2"}, (409, ["type-conflict pointer=/data/type", "id-conflict pointer=/data/id"])),
        ([], (400, ["invalid-document pointer=/data"])),
        (None, (400, ["invalid-document pointer=/data"])),
    ],
)
def test_type_and_id_must_be_there_and_be_those_of_the_url(shelf, data, found):
    """Updating: MUST contain type and id; § 409: MUST match the endpoint."""
    assert refusal(shelf.patch("/articles/1", {"data": data})) == found


@pytest.mark.parametrize("id_", ["99", "nothing", "X-1"])
def test_a_resource_that_does_not_exist_is_404(shelf, id_):
    """Updating § 404: MUST."""
    assert refusal(shelf.patch(f"/articles/{id_}", change({"title": "New"}, id_))) == (404, ["unknown-resource"])


def test_a_resource_of_a_namespace_to_which_nobody_wrote_is_404(shelf):
    new = Client(shelf._send, namespace="brand-new")
    assert refusal(new.patch("/articles/1", change({"title": "New"}))) == (404, ["unknown-resource"])


@pytest.mark.parametrize(
    ("relationships", "name"),
    [
        ({"author": {"type": "people", "id": "99"}}, "author"),
        ({"tags": [{"type": "tags", "id": "1"}, {"type": "tags", "id": "99"}]}, "tags"),
    ],
)
def test_a_related_resource_that_does_not_exist_is_404_and_nothing_is_changed(desk, relationships, name):
    """Updating § 404: MUST; Creating, Updating and Deleting: no partial updates."""
    before = desk.get("/articles/1").data
    answer = desk.patch("/articles/1", change({"title": "Changed"}, **relationships))
    assert refusal(answer) == (404, [f"unknown-resource pointer=/data/relationships/{name}"])
    assert desk.get("/articles/1").data == before


def test_a_related_resource_of_another_type_is_409(shelf):
    answer = shelf.patch("/articles/1", change(author={"type": "tags", "id": "1"}))
    assert refusal(answer) == (409, ["type-conflict pointer=/data/relationships/author"])


def test_null_for_a_required_to_one_is_422_in_a_document(shelf):
    """Contract, Relationships."""
    answer = shelf.patch("/comments/1", change(None, "1", "comments", article=None))
    assert refusal(answer) == (422, ["null-not-allowed pointer=/data/relationships/article"])


def test_one_wrong_attribute_keeps_the_others_from_being_changed(desk):
    """Creating, Updating and Deleting: a request MUST completely succeed or fail."""
    before = desk.get("/articles/1").data
    answer = desk.patch("/articles/1", change({"title": "Changed", "word-count": -1}, tags=[]))
    assert refusal(answer) == (422, ["out-of-range pointer=/data/attributes/word-count"])
    assert desk.get("/articles/1").data == before


@pytest.mark.parametrize(
    ("attributes", "code"),
    [({"title": None}, "null-not-allowed"), ({"title": "x"}, "too-short"), ({"title": 5}, "wrong-kind")],
)
def test_an_attribute_that_cannot_be_is_422(shelf, attributes, code):
    answer = shelf.patch("/articles/1", change(attributes))
    assert refusal(answer) == (422, [f"{code} pointer=/data/attributes/title"])


def test_a_value_that_must_be_unique_is_409_but_one_may_keep_ones_own(toys):
    """Updating § 409: uniqueness of something other than the id."""
    toys.create("accounts", {"email": "ada@example.org"})
    toys.create("accounts", {"email": "ben@example.org"})
    taken = toys.patch("/accounts/2", change({"email": "Ada@Example.org"}, "2", "accounts"))
    assert refusal(taken) == (409, ["not-unique pointer=/data/attributes/email"])
    own = toys.patch("/accounts/1", change({"email": "ADA@example.org"}, "1", "accounts"))
    assert (own.status, own.data["attributes"]["email"]) == (200, "ADA@example.org")


@pytest.mark.parametrize("sent", [{}, {"password": None}])
def test_a_password_that_is_not_sent_or_null_is_kept(toys, sent):
    """Contract, course § users."""
    toys.create("accounts", {"email": "ada@example.org", "password": "one"})
    answer = toys.patch("/accounts/1", change({"email": "new@example.org", **sent}, "1", "accounts"))
    assert (answer.status, warnings(answer)) == (200, [])
    assert ids(toys.get("/accounts?email=new@example.org&password=one")) == ["1"]


def test_unknown_members_are_ignored_with_a_warning_and_422_in_strict_mode(desk):
    body = change({"titel": "x", "body": "new"})
    strict = desk.patch("/articles/1", body, prefer="handling=strict")
    assert refusal(strict) == (422, ["unknown-member pointer=/data/attributes/titel"])
    assert desk.get("/articles/1").data["attributes"]["body"] == "100% sure, a_b"
    answer = desk.patch("/articles/1", body)
    assert warnings(answer) == ["unknown-member pointer=/data/attributes/titel"]
    assert answer.data["attributes"]["body"] == "new"
