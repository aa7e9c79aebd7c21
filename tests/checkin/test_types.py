"""contract: checkin, "Types and fields": fields, ranges, defaults, relations, uniqueness, deletes, on the JSON:API face."""

from datetime import UTC, datetime

import pytest

from jsonapi_course.api.checkin.faces import Faces
from jsonapi_course.config import load_settings
from jsonapi_course.engine import clock
from jsonapi_course.resources import load_registry

from ..course.course import document, refusal, refused, resource, shown, warned
from .checkin import (
    BELONGS_TO_MANY,
    CLASSMATE,
    HAS_MANY,
    MONDAY,
    OWN_TYPES,
    OWNED,
    PASSWORD,
    RELATIONS,
    STUDENT,
    TABLE,
    USERS,
    attributes_of,
    linkage_of,
    new_body,
    wire,
)
from .checkin import refused as refused_by_v3

FIELDS = [(type_, name) for type_ in OWN_TYPES for name in TABLE[type_].fields]
REQUIRED = [(type_, name) for type_, name in FIELDS if TABLE[type_].fields[name].required]
PARENTS = [(type_, key) for type_ in OWN_TYPES for key in TABLE[type_].parents]
NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def face(world, monkeypatch):
    """The JSON:API face of the filled namespace on 31 January 2026; level 4 is free."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    assert world.client.delete("/levels/4").status == 204
    return world.client


def post(face, type_, body):
    """A POST of a row given in V3's words."""
    return face.post(f"/{type_}", document(type_, None, attributes_of(type_, body), linkage_of(type_, body)))


def patch(face, type_, id_, body):
    return face.patch(f"/{type_}/{id_}", document(type_, str(id_), attributes_of(type_, body)))


def whole(type_, id_, body):
    """The whole resource object of a row made by a body in V3's words, of which nothing is linked to many."""
    row = TABLE[type_]
    attributes = {wire(name): kind.absent for name, kind in row.fields.items()} | attributes_of(type_, body)
    linkage = {name: None for _, name, _ in row.parents.values()} | linkage_of(type_, body)
    found = resource(type_, id_, attributes, linkage | {name: [] for name in row.many})
    return {member: value for member, value in found.items() if value}  # no empty attributes or relationships


def required_only(type_):
    """A new row of the student's with what is required, and with what the clock would give."""
    row, body = TABLE[type_], new_body(type_, STUDENT)
    return {
        name: value
        for name, value in body.items()
        if name in row.parents and row.parents[name][2] or name in row.fields and row.fields[name].required
    }


def of_the_clock(type_):
    today = {"daily-checkins": {"date": "2026-01-31"}, "weekly-checkins": {"date": "2026-01-31"}}
    return {**today, "answersheets": {"created_at": "2026-01-31T12:00:00.000000Z"}}.get(type_, {})


def ids(face, path):
    answer = face.get(f"/{path}")
    assert answer.status == 200, answer
    return [item["id"] for item in answer.data]


# --- what there is ----------------------------------------------------------------------------------
def test_the_types_with_their_fields_and_relations_are_those_of_the_table():
    registry = load_registry(load_settings())
    faces = Faces(registry)
    assert {face.type for face in faces} == TABLE.keys()
    for face in faces:
        row = TABLE[face.type]
        parents = {key: (to.target.type, to.name, to.required) for key, to in face.keys.items()}
        kinds = {name: HAS_MANY if to.link is None else BELONGS_TO_MANY for name, to in face.relations.items()}
        many = {name: (to.target.type, kinds[name]) for name, to in face.relations.items()}
        assert (parents, many) == (row.parents, row.many), face.type
        if face.type != "users":
            assert list(face.fields) == list(row.fields)
            assert list(registry[face.type].attributes) == [wire(name) for name in row.fields]
            assert {*registry[face.type].relationships} == {name for _, name, _ in row.parents.values()} | {*row.many}


# --- fields -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("type_", OWN_TYPES)
def test_a_resource_made_with_what_is_required_shows_all_its_fields(face, type_):
    body = required_only(type_)
    created = post(face, type_, body)
    assert created.status == 201, created
    expected = whole(type_, created.data["id"], body | of_the_clock(type_))
    assert created.json == shown(type_, expected)
    path = f"{type_}/{expected['id']}"
    assert face.get(f"/{path}").json == shown(path, expected)
    assert expected in face.get(f"/{type_}").data
    assert (face.delete(f"/{path}").status, face.get(f"/{path}").status) == (204, 404)


@pytest.mark.parametrize(("type_", "name"), REQUIRED)
def test_a_required_attribute_that_is_missing_is_named(face, type_, name):
    before = ids(face, type_)
    body = required_only(type_)
    del body[name]
    answer = post(face, type_, body)
    assert refused(answer) == refusal(422, "missing-member", "/data/attributes")
    assert answer.errors[0]["meta"]["member"] == wire(name)
    assert ids(face, type_) == before


@pytest.mark.parametrize(("type_", "key"), PARENTS)
def test_a_relationship_is_required_as_the_table_says(face, type_, key):
    _, name, required = TABLE[type_].parents[key]
    body = new_body(type_, STUDENT)
    del body[key]
    answer = post(face, type_, body)
    if not required:
        assert (answer.status, answer.data["relationships"][name]["data"]) == (201, None)
        return
    assert refused(answer) == refusal(422, "missing-member", "/data/relationships")
    assert answer.errors[0]["meta"]["member"] == name


@pytest.mark.parametrize(("type_", "key"), PARENTS)
def test_a_relationship_to_what_is_not_there_is_refused(face, type_, key):
    _, name, _ = TABLE[type_].parents[key]
    answer = post(face, type_, new_body(type_, STUDENT) | {key: 999})
    assert refused(answer) == refusal(404, "unknown-resource", f"/data/relationships/{name}")


@pytest.mark.parametrize(("type_", "name"), FIELDS)
def test_a_value_that_cannot_be_is_refused_by_post_and_patch(face, type_, name):
    before = face.get(f"/{type_}").json
    for value, code in TABLE[type_].fields[name].bad:
        expected = (name, value, refusal(422, code, f"/data/attributes/{wire(name)}"))
        assert (name, value, refused(post(face, type_, new_body(type_, STUDENT) | {name: value}))) == expected
        assert (name, value, refused(patch(face, type_, 1, {name: value}))) == expected
    assert face.get(f"/{type_}").json == before


@pytest.mark.parametrize(("type_", "name"), FIELDS)
def test_a_value_that_can_be_is_shown_as_it_was_sent(face, type_, name):
    for value in TABLE[type_].fields[name].good:
        created = post(face, type_, required_only(type_) | {name: value})
        assert (created.status, created.data["attributes"][wire(name)]) == (201, value), created
        assert face.delete(f"/{type_}/{created.data['id']}").status == 204
        changed = patch(face, type_, 1, {name: value})
        assert (changed.status, changed.data["attributes"][wire(name)]) == (200, value), changed
        assert face.get(f"/{type_}/1").data == changed.data


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        pair
        for pair in FIELDS
        if not TABLE[pair[0]].fields[pair[1]].required and not TABLE[pair[0]].fields[pair[1]].nullable
    ],
)
def test_null_for_an_optional_field_counts_as_not_sent_and_warns(face, type_, name):
    created = post(face, type_, required_only(type_) | {name: None})
    assert warned(created) == (201, [("null-not-allowed", f"/data/attributes/{wire(name)}")])
    expected = whole(type_, created.data["id"], required_only(type_) | of_the_clock(type_))
    assert created.data == expected
    before = face.get(f"/{type_}/1").data
    assert patch(face, type_, 1, {name: None}).data == before


@pytest.mark.parametrize("type_", ["daily-checkins", "weekly-checkins"])
def test_a_checkin_is_never_dated_in_the_future(face, type_):
    refused_date = refusal(422, "out-of-range", "/data/attributes/date")
    for day in ("2026-02-01", "9999-12-31"):
        assert refused(post(face, type_, new_body(type_, STUDENT) | {"date": day})) == refused_date
        assert refused(patch(face, type_, 1, {"date": day})) == refused_date
    assert post(face, type_, new_body(type_, STUDENT) | {"date": "2026-01-31"}).status == 201


@pytest.mark.parametrize("type_", OWN_TYPES)
def test_the_names_of_v3_are_no_names_of_jsonapi(face, type_):
    sent = dict.fromkeys(("type", "user_id", "mood_score", "created_at"), "x")
    known = {wire(name) for name in TABLE[type_].fields}
    before = face.get(f"/{type_}/1").data
    answer = face.patch(f"/{type_}/1", document(type_, "1", sent))
    assert (answer.status, answer.data) == (200, before)
    assert [code for code, _ in warned(answer)[1]] == ["unknown-member"] * len(sent.keys() - known)


# --- relations --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("type_", "key"), PARENTS)
def test_a_to_one_can_be_followed_and_is_seen_from_the_other_side(face, type_, key):
    target, name, _ = TABLE[type_].parents[key]
    parent = "4" if target in ("users", "cubes", "answersheets") else "1"
    row = "4" if type_ in OWNED else "1"
    assert face.get(f"/{type_}/{row}/relationships/{name}").data == {"type": target, "id": parent}
    assert face.get(f"/{type_}/{row}/{name}").data == face.get(f"/{target}/{parent}").data
    inverse = type_ if type_ in TABLE[target].many else None
    if inverse:
        assert row in ids(face, f"{target}/{parent}/{inverse}")
        assert row in ids(face, f"{target}/{parent}/relationships/{inverse}")
    included = face.get(f"/{type_}/{row}?include={name}").json["included"]
    assert [(found["type"], found["id"]) for found in included] == [(target, parent)]


@pytest.mark.parametrize(("type_", "relation"), RELATIONS)
def test_a_to_many_has_its_related_and_its_relationship_url(face, type_, relation):
    target, kind = TABLE[type_].many[relation]
    owner = "4" if type_ in ("users", *OWNED) else "1"
    related = face.get(f"/{type_}/{owner}/{relation}").data
    assert related and related == [face.get(f"/{target}/{row['id']}").data for row in related]
    linkage = [{"type": target, "id": row["id"]} for row in related]
    assert face.get(f"/{type_}/{owner}/relationships/{relation}").data == linkage
    if kind == BELONGS_TO_MANY:
        inverse = next(name for name, (other, _) in TABLE[target].many.items() if other == type_)
        assert all(owner in ids(face, f"{target}/{row['id']}/{inverse}") for row in related)


MANY_TO_MANY = [(type_, relation) for type_, relation in RELATIONS if TABLE[type_].many[relation][1] == BELONGS_TO_MANY]


@pytest.mark.parametrize(("type_", "relation"), MANY_TO_MANY)
def test_a_many_to_many_is_written_from_each_side(face, type_, relation):
    target, _ = TABLE[type_].many[relation]
    inverse = next(name for name, (other, _) in TABLE[target].many.items() if other == type_)
    path = f"{type_}/2/relationships/{relation}"
    one = {"data": [{"type": target, "id": "1"}]}
    assert face.patch(f"/{path}", {"data": []}).data == []
    assert "2" not in ids(face, f"{target}/1/{inverse}")
    assert face.post(f"/{path}", one).data == one["data"]
    assert "2" in ids(face, f"{target}/1/{inverse}")
    assert face.delete(f"/{path}", one).data == []
    assert ids(face, path) == []


# --- a user's check-in relationships ----------------------------------------------------------------
HIDDEN = list(TABLE["users"].many)


def test_a_users_document_keeps_the_courses_shape(face):
    expected = resource(
        "users",
        "4",
        {"email": "sam@hanze.example", "first-name": "Sam", "last-name": "Student", "role": "student"},
        {"teaches": [], "takes": []},
    )
    assert face.get("/users/4").json == shown("users/4", expected)
    assert expected in face.get("/users").data
    assert face.get("/projects/1/users").data == face.get("/users").data


@pytest.mark.parametrize("name", HIDDEN)
def test_a_hidden_relationship_of_a_user_is_shown_when_it_is_asked_for(face, name):
    target = TABLE["users"].many[name][0]
    owned = "1" if target in ("projects", "groups", "jobroles") else "4"
    linkage = {"data": [{"type": target, "id": owned}]}
    by_include = face.get(f"/users/4?include={name}").json
    by_fields = face.get(f"/users/4?fields[users]={name}").data
    assert {*by_include["data"]["relationships"]} == {"teaches", "takes", name}
    for shown_so in (by_include["data"], by_fields):
        links = shown_so["relationships"][name]["links"]
        assert shown_so["relationships"][name] == {**linkage, "links": links}
        assert links == {
            "self": f"http://localhost/api/s1/users/4/relationships/{name}",
            "related": f"http://localhost/api/s1/users/4/{name}",
        }
    assert {*by_fields["relationships"]} == {name} and "attributes" not in by_fields
    assert [(row["type"], row["id"]) for row in by_include["included"]] == [(target, owned)]


def test_the_courses_documents_do_not_mention_the_checkin_part(face):
    teacher = {"teacher": {"data": {"type": "users", "id": "2"}}}
    attributes = {"code": "WEB1", "name": "Web development", "semester": "SS18"}
    face.post("/modules", {"data": {"type": "modules", "attributes": attributes, "relationships": teacher}})
    linkage = {"teacher": ("users", "2"), "students": [], "news": [], "sessions": [], "contents": []}
    expected = resource("modules", "1", attributes, linkage)
    assert face.get("/modules/1").json == shown("modules/1", expected)
    included = face.get("/modules/1?include=teacher").json["included"]
    assert [{*user["relationships"]} for user in included] == [{"teaches", "takes"}]


# --- unique -----------------------------------------------------------------------------------------
def test_a_user_has_one_daily_checkin_a_date(face):
    body = new_body("daily-checkins", STUDENT)
    taken = refusal(409, "not-unique", "/data/attributes/date")
    assert post(face, "daily-checkins", body).status == 201
    assert refused(post(face, "daily-checkins", body)) == taken
    assert refused(patch(face, "daily-checkins", STUDENT, {"date": body["date"]})) == taken
    assert post(face, "daily-checkins", body | {"user_id": CLASSMATE}).status == 201
    assert patch(face, "daily-checkins", STUDENT, {"date": MONDAY, "comment": "same date"}).status == 200


@pytest.mark.parametrize(
    ("first", "second", "free"),
    [
        ("2020-01-13", "2020-01-19", "2020-01-20"),
        ("2020-12-31", "2021-01-03", "2021-01-04"),  # week 53 of 2020
        ("2024-12-30", "2025-01-05", "2024-12-29"),  # week 1 of 2025
    ],
)
def test_a_user_has_one_weekly_checkin_an_iso_week(face, first, second, free):
    taken = refusal(409, "not-unique", "/data/attributes/date")
    body = new_body("weekly-checkins", STUDENT)
    assert post(face, "weekly-checkins", body | {"date": first}).status == 201
    assert refused(post(face, "weekly-checkins", body | {"date": second})) == taken
    assert refused(patch(face, "weekly-checkins", STUDENT, {"date": second})) == taken
    assert post(face, "weekly-checkins", body | {"date": second, "user_id": CLASSMATE}).status == 201
    assert post(face, "weekly-checkins", body | {"date": free}).status == 201


def test_a_cube_has_one_field_an_activity_and_architecture(face):
    body = new_body("matrix-fields", STUDENT)
    assert post(face, "matrix-fields", body).status == 201
    status, [(_, code, _)] = refused(post(face, "matrix-fields", body | {"level_id": 2}))
    assert (status, code) == (409, "not-unique")
    assert post(face, "matrix-fields", body | {"architecture_id": 2}).status == 201
    assert post(face, "matrix-fields", body | {"cube_id": CLASSMATE}).status == 201


def test_a_level_has_its_number_alone(face):
    taken = refusal(409, "not-unique", "/data/attributes/number")
    assert refused(post(face, "levels", {"number": 3})) == taken
    assert refused(patch(face, "levels", 1, {"number": 3})) == taken


@pytest.mark.parametrize(
    ("path", "type_", "row"),
    [
        ("users/5/relationships/daily-checkins", "daily-checkins", "4"),
        ("users/5/relationships/weekly-checkins", "weekly-checkins", "4"),
        ("cubes/5/relationships/matrix-fields", "matrix-fields", "4"),
    ],
)
def test_a_row_does_not_move_to_where_its_place_is_taken(face, path, type_, row):
    before = [face.get(f"/{type_}").json, face.get(f"/{path}").json]
    status, [(_, code, where)] = refused(face.post(f"/{path}", {"data": [{"type": type_, "id": row}]}))
    assert (status, code, where) == (409, "not-unique", "/data")
    assert [face.get(f"/{type_}").json, face.get(f"/{path}").json] == before


# --- deletes ----------------------------------------------------------------------------------------
def counts(face):
    return {type_: face.get(f"/{type_}").json["meta"]["page"]["total"] for type_ in TABLE}


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        ("users/4", {"users": 1, **dict.fromkeys(OWNED, 1)}),
        ("jobroles/1", {"jobroles": 1, "descriptions": 1}),
        ("cubes/4", {"cubes": 1, "matrix-fields": 1}),
        ("forms/1", {"forms": 1, "questions": 5, "answersheets": 5, "answers": 5}),
        ("answersheets/4", {"answersheets": 1, "answers": 1}),
        ("projects/1", {"projects": 1}),
        ("groups/1", {"groups": 1}),
        ("matrix-fields/4", {"matrix-fields": 1}),
        ("portfolio-elements/4", {"portfolio-elements": 1}),
        ("questions/1", {"questions": 1}),
        ("activities/2", {"activities": 1}),
        ("competenties/2", {"competenties": 1}),
    ],
)
def test_a_delete_takes_along_what_belongs_to_it_and_nothing_else(face, path, gone):
    before = counts(face)
    assert face.delete(f"/{path}").status == 204
    after = counts(face)
    assert {type_: before[type_] - after[type_] for type_ in TABLE if before[type_] != after[type_]} == gone


def test_an_answer_outlives_its_question_and_keeps_its_title(face):
    face.delete("/questions/1")
    answer = face.get("/answers/4").data
    assert answer["attributes"]["question-title"] == "Hoe gaat het?"
    assert answer["relationships"]["question"]["data"] is None


@pytest.mark.parametrize("path", ["activities/1", "architectures/1", "levels/1", "competenties/1"])
def test_what_is_in_use_is_not_deleted_until_it_is_free(face, world, path):
    type_, id_ = path.split("/")
    user = "user-competenties" if type_ == "competenties" else "matrix-fields"
    assert refused(face.delete(f"/{path}")) == refusal(409, "in-use", None)
    assert refused_by_v3(world.v3("DELETE", path)) == (400, [])
    assert face.get(f"/{path}").status == 200
    for row in USERS:
        assert face.delete(f"/{user}/{row}").status == 204
    assert face.delete(f"/{path}").status == 204


# --- reference rows ---------------------------------------------------------------------------------
def reference_rows(face):
    """{type: [(id, attributes that tell its rows apart, …)]} of what a namespace holds in the check-in part."""
    told_by = {"levels": ["number"], "forms": ["title", "active"], "questions": ["key"]}
    return {
        type_: [
            (row["id"], *(row["attributes"][name] for name in told_by.get(type_, ["name"])))
            for row in face.get(f"/{type_}").data
        ]
        for type_ in TABLE
    }


def numbered(*rows):
    return [(str(number), *row) for number, row in enumerate(rows, 1)]


def named(*names):
    return numbered(*((name,) for name in names))


REFERENCE_ROWS = {
    "activities": named("Manage & control", "Analyseren", "Adviseren", "Ontwerpen", "Realiseren"),
    "architectures": named(
        "Gebruikersinteractie", "Organisatieprocessen", "Infrastructuur", "Software", "Hardware-interfacing"
    ),
    "levels": named(1, 2, 3, 4),
    "forms": numbered(("daily", True), ("weekly", True)),
    "questions": named(
        *("mood_score", "mood_description", "hours_worked", "problems", "comment"),
        *("went_well", "could_be_better", "goals"),
    ),
}


def check_is_new(face):
    assert reference_rows(face) == {type_: [] for type_ in TABLE} | REFERENCE_ROWS
    assert (ids(face, "forms/1/questions"), ids(face, "forms/2/questions")) == (list("12345"), list("678"))
    assert all(question["attributes"]["title"] for question in face.get("/questions").data)


def test_a_new_namespace_holds_the_reference_rows_and_nothing_else(empty):
    check_is_new(empty.client)
    empty.client.create("projects", {"name": "the first write"})
    assert empty.client.delete("/projects/1").status == 204
    check_is_new(empty.client)


def test_a_reset_brings_the_reference_rows_back_and_nothing_else(world):
    world.client.delete("/forms/1")
    world.client.delete("/activities/5")
    assert patch(world.client, "levels", 4, {"description": "changed"}).status == 200
    assert world.client.post("/reset-db").status == 200
    check_is_new(world.client)
    assert world.client.get("/levels/4").data["attributes"] == {"number": 4, "description": ""}
    assert world.client.create("activities", {"name": "the sixth"})["id"] == "6"
    assert (
        world.client.create("daily-checkins", {"mood-score": 3, "hours-worked": 8}, user=new_user(world))["id"] == "1"
    )


def new_user(world):
    attributes = {"email": "a@b.example", "password": PASSWORD, "first-name": "A", "last-name": "B", "role": "student"}
    return "users", world.client.create("users", attributes)["id"]


# --- order ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("type_", ["daily-checkins", "weekly-checkins"])
def test_checkins_come_in_the_order_of_their_dates(face, type_):
    for day in ("2020-01-20", "2020-01-14", "2020-01-27"):
        assert post(face, type_, new_body(type_, STUDENT) | {"date": day}).status == 201
    dates = [row["attributes"]["date"] for row in face.get(f"/users/4/{type_}").data]
    assert dates == [MONDAY, "2020-01-14", "2020-01-20", "2020-01-27"]
