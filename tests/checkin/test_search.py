"""contract: checkin, "The search body": every operator on every field, by GET and by POST /search, at all four URLs."""

import operator

import pytest

from .checkin import (
    BOOLEAN,
    CLASSMATE,
    COMPETENCE_LEVEL,
    DATE,
    DOCENT,
    HOURS,
    LEVEL,
    MOMENT,
    MOOD,
    NAMES,
    NOBODY,
    OPTIONAL_MOOD,
    STUDENT,
    TABLE,
    changed,
    new_body,
    refused,
    said,
)
from .conftest import Shelf

NUMBERS = (MOOD, OPTIONAL_MOOD, HOURS, COMPETENCE_LEVEL, LEVEL)
COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
SEARCHED = [
    (type_, name)
    for type_, row in TABLE.items()
    for name in ("id", *row.parents, *row.fields, *(("name", "email", "role") if type_ == "users" else ()))
]


def kind_of(type_, name):
    """number, date, moment, boolean, text, or id for keys and ids."""
    row = TABLE[type_]
    if name == "id" or name in row.parents:
        return "id"
    kind = row.fields.get(name)
    if kind in NUMBERS:
        return "number"
    return {DATE: "date", MOMENT: "moment", BOOLEAN: "boolean"}.get(kind, "text")


OPERATORS = {
    "id": {"=", *COMPARISONS},
    "number": {"=", *COMPARISONS},
    "date": {"=", *COMPARISONS},
    "moment": {"=", *COMPARISONS, "like"},
    "boolean": {"="},
    "text": {"=", "like"},
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """The filled namespace with one more row of each type, which differs; for tests that only read."""

    def fill(world):
        world.fill()
        world.v3("DELETE", "levels/4")
        for type_ in TABLE:
            new = world.create(type_, new_body(type_))
            assert world.v3("PUT", f"{type_}/{new['id']}", changed(type_)).status == 200
        world.create("forms", {"title": "unused", "active": False})
        world.create("jobroles", {"name": "Tester"})

    return Shelf(tmp_path_factory.mktemp("rows"), fill).world()


def searched(world, path, body):
    """The ids found, the same by GET and by POST …/search."""
    by_get, by_post = world.v3("GET", path, body), world.v3("POST", f"{path}/search", body)
    assert said(by_get) == said(by_post)
    assert by_get.status == 200, by_get
    return [entity["id"] for entity in by_get.json]


def value_of(entity, name):
    """What a search compares; of a user also what is only written."""
    if name == "role":
        return entity["roles"][-1].lower()
    return entity[name]


# --- every operator on every field ------------------------------------------------------------------
@pytest.mark.parametrize(("type_", "name"), SEARCHED)
def test_each_operator_finds_the_rows_whose_value_satisfies_it(rows, type_, name):
    everything, kind = rows.entity(type_), kind_of(type_, name)
    values = {entity["id"]: value_of(entity, name) for entity in everything}
    sought = {value for value in values.values() if value is not None}
    assert sought
    for value in sought:
        equal = [id_ for id_, found in values.items() if found == value]
        assert searched(rows, type_, {name: value}) == equal != []
        for word, compare in COMPARISONS.items():
            answer = rows.v3("GET", type_, {name: {word: value}})
            if word not in OPERATORS[kind]:
                assert (word, refused(answer)) == (word, (400, [name]))
            else:
                expected = [id_ for id_, found in values.items() if found is not None and compare(found, value)]
                assert (word, value, searched(rows, type_, {name: {word: value}})) == (word, value, expected)
        answer = rows.v3("GET", type_, {name: {"like": str(value)[1:]}})
        if "like" not in OPERATORS[kind]:
            assert refused(answer) == (400, [name])
        else:
            expected = [id_ for id_, found in values.items() if value[1:].casefold() in found.casefold()]
            assert [entity["id"] for entity in answer.json] == expected != []
    assert searched(rows, type_, {name: None}) == [id_ for id_, found in values.items() if found is None]


@pytest.mark.parametrize(("type_", "name"), SEARCHED)
def test_a_value_that_a_field_cannot_have_is_400(rows, type_, name):
    wrong = {
        "id": (True, 1.5, "", [1]),
        "number": ("many", True, [1], "1 "),
        "date": ("2020-02-30", "yesterday", 20200106, True, ""),
        "moment": ("2020-01-06", "now", 5, True),
        "boolean": (1, 0, "yes", []),
        "text": (1, True, 1.5, ["x"]),
    }[kind_of(type_, name)]
    for value in wrong:
        assert (value, refused(rows.v3("GET", type_, {name: value}))) == (value, (400, [name]))
    for value in (None, 1, True, [], {}):
        assert refused(rows.v3("GET", type_, {name: {"like": value}})) == (400, [name])
    for word in COMPARISONS:
        assert (word, refused(rows.v3("GET", type_, {name: {word: None}}))) == (word, (400, [name]))


# --- operators --------------------------------------------------------------------------------------
@pytest.fixture
def projects(world):
    for id_ in (1, 2):
        assert world.v3("DELETE", f"projects/{id_}").status == 204
    texts = {
        "Colloquium app": "100% klaar",
        "colloquium_2": "",
        "Powerchainger": "50 procent_",
        "ÉCLAIR": 'aan "huis"',
        "Straße": "back\\slash",
    }
    return {name: world.create("projects", {"name": name, "description": text})["id"] for name, text in texts.items()}


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({}, [3, 4, 5, 6, 7]),
        ({"name": "Colloquium app"}, [3]),
        ({"name": "colloquium app"}, []),
        ({"name": {"like": "collo"}}, [3, 4]),
        ({"name": {"like": "COLLO"}}, [3, 4]),
        ({"name": {"like": "éclair"}}, [6]),
        ({"name": {"like": "STRASSE"}}, [7]),
        ({"name": {"like": ""}}, [3, 4, 5, 6, 7]),
        ({"name": {"like": "%"}}, []),
        ({"name": {"like": "_"}}, [4]),
        ({"description": {"like": "%"}}, [3]),
        ({"description": {"like": "0%"}}, [3]),
        ({"description": {"like": "_"}}, [5]),
        ({"description": {"like": "\\"}}, [7]),
        ({"description": {"like": '"huis"'}}, [6]),
        ({"description": ""}, [4]),
        ({"description": None}, []),
        ({"name": None}, []),
        ({"name": {"like": "collo"}, "description": {"like": "klaar"}}, [3]),
        ({"name": {"like": "collo"}, "description": {"like": "procent"}}, []),
        ({"id": 3}, [3]),
        ({"id": "3"}, [3]),
        ({"id": {">": 3, "<": 6}}, [4, 5]),
        ({"id": {">": 3, "<": 4}}, []),
        ({"id": NOBODY}, []),
        ({"id": "nobody"}, []),
        ({"id": {">=": -1}}, [3, 4, 5, 6, 7]),
    ],
)
def test_what_a_search_finds(world, projects, search, found):
    assert searched(world, "projects", search) == found


def test_ids_that_are_no_numbers_are_not_compared_as_numbers(world, projects):
    world.client.create("projects", {"name": "by name"}, id_="by-name")
    assert searched(world, "projects", {"id": {"<": 99}}) == [3, 4, 5, 6, 7]
    assert searched(world, "projects", {"id": "by-name"}) == ["by-name"]


@pytest.mark.parametrize(
    ("type_", "search", "found"),
    [
        ("daily-checkins", {"mood_score": {">": 1, "<": 5}}, [2, 3, 4]),
        ("daily-checkins", {"mood_score": {">=": 2, "<=": 3}}, [2, 3]),
        ("daily-checkins", {"mood_score": {">": 4, "<": 2}}, []),
        ("daily-checkins", {"hours_worked": 4.5}, [3]),
        ("daily-checkins", {"hours_worked": 3.0}, [2]),
        ("daily-checkins", {"hours_worked": {"<": 12345678.0}}, [1, 2, 3, 4, 5]),
        ("daily-checkins", {"hours_worked": {"<": 4.5}}, [1, 2]),
        ("daily-checkins", {"hours_worked": {">": 4.4, "<": 4.6}}, [3]),
        ("daily-checkins", {"date": {">=": "2021-01-02", "<": "2021-01-04"}}, [2, 3]),
        ("daily-checkins", {"date": {">": "2021-01-02"}, "mood_score": {"<": 5}}, [3, 4]),
        ("daily-checkins", {"user_id": CLASSMATE}, [5]),
        ("daily-checkins", {"user_id": str(CLASSMATE)}, [5]),
        ("daily-checkins", {"user_id": {">": 2, "<": 5}}, [3, 4]),
        ("daily-checkins", {"user_id": NOBODY}, []),
        ("daily-checkins", {"comment": ""}, [1, 2, 3, 4]),
        ("weekly-checkins", {"mood_score": None}, [4, 5]),
        ("weekly-checkins", {"mood_score": {">": 0}}, [1, 2, 3]),
        ("weekly-checkins", {"went_well": None}, []),
        ("answersheets", {"created_at": {"<": "2020-01-06T09:30:00+01:00"}}, [1]),
        ("answersheets", {"created_at": "2020-01-06T10:00:00+01:00"}, [2, 3, 4, 5]),
        ("answers", {"question_id": None}, [1]),
        ("forms", {"active": True}, [1, 2]),
        ("forms", {"active": False}, [3]),
        ("forms", {"active": None}, []),
        ("questions", {"type": "slider", "form_id": 1}, [1, 3]),
        ("questions", {"type": {"like": "SLI"}, "key": {"like": "hours"}}, [3]),
        ("users", {"email": "SAM@Hanze.Example"}, [STUDENT]),
        ("users", {"email": {"like": "HANZE.EX"}}, [1, 2, 3, 4, 5]),
        ("users", {"name": {"like": "n der d"}}, [3]),
        ("users", {"name": NAMES[DOCENT][0]}, [DOCENT]),
        ("users", {"role": "docent"}, [2, 3]),
        ("users", {"role": "teacher"}, []),
    ],
)
def test_what_a_search_finds_among_values_of_other_kinds(world, type_, search, found):
    for row, mood in enumerate((1, 2, 3, 4, 5), 1):
        change = {"mood_score": mood, "hours_worked": mood * 1.5, "date": f"2021-01-0{row}"}
        assert world.v3("PUT", f"daily-checkins/{row}", change).status == 200
    world.v3("PUT", "daily-checkins/5", {"comment": "last"})
    for row in (4, 5):
        world.v3("PUT", f"weekly-checkins/{row}", {"mood_score": None})
    world.v3("PUT", "answersheets/1", {"created_at": "2020-01-06T08:00:00Z"})
    question = world.create("questions", new_body("questions"))["id"]
    world.v3("DELETE", "answers/1")
    world.client.create("answers", {"answer": "to none"}, id_="1", answersheet=("answersheets", "1"))
    world.v3("DELETE", f"questions/{question}")
    world.create("forms", {"title": "old", "active": False})
    assert searched(world, type_, search) == found


def test_a_search_of_a_relation_narrows_the_related_ones(world):
    world.create("daily-checkins", new_body("daily-checkins", STUDENT) | {"mood_score": 5})
    assert searched(world, f"users/{STUDENT}/daily-checkins", {"mood_score": 5}) == [6]
    assert searched(world, f"users/{STUDENT}/daily-checkins", {"mood_score": {"<": 5}}) == [4]
    assert searched(world, f"users/{STUDENT}/daily-checkins", {"user_id": CLASSMATE}) == []
    assert searched(world, "projects/1/users", {"role": "student"}) == [4, 5]
    assert searched(world, "projects/2/users", {"role": "student"}) == []
    assert searched(world, "projects/1/users", {"id": {">": 4}}) == [5]


def test_an_empty_or_missing_body_narrows_nothing(world):
    everything = said(world.v3("GET", "users"))
    for body in (None, {}):
        assert said(world.v3("GET", "users", body)) == everything
        assert said(world.v3("POST", "users/search", body)) == everything
    assert len(everything[1]) == 5


# --- unknown words ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "type_"),
    [
        ("users", "users"),
        ("projects", "projects"),
        ("users/4/cubes", "cubes"),
        ("cubes/4/matrix-fields", "matrix-fields"),
    ],
)
def test_an_unknown_field_is_400_that_lists_the_known_ones(world, path, type_):
    names = {"users": ["name", "email", "role"]}.get(type_, [*TABLE[type_].fields])
    for method, url in (("GET", path), ("POST", f"{path}/search")):
        answer = world.v3(method, url, {"zzz": 1, "qqq": {"like": "x"}})
        assert refused(answer) == (400, ["zzz", "qqq"])
        for sentences in answer.json["errors"].values():
            assert all(f"'{known}'" in sentences[0] for known in ["id", *TABLE[type_].parents, *names])


@pytest.mark.parametrize(
    "name", ["password", "password_hash", "admin", "created_at", "first_name", "checkin_role", "seq"]
)
def test_what_a_user_does_not_show_cannot_be_searched(world, name):
    for value in ("x", {"like": "x"}, None):
        assert refused(world.v3("GET", "users", {name: value})) == (400, [name])


def test_a_wrong_name_gets_a_suggestion(world):
    assert "did you mean 'mood_score'?" in world.v3("GET", "daily-checkins", {"mood-score": 1}).json["message"]
    assert "did you mean 'description'?" in world.v3("GET", "projects", {"descripton": "x"}).json["message"]


@pytest.mark.parametrize("word", ["=", "!=", "LIKE", "in", "lt", "", "with"])
def test_an_unknown_operator_is_400_that_lists_the_known_ones(world, word):
    answer = world.v3("GET", "daily-checkins", {"mood_score": {word: 1}})
    assert refused(answer) == (400, ["mood_score"])
    assert all(f"'{known}'" in answer.json["message"] for known in ("like", "<", "<=", ">", ">="))


def test_no_operator_at_all_is_400(world):
    answer = world.v3("GET", "daily-checkins", {"mood_score": {}})
    assert refused(answer) == (400, ["mood_score"])


def test_all_unknown_words_are_named_at_once(world):
    search = {"zzz": 1, "name": {"like": 1, "in": []}, "with": ["nobody", "users"]}
    answer = world.v3("GET", "projects", search)
    assert refused(answer) == (400, ["zzz", "name", "with"])
    assert len(answer.json["errors"]["name"]) == 2


@pytest.mark.parametrize("path", ["users/4", "users/4/projects/1", "users/4/daily-checkins/4"])
def test_a_single_entity_is_not_narrowed(world, path):
    for body in ({"name": "x"}, {"id": 4}, {"mood_score": 5}):
        assert refused(world.v3("GET", path, body)) == (400, [*body])
    assert world.v3("GET", path, {"with": []}).status == 200


@pytest.mark.parametrize("number", [1e300, 10**16, 1e-7])
def test_any_number_is_compared(rows, number):
    smaller, greater = (searched(rows, "daily-checkins", {"hours_worked": {word: number}}) for word in "<>")
    everything = [entity["id"] for entity in rows.entity("daily-checkins")]
    hours = [entity["hours_worked"] for entity in rows.entity("daily-checkins")]
    assert smaller == [id_ for id_, found in zip(everything, hours, strict=True) if found < number]
    assert greater == [id_ for id_, found in zip(everything, hours, strict=True) if found > number]


@pytest.mark.parametrize("name", ["nam", "users"])
def test_an_unknown_field_that_is_near_one_is_told_all_known_ones(rows, name):
    """Contract: 400 naming it and listing the known ones."""
    message = rows.v3("POST", "projects/search", {name: "x"}).json["message"]
    assert f"'{name}'" in message and "'name'" in message and "'description'" in message
