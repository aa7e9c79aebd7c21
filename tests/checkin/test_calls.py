"""contract: checkin, "V3 calls": every call for every entity and relation; keys, ids, methods, the order of checks."""

import json

import pytest

from .checkin import (
    BELONGS_TO_MANY,
    CLASSMATE,
    HAS_MANY,
    NOBODY,
    OWNED,
    RELATIONS,
    STUDENT,
    TABLE,
    USER,
    USERS,
    body_of,
    changed,
    entity_of,
    new_body,
    refused,
    said,
    user_entity,
)

HAS = [pair for pair in RELATIONS if TABLE[pair[0]].many[pair[1]][1] == HAS_MANY]
BELONGS = [pair for pair in RELATIONS if TABLE[pair[0]].many[pair[1]][1] == BELONGS_TO_MANY]
FIELDS = [(type_, name) for type_ in TABLE for name in TABLE[type_].fields]
KEYS = [(type_, key) for type_ in TABLE for key in TABLE[type_].parents]


@pytest.fixture
def world(world):
    """Level 4 is free, so that there is one that can be made."""
    assert world.v3("DELETE", "levels/4").status == 204
    return world


def made(type_, id_):
    """The entity that new_body() makes."""
    body = new_body(type_)
    return user_entity(id_, body["name"], body["email"], "student") if type_ == "users" else entity_of(type_, id_, body)


def owner_of(type_):
    """The id of a row of the type that has related ones."""
    return STUDENT if type_ in ("users", *OWNED) else 1


def back(type_, relation):
    """The name of a belongsToMany relation as seen from the other side."""
    target = TABLE[type_].many[relation][0]
    return next(name for name, (other, _) in TABLE[target].many.items() if other == type_)


def key_of(type_, relation):
    """The key in which the members of a hasMany relation carry their parent."""
    target = TABLE[type_].many[relation][0]
    return next(key for key, (parent, _, _) in TABLE[target].parents.items() if parent == type_)


# --- the calls on entities --------------------------------------------------------------------------
@pytest.mark.parametrize("type_", TABLE)
def test_an_entity_is_made_read_listed_changed_and_deleted(world, type_):
    before = world.entity(type_)
    created = world.v3("POST", type_, new_body(type_))
    id_ = created.json["id"]
    entity = made(type_, id_)
    assert said(created) == (201, entity)
    assert said(world.v3("GET", f"{type_}/{id_}")) == (200, entity)
    everything = world.entity(type_)
    assert sorted(everything, key=lambda row: row["id"]) == sorted([*before, entity], key=lambda row: row["id"])
    assert said(world.v3("POST", f"{type_}/search")) == (200, everything)
    entity |= changed(type_)
    assert said(world.v3("PUT", f"{type_}/{id_}", changed(type_))) == (200, entity)
    assert said(world.v3("PUT", f"{type_}/{id_}", entity)) == (200, entity)  # sent back whole
    assert said(world.v3("PUT", f"{type_}/{id_}")) == (200, entity)  # nothing sent
    assert said(world.v3("GET", f"{type_}/{id_}")) == (200, entity)
    assert said(world.v3("DELETE", f"{type_}/{id_}")) == (204, None)
    assert refused(world.v3("GET", f"{type_}/{id_}")) == (404, [])
    assert world.entity(type_) == before


@pytest.mark.parametrize("type_", OWNED)
def test_the_filled_namespace_shows_what_was_sent(world, type_):
    assert world.entity(type_) == [entity_of(type_, user, body_of(type_, user)) for user in USERS]


@pytest.mark.parametrize("type_", TABLE)
def test_calls_on_an_entity_that_is_not_there_are_404(world, type_):
    for method in ("GET", "PUT", "DELETE"):
        assert refused(world.v3(method, f"{type_}/{NOBODY}")) == (404, [])
        assert refused(world.v3(method, f"{type_}/nobody")) == (404, [])


# --- the calls on hasMany relations -----------------------------------------------------------------
@pytest.mark.parametrize(("type_", "relation"), HAS)
def test_a_has_many_relation_is_listed_made_read_and_deleted(world, type_, relation):
    target, key, owner = TABLE[type_].many[relation][0], key_of(type_, relation), owner_of(type_)
    path = f"{type_}/{owner}/{relation}"
    before = world.entity(path)
    assert before == [row for row in world.entity(target) if row[key] == owner] != []
    body = {name: value for name, value in new_body(target).items() if name != key}
    created = world.v3("POST", path, body)
    entity = entity_of(target, created.json["id"], body | {key: owner})
    assert said(created) == (201, entity)
    assert said(world.v3("GET", f"{path}/{entity['id']}")) == (200, entity)
    assert said(world.v3("GET", f"{target}/{entity['id']}")) == (200, entity)
    assert sorted(world.ids(path)) == sorted([*(row["id"] for row in before), entity["id"]])
    assert said(world.v3("POST", f"{path}/search")) == (200, world.entity(path))
    assert said(world.v3("DELETE", f"{path}/{entity['id']}")) == (204, None)
    assert refused(world.v3("GET", f"{target}/{entity['id']}")) == (404, [])
    assert world.entity(path) == before


@pytest.mark.parametrize(("type_", "relation"), HAS)
def test_what_belongs_to_another_parent_is_404(world, type_, relation):
    target, key, owner = TABLE[type_].many[relation][0], key_of(type_, relation), owner_of(type_)
    other = next(row["id"] for row in world.entity(type_) if row["id"] != owner)
    member = world.ids(f"{type_}/{owner}/{relation}")[0]
    before = world.entity(target)
    elsewhere = [
        f"{type_}/{other}/{relation}/{member}",
        f"{type_}/{owner}/{relation}/{NOBODY}",
        f"{type_}/{NOBODY}/{relation}/{member}",
    ]
    for path in elsewhere:
        for method in ("GET", "DELETE"):
            assert (path, refused(world.v3(method, path))) == (path, (404, []))
    assert refused(world.v3("GET", f"{type_}/{NOBODY}/{relation}")) == (404, [])
    assert refused(world.v3("POST", f"{type_}/{NOBODY}/{relation}/search")) == (404, [])
    assert refused(world.v3("POST", f"{type_}/{NOBODY}/{relation}", new_body(target))) == (404, [])
    assert world.entity(target) == before
    assert key in before[0]


@pytest.mark.parametrize(("type_", "relation"), HAS)
def test_a_body_may_repeat_the_parent_of_the_url_but_not_name_another(world, type_, relation):
    target, key, owner = TABLE[type_].many[relation][0], key_of(type_, relation), owner_of(type_)
    other = next(row["id"] for row in world.entity(type_) if row["id"] != owner)
    path, before = f"{type_}/{owner}/{relation}", world.entity(target)
    assert refused(world.v3("POST", path, new_body(target) | {key: other})) == (400, [key])
    assert world.entity(target) == before
    assert world.create(path, new_body(target) | {key: owner})[key] == owner


# --- the calls on belongsToMany relations -----------------------------------------------------------
@pytest.mark.parametrize(("type_", "relation"), BELONGS)
def test_a_belongs_to_many_relation_is_linked_read_and_unlinked(world, type_, relation):
    target = TABLE[type_].many[relation][0]
    new = world.create(target, new_body(target))
    owner = owner_of(type_)
    path, other_side = f"{type_}/{owner}/{relation}", f"{target}/{new['id']}/{back(type_, relation)}"
    before = world.entity(path)
    assert before and new not in before
    for _ in range(2):  # linking twice is no error
        assert said(world.v3("PUT", f"{path}/{new['id']}")) == (200, new)
    assert world.entity(path) == [*before, new]
    assert said(world.v3("POST", f"{path}/search", {"id": new["id"]})) == (200, [new])
    assert said(world.v3("GET", f"{path}/{new['id']}")) == (200, new)
    assert world.ids(other_side) == [owner]
    assert said(world.v3("DELETE", f"{path}/{new['id']}")) == (204, None)
    assert (world.entity(path), world.ids(other_side)) == (before, [])
    for method in ("GET", "DELETE"):
        assert refused(world.v3(method, f"{path}/{new['id']}")) == (404, [])
    assert said(world.v3("GET", f"{target}/{new['id']}")) == (200, new)  # unlinked, not deleted


@pytest.mark.parametrize(("type_", "relation"), BELONGS)
def test_nothing_is_linked_to_what_is_not_there(world, type_, relation):
    path = f"{type_}/{owner_of(type_)}/{relation}"
    before = world.entity(path)
    for method in ("PUT", "GET", "DELETE"):
        assert refused(world.v3(method, f"{path}/{NOBODY}")) == (404, [])
        assert refused(world.v3(method, f"{type_}/{NOBODY}/{relation}/1")) == (404, [])
    assert world.entity(path) == before


# --- methods ----------------------------------------------------------------------------------------
def endpoints():
    """(path, the methods of the contract's table of calls) of every kind of URL, for every entity and relation."""
    for type_, row in TABLE.items():
        yield type_, "GET POST"
        yield f"{type_}/search", "POST"
        yield f"{type_}/1", "GET PUT DELETE"
        for relation, (_, kind) in row.many.items():
            yield f"{type_}/1/{relation}", "GET POST" if kind == HAS_MANY else "GET"
            yield f"{type_}/1/{relation}/search", "POST"
            yield f"{type_}/1/{relation}/1", "GET DELETE" if kind == HAS_MANY else "GET PUT DELETE"


@pytest.mark.parametrize(("path", "methods"), list(endpoints()))
def test_a_method_that_a_url_does_not_offer_is_405_with_allow(world, path, methods):
    offered = {*methods.split(), "OPTIONS"} | ({"HEAD"} if "GET" in methods.split() else set())
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - offered:
        answer = world.v3(method, path)
        assert (method, answer.status, {*answer.headers["Allow"].split(", ")}) == (method, 405, offered)
    preflight = world.v3("OPTIONS", path, by=None)
    assert (said(preflight), {*preflight.headers["Allow"].split(", ")}) == ((204, None), offered)


@pytest.mark.parametrize("path", ["nobody", "users/1/nobody", "users/1/projects/1/users", "", "users//x"])
def test_a_preflight_of_an_unknown_path_is_answered(world, path):
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    answer = world.client.request("OPTIONS", f"/v3/{path}", headers={"Origin": "http://page.example", **asked})
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (204, "*")
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization"


def test_head_is_get_without_its_body(world):
    for path in ("users", "users/1", "users/1/projects", "users/1/projects/1"):
        head, get = world.v3("HEAD", path), world.v3("GET", path)
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(get.body)))


# --- paths ------------------------------------------------------------------------------------------
ALIASED = [
    ("GET", "matrix-fields"),
    ("POST", "matrix-fields/search"),
    ("GET", "matrix-fields/1"),
    ("GET", "matrix-fields/1/portfolio-elements"),
    ("POST", "matrix-fields/1/portfolio-elements/search"),
    ("GET", "matrix-fields/1/portfolio-elements/1"),
    ("PUT", "matrix-fields/1/portfolio-elements/2"),
]


@pytest.mark.parametrize(("method", "path"), ALIASED)
def test_matrix_field_is_another_name_of_matrix_fields(world, method, path):
    answer = world.v3(method, path.replace("matrix-fields", "matrix-field"))
    assert answer.status == 200
    assert said(answer) == said(world.v3(method, path))


def test_one_slash_at_the_end_is_allowed(world):
    for path in ("users", "users/1", "users/1/projects", "users/1/projects/1"):
        assert said(world.v3("GET", f"{path}/")) == said(world.v3("GET", path))


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("user", "users"),
        ("daily_checkins", "daily-checkins"),
        ("modules", "users"),  # a type of the course: what there is is listed
        ("users/1/project", "projects"),
        ("users/1/teaches", "projects"),
        ("users/1/email", "projects"),
        ("cubes/1/user", "matrix-fields"),
        ("levels/1/users", ""),
        ("", "users"),
    ],
)
def test_an_unknown_entity_or_relation_is_404_that_names_what_there_is(world, path, meant):
    for method in ("GET", "PATCH"):
        answer = world.v3(method, path)
        assert refused(answer) == (404, [])
        assert meant in answer.json["message"]


@pytest.mark.parametrize(
    "path", ["users/1/projects/1/users", "users/1/projects/1/users/1", "users//projects", "users/1//1"]
)
def test_nothing_is_below_a_relations_row(world, path):
    assert refused(world.v3("GET", path)) == (404, [])


def test_v3_outside_of_a_namespace_says_where_it_lives(shelf, world):
    status, _, body = shelf.send("GET", "/api/v3/users", {}, None)
    assert status == 404
    assert "/api/<your_id>/v3" in json.loads(body)["errors"][0]["detail"]


# --- the order of the checks ------------------------------------------------------------------------
CHECKS = [
    # (method, path, body, by): each wrong in all that comes after what is checked
    (401, [("PATCH", "nobody", "{", None), ("PUT", "users/999/nobody/1", "{", None), ("GET", "users", None, None)]),
    (403, [("PATCH", "nobody", "{", "bad"), ("PUT", "users/999/nobody/1", "{", "bad"), ("GET", "users", None, "bad")]),
    (
        404,
        [
            ("PATCH", "nobody", "{", STUDENT),
            ("PUT", "users/999/nobody/1", "{", STUDENT),
            ("PATCH", "user/1", "{", STUDENT),
        ],
    ),
    (
        405,
        [
            ("PATCH", "users", "{", STUDENT),
            ("DELETE", "projects", "{", STUDENT),
            ("GET", "users/search", "{", STUDENT),
            ("POST", "users/999", "{", STUDENT),
            ("POST", "users/999/projects", "{", STUDENT),
            ("PUT", "users/999/daily-checkins/999", "{", STUDENT),
            ("PUT", "users/999/projects/search", "{", STUDENT),
        ],
    ),
    (
        403,
        [
            ("GET", "users", "{", STUDENT),
            ("POST", "users/search", "{", STUDENT),
            ("POST", "users", "{", STUDENT),
            ("PUT", "projects/999", "{", STUDENT),
            ("DELETE", "projects/999", "{", STUDENT),
            ("GET", "users/999", "{", STUDENT),
            ("PUT", "users/999", "{", STUDENT),
            ("GET", "users/999/daily-checkins", "{", STUDENT),
            ("POST", "users/999/daily-checkins", "{", STUDENT),
            ("GET", "users/999/daily-checkins/999", "{", STUDENT),
            ("DELETE", "users/999/daily-checkins/999", "{", STUDENT),
            ("GET", "projects/999/users", "{", STUDENT),
            ("GET", "projects/1/users/999", "{", STUDENT),
            ("PUT", "users/999/projects/999", "{", STUDENT),
            ("DELETE", "users/4/projects/999", "{", STUDENT),
            ("POST", "jobroles/999/descriptions", "{", STUDENT),
            ("PUT", "daily-checkins/5", "{", STUDENT),
            ("POST", "users/5/daily-checkins", "{", 2),
        ],
    ),
    (
        404,
        [
            ("PUT", "users/999", "{", 1),
            ("GET", "users/999", "{", 1),
            ("GET", "users/999/daily-checkins", "{", 1),
            ("POST", "users/999/daily-checkins", "{", 1),
            ("POST", "users/999/daily-checkins/search", "{", 1),
            ("GET", "users/1/daily-checkins/999", "{", 1),
            ("GET", "users/4/projects/999", "{", STUDENT),
            ("PUT", "daily-checkins/999", "{", STUDENT),
        ],
    ),
    (
        400,
        [
            ("GET", "users", "{", 1),
            ("POST", "users", "{", 1),
            ("POST", "users/search", "{", 1),
            ("GET", "users/1", "{", 1),
            ("PUT", "users/1", "{", 1),
            ("GET", "users/4/daily-checkins", "{", STUDENT),
            ("POST", "users/4/daily-checkins", "{", STUDENT),
            ("GET", "users/4/daily-checkins/4", "{", STUDENT),
        ],
    ),
]


@pytest.mark.parametrize(
    ("status", "method", "path", "body", "by"), [(status, *call) for status, calls in CHECKS for call in calls]
)
def test_the_checks_come_in_the_order_of_the_contract(world, status, method, path, body, by):
    token = {None: {}, "bad": {"Authorization": "Bearer 1|bad"}}.get(by) or (
        {} if by is None else {"Authorization": f"Bearer {world.tokens[by]}"}
    )
    headers = {"Content-Type": "application/json", **token}
    answer = world.client.request(method, f"/v3/{path}", headers=headers, body=body.encode() if body else None)
    assert refused(answer) == (status, [])


# --- bodies -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("type_", "name"), FIELDS)
def test_a_value_that_a_field_cannot_have_is_400_by_its_name(world, type_, name):
    before = world.entity(type_)
    kind = TABLE[type_].fields[name]
    for value, _ in kind.bad:
        assert (value, refused(world.v3("POST", type_, new_body(type_) | {name: value}))) == (value, (400, [name]))
        assert (value, refused(world.v3("PUT", f"{type_}/1", {name: value}))) == (value, (400, [name]))
    if kind.required:
        lacking = {other: value for other, value in new_body(type_).items() if other != name}
        assert refused(world.v3("POST", type_, lacking)) == (400, [name])
    assert world.entity(type_) == before


@pytest.mark.parametrize("type_", TABLE)
def test_a_field_that_an_entity_does_not_have_is_400_by_its_name(world, type_):
    before = world.entity(type_)
    for name in ("nonsense", "created_by", "id", "user", "mood-score", "with", *TABLE[type_].many):
        assert refused(world.v3("POST", type_, new_body(type_) | {name: 7})) == (400, [name])
        assert refused(world.v3("PUT", f"{type_}/1", {name: 7})) == (400, [name])
    assert world.entity(type_) == before


def test_all_fields_at_fault_are_named(world):
    body = {"mood_score": 6, "hours_worked": -1, "date": "today", "user_id": [], "feeling": "fine"}
    answer = world.v3("POST", "daily-checkins", body)
    assert (answer.status, {*answer.json["errors"]}) == (400, {*body})
    assert answer.json["message"] in [
        sentence for sentences in answer.json["errors"].values() for sentence in sentences
    ]


MALFORMED = [b"{", b"[]", b'"text"', b"null", b"1", b'{"name": 1, "name": 2}', b'{"name": NaN}', b"\xff", b"name=x"]


@pytest.mark.parametrize("body", MALFORMED)
def test_a_body_that_is_no_object_is_400(world, body):
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {world.tokens[1]}"}
    for method, path in (
        ("GET", "users"),
        ("POST", "users"),
        ("POST", "users/search"),
        ("PUT", "users/1"),
        ("GET", "users/1"),
    ):
        assert refused(world.client.request(method, f"/v3/{path}", headers=headers, body=body)) == (400, [])


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 200),
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("APPLICATION/JSON", 200),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
    ],
)
def test_a_body_is_json_by_its_content_type_or_has_none(world, content_type, status):
    headers = {"Content-Type": content_type} if content_type else {}
    headers["Authorization"] = f"Bearer {world.tokens[1]}"
    for method, path in (("GET", "users"), ("POST", "users/search"), ("PUT", "users/1")):
        answer = world.client.request(method, f"/v3/{path}", headers=headers, body=b'{"email": "anna@hanze.example"}')
        assert (method, answer.status) == (method, status)


def test_a_body_over_the_limit_is_413(world):
    assert refused(world.v3("POST", "projects", {"name": "x" * 2**20})) == (413, [])


# --- keys and ids -----------------------------------------------------------------------------------
@pytest.mark.parametrize("type_", [type_ for type_ in TABLE if "user_id" in TABLE[type_].parents])
def test_the_user_of_a_new_row_is_the_caller_where_none_is_named(world, type_):
    body = new_body(type_, STUDENT)
    del body["user_id"]
    may = type_ not in ("answersheets", "user-competenties", "notifications")  # these are made by admins
    caller = STUDENT if may else 1
    assert world.create(type_, body, by=caller)["user_id"] == caller
    assert world.create(type_, new_body(type_, CLASSMATE))["user_id"] == CLASSMATE


@pytest.mark.parametrize(("type_", "key"), KEYS)
def test_a_key_must_name_a_row(world, type_, key):
    before = world.entity(type_)
    for value in (NOBODY, "nobody", "", True, 1.5, [1], {"id": 1}):
        assert (value, refused(world.v3("POST", type_, new_body(type_) | {key: value}))) == (value, (400, [key]))
    if TABLE[type_].parents[key][2]:
        assert refused(world.v3("POST", type_, new_body(type_) | {key: None})) == (400, [key])
        if key not in USER:
            lacking = {name: value for name, value in new_body(type_).items() if name != key}
            assert refused(world.v3("POST", type_, lacking)) == (400, [key])
    assert world.entity(type_) == before


FIELDS_BY_ID = ("activity_id", "architecture_id", "level_id")  # of a matrix-field: the axes, not what it belongs to


@pytest.mark.parametrize(("type_", "key"), KEYS)
def test_a_row_does_not_change_its_parent(world, type_, key):
    entity = world.entity(f"{type_}/1")
    answer = world.v3("PUT", f"{type_}/1", {key: 2})
    if key in FIELDS_BY_ID:
        assert said(answer) == (200, entity | {key: 2})
        return
    assert refused(answer) == (400, [key])
    assert refused(world.v3("PUT", f"{type_}/1", {key: None})) == (400, [key])
    assert said(world.v3("PUT", f"{type_}/1", {key: entity[key]})) == (200, entity)
    assert said(world.v3("PUT", f"{type_}/1", {key: str(entity[key])})) == (200, entity)


def test_an_id_is_not_changed_but_may_be_repeated(world):
    assert refused(world.v3("PUT", "projects/1", {"id": 2})) == (400, ["id"])
    assert said(world.v3("PUT", "projects/1", {"id": 1})) == (200, world.entity("projects/1"))


@pytest.mark.parametrize(
    ("id_", "shown"), [("7", 7), ("0", 0), ("2026", 2026), ("p-1", "p-1"), ("A.b_c", "A.b_c"), ("7a", "7a")]
)
def test_ids_are_numbers_where_they_are_decimal(world, id_, shown):
    world.client.create("jobroles", {"name": "Tester"}, id_=id_)
    assert world.entity(f"jobroles/{id_}") == {"id": shown, "name": "Tester"}
    description = world.create("descriptions", {"description": "Test", "jobrole_id": shown})
    assert description["jobrole_id"] == shown
    assert world.ids(f"jobroles/{id_}/descriptions") == [description["id"]]
    assert world.ids("descriptions", {"jobrole_id": shown}) == [description["id"]]
    assert world.ids("jobroles", {"id": shown}) == [shown]
    assert said(world.v3("PUT", f"users/1/jobroles/{id_}")) == (200, {"id": shown, "name": "Tester"})


# --- 400 for what JSON:API refuses by 409 and 422 -----------------------------------------------------
@pytest.mark.parametrize(
    ("type_", "field"),
    [("daily-checkins", "date"), ("weekly-checkins", "date"), ("levels", "number"), ("users", "email")],
)
def test_what_is_taken_is_400(world, type_, field):
    body = new_body(type_)
    world.create(type_, body)
    assert refused(world.v3("POST", type_, body)) == (400, [field])
    assert refused(world.v3("PUT", f"{type_}/1", {field: body[field]})) == (400, [field])


def test_a_place_in_a_cube_that_is_taken_is_400(world):
    assert world.v3("POST", "matrix-fields", body_of("matrix-fields", STUDENT)).status == 400
    field = world.create("matrix-fields", new_body("matrix-fields", STUDENT))
    answer = world.v3("PUT", f"matrix-fields/{field['id']}", {"activity_id": 1})
    assert (answer.status, world.entity(f"matrix-fields/{field['id']}")) == (400, field)
    assert world.v3("POST", "user-competenties", body_of("user-competenties", STUDENT)).status == 400


def test_a_key_that_is_no_id_is_not_called_missing_too(world):
    answer = world.v3("POST", "cubes/1/matrix-fields", {"activity_id": {"a": 1}, "architecture_id": 1.5, "level_id": 1})
    assert answer.status == 400
    assert {name: len(said) for name, said in answer.json["errors"].items()} == {"activity_id": 1, "architecture_id": 1}
