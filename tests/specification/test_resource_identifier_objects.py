"""Document Structure, Resource Identifier Objects: in answers, and which are understood in requests."""

import pytest

from .answers import refusal, send, warnings

AUTHOR = {"type": "people", "id": "3"}


def places(identifier):
    """(method, path, document, pointer) with the identifier of a person, or of a tag, in each place that takes one."""
    person = isinstance(identifier, dict) and identifier.get("type") == "people"
    tag = {**identifier, "type": "tags"} if person else identifier
    return [
        ("PATCH", "/articles/1/relationships/author", {"data": identifier}, "/data"),
        ("PATCH", "/articles/1/relationships/tags", {"data": [tag]}, "/data"),
        ("POST", "/articles/1/relationships/tags", {"data": [tag]}, "/data"),
        ("DELETE", "/articles/1/relationships/tags", {"data": [tag]}, "/data"),
        (
            "PATCH",
            "/articles/1",
            {"data": {"type": "articles", "id": "1", "relationships": {"author": {"data": identifier}}}},
            "/data/relationships/author",
        ),
        (
            "POST",
            "/articles",
            {"data": {"type": "articles", "attributes": {"title": "New"}, "relationships": {"tags": {"data": [tag]}}}},
            "/data/relationships/tags",
        ),
    ]


@pytest.mark.parametrize("path", ["/articles/1/relationships/tags", "/people/1/relationships/best-friend"])
def test_identifiers_have_type_and_id_and_nothing_else(shelf, path):
    """Resource Identifier Objects: MUST contain type and id; both MUST be strings."""
    data = shelf.get(path).data
    for identifier in data if isinstance(data, list) else [data]:
        assert identifier.keys() == {"type", "id"}
        assert all(isinstance(value, str) for value in identifier.values())


@pytest.mark.parametrize("more", [{"meta": {"since": 2019}}, {"attributes": {"name": "Cy"}}, {"@note": 1}, {"meta": 5}])
def test_extra_members_of_an_identifier_are_ignored_without_a_warning(desk, more):
    """Contract, Documents: extra members of an identifier."""
    for method, path, document, _ in places({**AUTHOR, **more}):
        answer = send(desk, method, path, document)
        assert answer.status in (200, 201), answer
        assert warnings(answer) == []


@pytest.mark.parametrize(
    ("identifier", "status", "code"),
    [
        ({"id": "3"}, 400, "invalid-identifier"),
        ({"type": "people"}, 400, "invalid-identifier"),
        ({}, 400, "invalid-identifier"),
        ({"type": 5, "id": "3"}, 400, "invalid-identifier"),
        ({"type": None, "id": "3"}, 400, "invalid-identifier"),
        ({"type": "comments", "id": "1"}, 409, "type-conflict"),
        ({"type": "persons", "id": "3"}, 409, "type-conflict"),
        ("3", 400, "invalid-linkage"),
        (3, 400, "invalid-linkage"),
        (True, 400, "invalid-linkage"),
    ],
)
def test_a_wrong_identifier_is_refused_at_its_relationship(desk, identifier, status, code):
    """Resource Identifier Objects; contract, Which status: structure 400, another type 409, pointer at the relationship."""
    for method, path, document, pointer in places(identifier):
        answer = send(desk, method, path, document)
        assert refusal(answer) == (status, [f"{code} pointer={pointer}"])


@pytest.mark.parametrize("id_", [None, True, 1.5, [], {}, ["3"]])
def test_an_id_of_another_kind_is_400(desk, id_):
    """Resource Identifier Objects: the id MUST be a string."""
    for method, path, document, pointer in places({"type": "people", "id": id_}):
        answer = send(desk, method, path, document)
        assert refusal(answer) == (400, [f"invalid-identifier pointer={pointer}"])


def test_an_integer_id_is_read_as_its_decimal_string_with_a_warning(desk):
    """Contract, course § Ids: real course apps send id: 1."""
    for method, path, document, pointer in places({"type": "people", "id": 3}):
        answer = send(desk, method, path, document)
        assert answer.status in (200, 201), answer
        assert warnings(answer) == [f"id-coerced pointer={pointer}"]
    assert desk.get("/articles/1/relationships/author").data == AUTHOR


def test_an_integer_id_is_400_in_strict_mode(desk):
    for method, path, document, pointer in places({"type": "people", "id": 3}):
        answer = send(desk, method, path, document, Prefer="handling=strict")
        assert refusal(answer) == (400, [f"id-coerced pointer={pointer}"])


@pytest.mark.parametrize("id_", ["99", "", "no such id", "3 ", "%33", "é", "x" * 200])
def test_an_identifier_of_a_resource_that_there_is_not_is_404(desk, id_):
    """Creating, Updating § 404: a related resource that does not exist; removing it from a to-many succeeds."""
    for method, path, document, pointer in places({"type": "people", "id": id_}):
        answer = send(desk, method, path, document)
        if method == "DELETE":
            assert answer.status == 200
        else:
            assert refusal(answer) == (404, [f"unknown-resource pointer={pointer}"])


def test_an_identifier_named_twice_counts_once(desk):
    linkage = [{"type": "tags", "id": "3"}, {"type": "tags", "id": "3"}, {"type": "tags", "id": 3}]
    answer = desk.patch("/articles/1/relationships/tags", {"data": linkage})
    assert answer.data == [{"type": "tags", "id": "3"}]
