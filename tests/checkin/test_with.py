"""contract: checkin, `with`: relations and parents of entities, nested up to three levels, in a constant number of SELECTs."""

import pytest

from jsonapi_course.engine.session import Session

from .checkin import ADMIN, OWNED, RELATIONS, STUDENT, TABLE, new_body, refused, said

PARENTS = [(type_, key) for type_ in TABLE for key in TABLE[type_].parents]
COMPUTED = {
    "users": ["happiness", "hoursWorkedThisWeek", "canDoDaily", "canDoWeekly"],
    "groups": ["user_mood_avg", "hours_worked_today", "hours_worked_yesterday"],
}


def parent_of(type_, key):
    """(type, the parent's name in the singular)."""
    target, name, _ = TABLE[type_].parents[key]
    return target, name


# --- one level --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("type_", "relation"), RELATIONS)
def test_with_adds_a_relation_as_an_array(world, type_, relation):
    everything = world.entity(type_)
    expected = [{**entity, relation: world.entity(f"{type_}/{entity['id']}/{relation}")} for entity in everything]
    assert any(entity[relation] for entity in expected)
    assert world.entity(type_, {"with": [relation]}) == expected
    assert said(world.v3("POST", f"{type_}/search", {"with": [relation]})) == (200, expected)
    for entity in expected:
        assert world.entity(f"{type_}/{entity['id']}", {"with": [relation]}) == entity


@pytest.mark.parametrize(("type_", "key"), PARENTS)
def test_with_adds_a_parent_in_the_singular(world, type_, key):
    target, name = parent_of(type_, key)
    expected = [{**entity, name: world.entity(f"{target}/{entity[key]}")} for entity in world.entity(type_)]
    assert expected and world.entity(type_, {"with": [name]}) == expected
    assert world.entity(f"{type_}/1", {"with": [name]}) == expected[0]


def test_a_parent_that_there_is_not_is_null(world):
    world.v3("DELETE", "questions/1")
    answer = world.entity("answers/1", {"with": ["question", "answersheet"]})
    assert (answer["question"], answer["question_id"], answer["answersheet"]["id"]) == (None, None, 1)


@pytest.mark.parametrize(("type_", "relation"), RELATIONS)
def test_with_goes_on_from_what_is_related(world, type_, relation):
    target = TABLE[type_].many[relation][0]
    owner = STUDENT if type_ in ("users", *OWNED) else 1
    path = f"{type_}/{owner}/{relation}"
    for word in [*TABLE[target].many, *(name for _, name, _ in TABLE[target].parents.values())]:
        whole = {entity["id"]: entity for entity in world.entity(target, {"with": [word]})}
        expected = [whole[id_] for id_ in world.ids(path)]
        assert world.entity(path, {"with": [word]}) == expected
        assert said(world.v3("POST", f"{path}/search", {"with": [word]})) == (200, expected)
        assert world.entity(f"{path}/{expected[0]['id']}", {"with": [word]}) == expected[0]
        nested = world.entity(f"{type_}/{owner}", {"with": [f"{relation}.{word}"]})
        assert nested == {**world.entity(f"{type_}/{owner}"), relation: expected}


@pytest.mark.parametrize(("type_", "word"), [(type_, word) for type_, words in COMPUTED.items() for word in words])
def test_a_computed_word_is_a_value_beside_the_others(world, type_, word):
    for entity in world.entity(type_, {"with": [word]}):
        plain = world.entity(f"{type_}/{entity['id']}")
        assert entity.keys() == {*plain, word}
        assert {name: entity[name] for name in plain} == plain
    assert word not in world.entity(type_)[0]
    other = "groups" if type_ == "users" else "users"
    assert refused(world.v3("GET", other, {"with": [word]})) == (400, ["with"])


def test_with_narrows_nothing_and_goes_with_a_search(world):
    found = world.entity("users", {"role": "student", "with": ["projects", "happiness"]})
    assert [(user["id"], [project["id"] for project in user["projects"]]) for user in found] == [(4, [1]), (5, [1])]
    assert world.entity("users", {"with": []}) == world.entity("users")


# --- nesting ----------------------------------------------------------------------------------------
def test_dots_nest_three_levels_and_a_computed_word_may_end_them(world):
    words = ["cubes.matrix-fields.portfolio-elements", "cubes.user", "projects.users.groups.user_mood_avg"]
    user = world.entity(f"users/{STUDENT}", {"with": words})
    plain = world.entity(f"users/{STUDENT}")
    group = {**world.entity("groups/1"), "user_mood_avg": None}
    field = {**world.entity("matrix-fields/4"), "portfolio-elements": [world.entity("portfolio-elements/4")]}
    assert user == {
        **plain,
        "cubes": [{**world.entity("cubes/4"), "matrix-fields": [field], "user": plain}],
        "projects": [
            {**world.entity("projects/1"), "users": [{**each, "groups": [group]} for each in world.entity("users")]}
        ],
    }


def test_the_order_of_the_words_and_their_repetition_do_not_matter(world):
    words = ["cubes", "cubes.matrix-fields", "cubes.user", "happiness"]
    expected = world.entity("users", {"with": words})
    assert world.entity("users", {"with": [*reversed(words), *words]}) == expected
    assert world.entity("users", {"with": words[1:]}) == expected


@pytest.mark.parametrize(
    "word",
    [
        "projects.users.projects.users",
        "cubes.user.cubes.user",
        "daily-checkins.user.groups.users.happiness",
        "projects.users.projects.users.projects",
    ],
)
def test_a_fourth_level_is_400(world, word):
    answer = world.v3("GET", "users", {"with": [word]})
    assert refused(answer) == (400, ["with"])
    assert "3 levels" in answer.json["message"]


# --- unknown words ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("type_", "word", "known"),
    [
        ("users", "nobody", ["projects", "daily-checkins", "happiness", "canDoWeekly"]),
        ("users", "", ["projects"]),
        ("users", "users", ["projects"]),
        ("users", "teaches", ["projects"]),
        ("users", "answersheets", ["projects"]),
        ("users", "user_mood_avg", ["happiness"]),
        ("users", "projects.nobody", ["users"]),
        ("users", "projects.", ["users"]),
        ("users", ".projects", ["projects"]),
        ("users", "happiness.projects", ["projects"]),
        ("projects", "users.user_mood_avg", ["happiness"]),
        ("cubes", "user_id", ["matrix-fields", "user"]),
        ("cubes", "users", ["matrix-fields", "user"]),
        ("daily-checkins", "daily-checkins", ["user"]),
        ("questions", "forms", ["form"]),
    ],
)
def test_an_unknown_word_is_400_that_lists_the_known_ones(world, type_, word, known):
    path = world.v3("GET", f"{type_}/1", {"with": [word]})
    for answer in (
        path,
        world.v3("GET", type_, {"with": [word]}),
        world.v3("POST", f"{type_}/search", {"with": [word]}),
    ):
        assert refused(answer) == (400, ["with"])
        assert f"'{word}'" in answer.json["message"]
        assert "did you mean" in answer.json["message"] or all(f"'{name}'" in answer.json["message"] for name in known)


@pytest.mark.parametrize("value", ["projects", None, {"projects": []}, 1, [1], [None], ["projects", ["groups"]]])
def test_with_is_an_array_of_names(world, value):
    for path in ("users", "users/4"):
        assert refused(world.v3("GET", path, {"with": value})) == (400, ["with"])


# --- what it costs ----------------------------------------------------------------------------------
@pytest.fixture
def statements(monkeypatch):
    """The number of statements that sessions have run so far, in a list of one."""
    count, execute = [0], Session._execute

    def counting(self, *arguments):
        count[0] += 1
        return execute(self, *arguments)

    monkeypatch.setattr(Session, "_execute", counting)
    return count


WORDS = {
    "users": [
        "cubes.matrix-fields.portfolio-elements",
        "cubes.user.happiness",
        "groups.user_mood_avg",
        *COMPUTED["users"],
    ],
    "projects": ["users.daily-checkins.user", "users.jobroles.descriptions", "users.canDoDaily"],
    "daily-checkins": ["user.groups.hours_worked_today", "user.notifications.user"],
    "answers": ["answersheet.user", "answersheet.form.questions", "question"],
}


@pytest.mark.parametrize("type_", WORDS)
@pytest.mark.parametrize("by", [ADMIN, 2])
def test_the_number_of_statements_does_not_grow_with_the_rows(world, statements, type_, by):
    def cost():
        before = statements[0]
        rows = len(world.entity(type_, {"with": WORDS[type_]}, by=by))
        return rows, statements[0] - before

    rows, few = cost()
    for number in range(6, 10):
        user = world.create("users", new_body("users") | {"email": f"user{number}@hanze.example"})["id"]
        for owned in OWNED:
            world.create(owned, new_body(owned, user) | ({"cube_id": user} if owned == "matrix-fields" else {}))
        for relation in ("projects", "groups", "jobroles"):
            new = world.create(relation, new_body(relation))["id"]
            for linked in (1, new):
                assert world.v3("PUT", f"users/{user}/{relation}/{linked}").status == 200
    more, many = cost()
    assert (more, many) == (rows + 4, few)
