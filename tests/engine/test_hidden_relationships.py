"""Relationships that only their other side declares: not in documents unless asked for, written like any other."""

import pytest

GROUP = {"type": "groups", "id": "1"}


@pytest.fixture
def member(client):
    """A client of a namespace with a user and a group."""
    names = {"first-name": "Ada", "last-name": "Lovelace", "role": "student"}
    client.create("users", {"email": "ada@example.org", "password": "secret", **names})
    client.create("groups", {"name": "First years"})
    return client


def test_a_document_writes_one(member):
    data = {"type": "users", "id": "1", "relationships": {"groups": {"data": [GROUP, GROUP]}}}
    changed = member.patch("/users/1", {"data": data})
    assert (changed.status, list(changed.data["relationships"])) == (200, ["teaches", "takes"])
    assert member.get("/users/1/relationships/groups").data == [GROUP]
    assert list(member.get("/users/1?include=groups").data["relationships"]) == ["teaches", "takes", "groups"]


def test_a_new_resource_has_one(member):
    names = {"first-name": "Ben", "last-name": "Sis", "role": "student"}
    member.create("users", {"email": "ben@example.org", "password": "secret", **names}, groups=[("groups", "1")])
    assert member.get("/groups/1/relationships/users").data == [{"type": "users", "id": "2"}]


def test_what_one_names_must_exist(member):
    data = {"type": "users", "id": "1", "relationships": {"groups": {"data": [{"type": "groups", "id": "9"}]}}}
    refused = member.patch("/users/1", {"data": data})
    assert refused.status == 404
    assert refused.errors[0]["source"] == {"pointer": "/data/relationships/groups"}
