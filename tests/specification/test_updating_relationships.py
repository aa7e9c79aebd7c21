"""Updating Relationships: PATCH, POST and DELETE of relationship URLs (contract: Relationships)."""

import pytest

from .answers import ids, refusal, send, warnings

AUTHOR, TAGS = "/articles/1/relationships/author", "/articles/1/relationships/tags"


def tags(*ids_):
    return {"data": [{"type": "tags", "id": id_} for id_ in ids_]}


def comments(*ids_):
    return {"data": [{"type": "comments", "id": id_} for id_ in ids_]}


# --- to-one -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("linkage", [{"type": "people", "id": "3"}, {"type": "people", "id": "1"}, None])
def test_patch_of_a_to_one_sets_it_and_answers_with_its_new_document(desk, linkage):
    """Updating To-One: an identifier, or null to remove; contract, Documents: 200 with the relationship."""
    answer = desk.patch(AUTHOR, {"data": linkage})
    assert (answer.status, answer.data) == (200, linkage)
    assert answer.body == desk.get(AUTHOR).body
    assert desk.get("/articles/1").data["relationships"]["author"]["data"] == linkage


def test_the_other_side_follows(desk):
    desk.patch(AUTHOR, {"data": {"type": "people", "id": "3"}})
    assert ids(desk.get("/people/1/articles")) == ["10"]
    assert ids(desk.get("/people/3/articles")) == ["1"]


def test_null_for_a_required_to_one_is_403(desk):
    """Updating Relationships § 403; contract, Relationships: 403 at its URL."""
    answer = desk.patch("/comments/1/relationships/article", {"data": None})
    assert refusal(answer) == (403, ["required-relationship pointer=/data"])
    assert desk.get("/comments/1/relationships/article").data == {"type": "articles", "id": "1"}


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "document", [{"data": {"type": "people", "id": "3"}}, {"data": [{"type": "people", "id": "3"}]}]
)
def test_post_and_delete_of_a_to_one_are_403(desk, method, document):
    """Updating Relationships § 403; contract, Which status: refused on principle."""
    status, codes = refusal(send(desk, method, AUTHOR, document))
    assert (status, codes[0]) == (403, "to-one-relationship")
    assert desk.get(AUTHOR).data == {"type": "people", "id": "1"}


# --- to-many ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "linkage", "expected"),
    [
        ("PATCH", ["3"], ["3"]),
        ("PATCH", ["2", "1"], ["1", "2"]),
        ("PATCH", ["3", "2", "1"], ["1", "2", "3"]),
        ("PATCH", [], []),
        ("POST", ["3"], ["1", "2", "3"]),
        ("POST", [], ["1", "2"]),
        ("POST", ["1"], ["1", "2"]),
        ("POST", ["2", "3", "3"], ["1", "2", "3"]),
        ("DELETE", ["1"], ["2"]),
        ("DELETE", ["2", "1"], []),
        ("DELETE", [], ["1", "2"]),
        ("DELETE", ["3"], ["1", "2"]),
        ("DELETE", ["3", "2"], ["1"]),
        ("DELETE", ["99"], ["1", "2"]),
        ("DELETE", ["99", "1"], ["2"]),
    ],
)
def test_a_to_many_is_replaced_added_to_and_removed_from(desk, method, linkage, expected):
    """Updating To-Many: PATCH replaces every member, POST adds what is not there and never twice, DELETE removes;

    what is there or missing already is a success.
    """
    answer = send(desk, method, TAGS, tags(*linkage))
    assert (answer.status, ids(answer)) == (200, expected)
    assert answer.body == desk.get(TAGS).body
    assert ids(desk.get("/articles/1/tags")) == expected
    assert [id_ for id_ in "123" if "1" in ids(desk.get(f"/tags/{id_}/articles"))] == expected


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_one_unknown_member_keeps_the_others_from_being_added(desk, method):
    """Updating To-Many: an error if some resources cannot be found; nothing is changed then."""
    answer = send(desk, method, TAGS, tags("3", "99"))
    assert refusal(answer) == (404, ["unknown-resource pointer=/data"])
    assert ids(desk.get(TAGS)) == ["1", "2"]


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_members_whose_other_side_is_to_one_move_here(desk, method):
    """Contract, course § modules: naming a resource moves it."""
    path = "/articles/2/relationships/comments"
    answer = send(desk, method, path, comments("1", "3"))
    assert (answer.status, ids(answer)) == (200, ["1", "3"])
    assert desk.get("/comments/1/relationships/article").data == {"type": "articles", "id": "2"}
    assert ids(desk.get("/articles/1/comments")) == ["2"]


@pytest.mark.parametrize(
    ("method", "members"), [("PATCH", []), ("PATCH", ["1"]), ("DELETE", ["2"]), ("DELETE", ["1", "2"])]
)
def test_removing_what_must_have_its_other_side_is_403(desk, method, members):
    """Contract, Relationships; Updating To-Many: MUST delete or return 403."""
    path = "/articles/1/relationships/comments"
    answer = send(desk, method, path, comments(*members))
    assert refusal(answer) == (403, ["required-relationship pointer=/data"])
    assert ids(desk.get(path)) == ["1", "2"]


def test_removing_what_is_not_a_member_succeeds_there_too(desk):
    answer = send(desk, "DELETE", "/articles/1/relationships/comments", comments("3", "99"))
    assert (answer.status, ids(answer)) == (200, ["1", "2"])


def test_removing_what_may_be_without_its_other_side_lets_it_go(desk):
    answer = send(desk, "DELETE", "/people/1/relationships/articles", {"data": [{"type": "articles", "id": "10"}]})
    assert ids(answer) == ["1"]
    assert desk.get("/articles/10/relationships/author").data is None


# --- refusals ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize("members", [[], ["1"], ["99"]])
def test_a_read_only_relationship_is_403(desk, method, members):
    """Updating Relationships § 403: an unsupported request; contract, Which status."""
    path = "/people/2/relationships/comments"
    answer = send(desk, method, path, comments(*members))
    assert refusal(answer) == (403, ["read-only-relationship"])
    assert "article" not in answer.errors[0]["detail"]
    assert ids(desk.get(path)) == ["1"]


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/articles/99/relationships/tags", "unknown-resource"),
        ("/articles/1/relationships/tag", "unknown-relationship"),
        ("/article/1/relationships/tags", "unknown-type"),
    ],
)
def test_a_relationship_url_that_does_not_exist_is_404(shelf, method, path, code):
    assert refusal(send(shelf, method, path, tags("1"))) == (404, [code])


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize("body", [None, b""])
def test_a_write_without_a_body_is_400(shelf, method, body):
    """Updating To-Many: the body MUST contain a data member; contract: on DELETE the body is the linkage."""
    assert refusal(send(shelf, method, TAGS, text=body)) == (400, ["empty-body"])


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({}, (400, ["invalid-document pointer="])),
        ({"meta": {}}, (400, ["invalid-document pointer="])),
        ({"data": None}, (400, ["invalid-linkage pointer=/data"])),
        ({"data": {"type": "tags", "id": "1"}}, (400, ["invalid-linkage pointer=/data"])),
        ({"data": "1"}, (400, ["invalid-linkage pointer=/data"])),
        ({"data": [{"type": "people", "id": "1"}]}, (409, ["type-conflict pointer=/data"])),
        (
            {"data": [{"type": "tag", "id": "1"}, 5]},
            (400, ["type-conflict pointer=/data", "invalid-linkage pointer=/data"]),
        ),
    ],
)
def test_the_linkage_of_a_to_many_must_be_an_array_of_identifiers_of_its_type(shelf, method, document, found):
    """Updating To-Many: data MUST be an empty array or an array of identifiers; contract: another type is 409."""
    assert refusal(send(shelf, method, TAGS, document)) == found


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({}, (400, ["invalid-document pointer="])),
        ({"data": []}, (400, ["invalid-linkage pointer=/data"])),
        ({"data": [{"type": "people", "id": "1"}]}, (400, ["invalid-linkage pointer=/data"])),
        ({"data": "1"}, (400, ["invalid-linkage pointer=/data"])),
        ({"data": {"type": "tags", "id": "1"}}, (409, ["type-conflict pointer=/data"])),
        ({"data": {"type": "people", "id": "99"}}, (404, ["unknown-resource pointer=/data"])),
    ],
)
def test_the_linkage_of_a_to_one_must_be_an_identifier_of_its_type_or_null(desk, document, found):
    """Updating To-One: MUST include data with an identifier or null."""
    assert refusal(desk.patch(AUTHOR, document)) == found
    assert desk.get(AUTHOR).data == {"type": "people", "id": "1"}


def test_links_and_meta_beside_data_are_ignored(desk):
    answer = desk.patch(AUTHOR, {**desk.get(AUTHOR).json, "meta": {"a": 1}, "included": 5})
    assert (answer.status, warnings(answer)) == (200, [])


def test_the_related_url_is_not_where_relationships_are_written(shelf):
    answer = shelf.patch("/articles/1/author", {"data": None})
    assert refusal(answer) == (405, ["method-not-allowed"])
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"
