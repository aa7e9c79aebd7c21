"""Document Structure, Resource Objects: identification, fields, attributes, relationships, links."""

import pytest

from jsonapi_course.config import load_settings
from jsonapi_course.resources import load_registry

from ..toys import load_toys
from .answers import path_of, refusal, send, warnings

API = "http://localhost/api/s1"


def relationship(name, data, url=f"{API}/articles/1"):
    return {"links": {"self": f"{url}/relationships/{name}", "related": f"{url}/{name}"}, "data": data}


def test_a_resource_object_has_type_id_attributes_relationships_and_links(shelf):
    """Resource Objects: type and id MUST be there; no other members than those of the specification."""
    assert shelf.get("/articles/1").data == {
        "type": "articles",
        "id": "1",
        "attributes": {
            "title": "On engines",
            "body": "100% sure, a_b",
            "written": "2019-05-01T10:00",
            "word-count": 300,
            "state": "published",
        },
        "relationships": {
            "author": relationship("author", {"type": "people", "id": "1"}),
            "comments": relationship("comments", [{"type": "comments", "id": "1"}, {"type": "comments", "id": "2"}]),
            "tags": relationship("tags", [{"type": "tags", "id": "1"}, {"type": "tags", "id": "2"}]),
        },
        "links": {"self": f"{API}/articles/1"},
    }


def test_optional_attributes_that_were_never_set_are_there(shelf):
    """Contract, course: a string that was never set reads ""; a number, null."""
    assert shelf.get("/articles/x-1").data["attributes"] == {
        "title": "Plain",
        "body": "",
        "written": "",
        "word-count": None,
        "state": "",
    }


def test_a_resource_without_relationships_has_no_such_member(toys):
    account = toys.create("accounts", {"email": "Ada@Example.org", "password": "secret"})
    assert account == {
        "type": "accounts",
        "id": "1",
        "attributes": {"email": "Ada@Example.org"},
        "links": {"self": f"{API}/accounts/1"},
    }


def test_type_and_id_are_strings_also_of_ids_that_look_like_numbers(shelf):
    """Identification: the values of type and id MUST be strings."""
    everything = [item for type_ in ("articles", "people", "comments", "tags") for item in shelf.get(f"/{type_}").data]
    assert [item["id"] for item in everything] == ["1", "2", "10", "x-1", *"123", *"123", *"123"]
    assert all(isinstance(item["type"], str) for item in everything)


def test_each_type_and_id_is_one_resource(desk):
    """Identification: a pair MUST identify a single resource; types count their ids apart."""
    taken = desk.post("/tags", {"data": {"type": "tags", "id": "1", "attributes": {"label": "again"}}})
    assert refusal(taken) == (409, ["id-taken pointer=/data/id"])
    assert desk.get("/tags/1").data["attributes"] == {"label": "sql"}
    assert desk.get("/people/1").data["attributes"] == {"name": "Ada"}


def test_ids_are_compared_by_every_character(desk):
    desk.create("tags", {"label": "upper"}, id_="X-1")
    desk.create("tags", {"label": "lower"}, id_="x-1")
    assert desk.get("/tags/X-1").data["attributes"] == {"label": "upper"}
    assert desk.get("/tags/x-1").data["attributes"] == {"label": "lower"}
    assert [desk.get(f"/tags/{id_}").status for id_ in ("01", "1.0", "%201", "1%20", "+1")] == [404] * 5


@pytest.mark.parametrize("load", [load_toys, load_registry], ids=["toys", "service"])
def test_attributes_and_relationships_share_one_namespace_with_type_and_id(load):
    """Fields: no attribute and relationship of one name, none named type or id."""
    for resource in load(load_settings({})):
        names = [*resource.attributes, *resource.relationships, "type", "id"]
        assert len(names) == len(set(names)), resource.type


@pytest.mark.parametrize("load", [load_toys, load_registry], ids=["toys", "service"])
def test_foreign_keys_are_no_attributes(load):
    """Attributes: keys that reference related resources SHOULD NOT appear."""
    for resource in load(load_settings({})):
        keys = {f"{name}-id" for name in resource.relationships} | {f"{name}_id" for name in resource.relationships}
        assert resource.attributes.keys() & keys == set()


@pytest.mark.parametrize("value", [[], None, "x", 5])
@pytest.mark.parametrize("member", ["attributes", "relationships"])
def test_attributes_and_relationships_must_be_objects(shelf, member, value):
    """Attributes, Relationships: their values MUST be objects."""
    answer = shelf.post("/tags", {"data": {"type": "tags", "attributes": {"label": "New"}, member: value}})
    assert refusal(answer) == (400, [f"invalid-document pointer=/data/{member}"])


@pytest.mark.parametrize("path", ["/articles/1", "/articles/x-1", "/people/2", "/comments/3", "/tags/1"])
def test_the_self_link_of_a_resource_gives_that_resource(shelf, path):
    """Resource Links: GET of it MUST answer with the resource as primary data."""
    resource = shelf.get(path).data
    assert path_of(resource["links"]["self"]) == path
    assert shelf.get(path_of(resource["links"]["self"])).data == resource


def test_an_attribute_beside_type_is_ignored_with_a_warning(toys):
    """Document Structure: additional members are ignored; contract, Lenient: never silently where it looks like a slip."""
    answer = toys.post("/articles", {"data": {"type": "articles", "attributes": {"title": "One"}, "body": "lost"}})
    assert (answer.status, warnings(answer)) == (201, ["unknown-member pointer=/data/body"])
    assert answer.data["attributes"]["body"] == ""


@pytest.mark.parametrize("name", ["atributes", "attribute", "Attributes"])
def test_attributes_under_another_name_are_ignored_with_a_warning(toys, name):
    id_ = toys.create("tags", {"label": "old"})["id"]
    answer = toys.patch(f"/tags/{id_}", {"data": {"type": "tags", "id": id_, name: {"label": "new"}}})
    assert (answer.status, warnings(answer)) == (200, [f"unknown-member pointer=/data/{name}"])
    assert "did you mean 'attributes'" in answer.json["meta"]["warnings"][0]["detail"]


def test_a_lid_of_a_new_resource_is_accepted_and_not_kept(toys):
    """Identification: a client MAY send a lid, which is local to the document."""
    answer = send(toys, "POST", "/tags", {"data": {"type": "tags", "lid": "a", "attributes": {"label": "new"}}})
    assert (answer.status, warnings(answer)) == (201, [])
    assert answer.data.keys() == {"type", "id", "attributes", "relationships", "links"}
