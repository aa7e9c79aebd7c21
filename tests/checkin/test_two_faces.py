"""contract: checkin: one namespace, one database, two faces on the same rows, at once and in every worker."""

import threading

import pytest

from .checkin import (
    BELONGS_TO_MANY,
    OWN_TYPES,
    OWNED,
    PASSWORD,
    RELATIONS,
    STUDENT,
    TABLE,
    Checkin,
    attributes_of,
    changed,
    entity_of,
    linkage_of,
    new_body,
    user_entity,
    wire,
)


def attributes(world, path):
    answer = world.client.get(f"/{path}")
    assert answer.status == 200, answer
    return answer.data.get("attributes", {})


def as_wire(type_, entity):
    return {wire(name): entity[name] for name in TABLE[type_].fields}


def same(world, type_, id_):
    """Whether both faces show the same row; the row as V3 does."""
    entity = world.entity(f"{type_}/{id_}")
    assert attributes(world, f"{type_}/{id_}") == as_wire(type_, entity)
    for key, (_, name, _) in TABLE[type_].parents.items():
        linkage = world.client.get(f"/{type_}/{id_}/relationships/{name}").data
        assert (linkage and linkage["id"]) == (entity[key] and str(entity[key]))
    return entity


@pytest.mark.parametrize("type_", OWN_TYPES)
def test_each_face_shows_what_the_other_wrote(world, type_):
    world.v3("DELETE", "levels/4")
    body = new_body(type_)
    linkage = {name.replace("-", "_"): to_one for name, to_one in linkage_of(type_, body).items()}
    id_ = world.client.create(type_, attributes_of(type_, body), **linkage)["id"]
    entity = entity_of(type_, int(id_), body)
    assert same(world, type_, id_) == entity
    world.v3("PUT", f"{type_}/{id_}", changed(type_))
    assert same(world, type_, id_) == entity | changed(type_)
    sent_back = {"type": type_, "id": id_, "attributes": attributes_of(type_, body)}
    assert world.client.patch(f"/{type_}/{id_}", {"data": sent_back}).status == 200
    fields = {name: value for name, value in body.items() if name in TABLE[type_].fields}
    assert same(world, type_, id_) == entity | changed(type_) | fields
    assert world.client.delete(f"/{type_}/{id_}").status == 204
    assert world.v3("GET", f"{type_}/{id_}").status == 404
    made = world.create(type_, body)
    assert same(world, type_, made["id"]) == made
    assert world.v3("DELETE", f"{type_}/{made['id']}").status == 204
    assert world.client.get(f"/{type_}/{made['id']}").status == 404
    assert len(world.client.get(f"/{type_}").data) == len(world.entity(type_))


LINKED = [(type_, relation) for type_, relation in RELATIONS if TABLE[type_].many[relation][1] == BELONGS_TO_MANY]


@pytest.mark.parametrize(("type_", "relation"), LINKED)
def test_each_face_shows_the_links_that_the_other_made(world, type_, relation):
    target = TABLE[type_].many[relation][0]
    owner = STUDENT if type_ in ("users", *OWNED) else 1
    new = world.create(target, new_body(target))["id"]
    path = f"/{type_}/{owner}/relationships/{relation}"
    identifier = {"type": target, "id": str(new)}
    before = world.client.get(path).data
    world.v3("PUT", f"{type_}/{owner}/{relation}/{new}")
    assert world.client.get(path).data == [*before, identifier]
    assert world.client.delete(path, {"data": [identifier]}).status == 200
    assert new not in world.ids(f"{type_}/{owner}/{relation}")
    assert world.client.post(path, {"data": [identifier]}).status == 200
    assert new in world.ids(f"{type_}/{owner}/{relation}")
    world.v3("DELETE", f"{type_}/{owner}/{relation}/{new}")
    assert world.client.get(path).data == before


def test_a_change_by_v3_makes_an_etag_stale(world):
    before = world.client.get("/projects/1").headers["ETag"]
    assert world.client.get("/projects/1", If_None_Match=before).status == 304
    world.v3("PUT", "projects/1", {"description": "anders"})
    answer = world.client.get("/projects/1", If_None_Match=before)
    assert (answer.status, answer.data["attributes"]["description"]) == (200, "anders")
    stale = world.client.patch(
        "/projects/1", {"data": {"type": "projects", "id": "1", "attributes": {"name": "x"}}}, If_Match=before
    )
    assert (stale.status, world.entity("projects/1")["name"]) == (412, "Check-in")


def test_no_cache_keeps_an_answer_of_v3(world):
    assert world.v3("GET", "projects").headers["Cache-Control"] == "no-cache"
    assert world.v3("GET", f"users/{STUDENT}").headers["Cache-Control"] == "no-cache"


# --- two workers ------------------------------------------------------------------------------------
def test_two_workers_show_the_same_change_at_once_by_both_faces(server):
    world = Checkin(server.client())
    world.first_admin()
    world.create("projects", {"name": "0"})
    for number in range(1, 21):  # each request is a connection of its own, to any of the workers
        if number % 2:
            assert world.v3("PUT", "projects/1", {"name": str(number)}).status == 200
        else:
            data = {"type": "projects", "id": "1", "attributes": {"name": str(number)}}
            assert world.client.patch("/projects/1", {"data": data}).status == 200
        for _ in range(2):
            assert world.entity("projects/1") == {"id": 1, "name": str(number), "description": ""}
            assert attributes(world, "projects/1") == {"name": str(number), "description": ""}
    assert world.request("POST", "/v1/sanctum/logout").status == 204
    assert [world.v3("GET", "projects").status for _ in range(6)] == [403] * 6


def test_of_many_first_admins_at_once_there_is_one(server):
    world = Checkin(server.client())
    statuses = []

    def add(number):
        fields = {"name": f"Admin {number}", "email": f"admin{number}@hanze.example", "password": PASSWORD, "role": 1}
        statuses.append(world.request("POST", "/v1/addUser", fields, by=None).status)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 401, 401, 401, 401, 401]
    [user] = world.client.get("/users").data
    world.log_in(1, user["attributes"]["email"])
    name = f"{user['attributes']['first-name']} {user['attributes']['last-name']}"
    assert world.entity("users") == [user_entity(1, name, user["attributes"]["email"], "admin")]
