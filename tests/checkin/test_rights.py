"""contract: checkin, "Who may do what": every cell of the role matrix by every kind of URL.

The matrix stands here a second time, by hand from the contract, so that an error in the service's table shows.
"""

import pytest

from .checkin import (
    ADMIN,
    CLASSMATE,
    COLLEAGUE,
    DOCENT,
    NOBODY,
    OWNED,
    PASSWORD,
    PERMISSIONS,
    STUDENT,
    TABLE,
    USERS,
    attributes_of,
    body_of,
    changed,
    linkage_of,
    new_body,
    refused,
    said,
    user_entity,
)

CALLERS = {"student": STUDENT, "docent": DOCENT, "admin": ADMIN}
# Whose row it is, as seen by a caller: their own, that of (another) student, that of somebody else.
WHOSE = {
    STUDENT: {"own": STUDENT, "student's": CLASSMATE, "other's": DOCENT},
    DOCENT: {"own": DOCENT, "student's": STUDENT, "other's": COLLEAGUE},
    ADMIN: {"own": ADMIN, "student's": STUDENT, "other's": DOCENT},
}

# r: list and read, c: create, u: change, d: delete; for own, a student's, an other's rows
MATRIX = {
    #                      student                docent                   admin
    "users": {"student": "ru  -    -   ", "docent": "ru  rcud r   ", "admin": "rcud rcud rcud"},
    "check-ins": {"student": "rcud -    -   ", "docent": "rcud r    r   ", "admin": "rcud rcud rcud"},
    "records": {"student": "r    -    -   ", "docent": "r    r    r   ", "admin": "rcud rcud rcud"},
    "notifications": {"student": "rd   -    -   ", "docent": "rd   rc   -   ", "admin": "rcud rcud rcud"},
    "organisation": {"student": "r", "docent": "rcud", "admin": "rcud"},
    "reference": {"student": "r", "docent": "r", "admin": "rcud"},
}
GROUPS = {
    "check-ins": ["daily-checkins", "weekly-checkins", "cubes", "matrix-fields", "portfolio-elements"],
    "records": ["answersheets", "answers", "user-competenties"],
    "notifications": ["notifications"],
    "organisation": ["projects", "groups", "jobroles", "descriptions"],
    "reference": ["activities", "architectures", "levels", "forms", "questions", "competenties"],
}
OF_NOBODY = [(type_, group) for group in ("organisation", "reference") for type_ in GROUPS[group]]
OF_USERS = [(type_, group) for group in ("check-ins", "records", "notifications") for type_ in GROUPS[group]]

# where the members of owned types stand below something else: {type: (parent's type, key)}; the parent has the user's id
NESTED = {
    **{type_: ("users", "user_id") for type_ in TABLE["users"].many if type_ in OWNED},
    "matrix-fields": ("cubes", "cube_id"),
    "answers": ("answersheets", "answersheet_id"),
}


def allowed(group, role, whose):
    return MATRIX[group][role].split()[["own", "student's", "other's"].index(whose)]


CELLS = [
    (type_, group, role, whose)
    for type_, group in OF_USERS
    for role in CALLERS
    for whose in ("own", "student's", "other's")
]


def test_the_matrix_covers_every_type():
    assert {"users", *(type_ for types in GROUPS.values() for type_ in types)} == TABLE.keys()
    assert {type_ for type_, _ in OF_USERS} == {*OWNED}


def check(answer, may, status, where):
    """The status where it is allowed, else the 403 of the contract and nothing more."""
    if may:
        assert answer.status == status, (where, answer)
    else:
        assert (where, refused(answer)) == (where, (403, []))


def without(body, key):
    return {name: value for name, value in body.items() if name != key}


# --- rows that belong to a user ---------------------------------------------------------------------
@pytest.mark.parametrize(("type_", "group", "role", "whose"), CELLS)
def test_reading_a_users_row(world, type_, group, role, whose):
    caller = CALLERS[role]
    owner = WHOSE[caller][whose]
    may = "r" in allowed(group, role, whose)
    check(world.v3("GET", f"{type_}/{owner}", by=caller), may, 200, "top level")
    assert (owner in world.ids(type_, by=caller)) is may
    assert (owner in world.ids(type_, {"id": owner}, by=caller)) is may
    assert world.v3("POST", f"{type_}/search", {"id": owner}, by=caller).json == (
        [world.entity(f"{type_}/{owner}")] if may else []
    )
    if type_ in NESTED:
        parent, _ = NESTED[type_]
        path = f"{parent}/{owner}/{type_}"
        check(world.v3("GET", path, by=caller), may, 200, path)
        check(world.v3("POST", f"{path}/search", by=caller), may, 200, path)
        check(world.v3("GET", f"{path}/{owner}", by=caller), may, 200, path)


@pytest.mark.parametrize(("type_", "group", "role", "whose"), CELLS)
def test_creating_a_users_row(world, type_, group, role, whose):
    caller = CALLERS[role]
    owner = WHOSE[caller][whose]
    may = "c" in allowed(group, role, whose)
    before = world.entity(type_)
    made = world.v3("POST", type_, new_body(type_, owner), by=caller)
    check(made, may, 201, "top level")
    if type_ in NESTED:
        if may:
            assert world.v3("DELETE", f"{type_}/{made.json['id']}").status == 204
        parent, key = NESTED[type_]
        path = f"{parent}/{owner}/{type_}"
        check(world.v3("POST", path, new_body(type_, owner), by=caller), may, 201, path)
    after = world.entity(type_)
    assert ([row for row in after if row in before], len(after)) == (before, len(before) + may)


@pytest.mark.parametrize(("type_", "group", "role", "whose"), CELLS)
def test_changing_a_users_row(world, type_, group, role, whose):
    caller = CALLERS[role]
    owner = WHOSE[caller][whose]
    may = "u" in allowed(group, role, whose)
    entity = world.entity(f"{type_}/{owner}")
    check(world.v3("PUT", f"{type_}/{owner}", changed(type_), by=caller), may, 200, "top level")
    assert world.entity(f"{type_}/{owner}") == (entity | changed(type_) if may else entity)


@pytest.mark.parametrize(("type_", "group", "role", "whose"), CELLS)
def test_deleting_a_users_row(world, type_, group, role, whose):
    caller = CALLERS[role]
    owner = WHOSE[caller][whose]
    may = "d" in allowed(group, role, whose)
    before = world.ids(type_)
    if type_ in NESTED:
        parent, _ = NESTED[type_]
        path = f"{parent}/{owner}/{type_}"
        check(world.v3("DELETE", f"{path}/{owner}", by=caller), may, 204, path)
        if may:
            world.client.create(type_, **stored_again(type_, owner))
    check(world.v3("DELETE", f"{type_}/{owner}", by=caller), may, 204, "top level")
    assert world.ids(type_) == [id_ for id_ in before if not (may and id_ == owner)]


def stored_again(type_, owner):
    """The owner's row with its id, for Client.create."""
    body = body_of(type_, owner)
    linkage = {name.replace("-", "_"): to_one for name, to_one in linkage_of(type_, body).items()}
    return {"attributes": attributes_of(type_, body), "id_": str(owner), **linkage}


# --- rows that belong to nobody ---------------------------------------------------------------------
@pytest.mark.parametrize(("type_", "group"), OF_NOBODY)
@pytest.mark.parametrize("role", CALLERS)
def test_a_row_that_belongs_to_nobody(world, type_, group, role):
    caller, may = CALLERS[role], MATRIX[group][role]
    world.v3("DELETE", "levels/4")
    before = world.entity(type_)
    check(world.v3("GET", type_, by=caller), "r" in may, 200, "list")
    check(world.v3("POST", f"{type_}/search", {"id": 1}, by=caller), "r" in may, 200, "search")
    check(world.v3("GET", f"{type_}/1", by=caller), "r" in may, 200, "read")
    made = world.v3("POST", type_, new_body(type_), by=caller)
    check(made, "c" in may, 201, "create")
    check(world.v3("PUT", f"{type_}/1", changed(type_), by=caller), "u" in may, 200, "change")
    free = made.json["id"] if "c" in may else 2 if type_ != "descriptions" else 1
    check(world.v3("DELETE", f"{type_}/{free}", by=caller), "d" in may, 204, "delete")
    after = world.entity(type_)
    assert after == ([before[0] | changed(type_), *before[1:]] if may == "rcud" else before)


@pytest.mark.parametrize(
    ("parent", "type_", "group"), [("jobroles", "descriptions", "organisation"), ("forms", "questions", "reference")]
)
@pytest.mark.parametrize("role", CALLERS)
def test_a_row_that_belongs_to_one_that_belongs_to_nobody(world, parent, type_, group, role):
    caller, may, path = CALLERS[role], MATRIX[group][role], f"{parent}/1/{type_}"
    before = world.entity(type_)
    check(world.v3("GET", path, by=caller), "r" in may, 200, "list")
    check(world.v3("GET", f"{path}/1", by=caller), "r" in may, 200, "read")
    check(world.v3("POST", path, new_body(type_), by=caller), "c" in may, 201, "create")
    check(world.v3("DELETE", f"{path}/1", by=caller), "d" in may, 204, "delete")
    if may == "r":
        assert world.entity(type_) == before


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize("whose", ["own", "student's", "other's"])
def test_the_answersheets_of_a_form_are_narrowed_to_what_may_be_read(world, role, whose):
    caller = CALLERS[role]
    owner = WHOSE[caller][whose]
    may = allowed("records", role, whose)
    for path in ("forms/1/answersheets", "answersheets"):
        assert (owner in world.ids(path, by=caller)) is ("r" in may)
    found = world.entity("forms/1", {"with": ["answersheets"]}, by=caller)["answersheets"]
    assert (owner in [sheet["id"] for sheet in found]) is ("r" in may)
    check(world.v3("GET", f"forms/1/answersheets/{owner}", by=caller), "r" in may, 200, "read")
    body = without(new_body("answersheets", owner), "form_id")
    check(world.v3("POST", "forms/1/answersheets", body, by=caller), "c" in may, 201, "create")
    check(world.v3("DELETE", f"forms/1/answersheets/{owner}", by=caller), "d" in may, 204, "delete")


# --- users ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize("whose", ["own", "student's", "other's"])
def test_reading_changing_and_deleting_a_user(world, role, whose):
    caller = CALLERS[role]
    user, may = WHOSE[caller][whose], allowed("users", role, whose)
    check(world.v3("GET", f"users/{user}", by=caller), "r" in may, 200, "read")
    for path in ("projects/1/users", "groups/1/users", "jobroles/1/users"):
        check(world.v3("GET", f"{path}/{user}", by=caller), "r" in may, 200, path)
    for path in ("users", "projects/1/users", "groups/1/users", "jobroles/1/users"):
        check(world.v3("GET", path, by=caller), role != "student", 200, path)
        check(world.v3("POST", f"{path}/search", {"id": user}, by=caller), role != "student", 200, path)
    for body in (changed("users"), {"email": "new@hanze.example"}, {"password": "nieuw"}):
        check(world.v3("PUT", f"users/{user}", body, by=caller), "u" in may, 200, body)
    name = changed("users")["name"] if "u" in may else None
    email = "new@hanze.example" if "u" in may else None
    assert world.entity(f"users/{user}") == user_entity(user, name, email)
    check(world.v3("DELETE", f"users/{user}", by=caller), "d" in may, 204, "delete")


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize(
    ("new", "whose"), [(None, "student's"), ("student", "student's"), ("docent", "other's"), ("admin", "other's")]
)
def test_creating_a_user(world, role, new, whose):
    body = new_body("users") | ({"role": new} if new else {})
    may = "c" in allowed("users", role, whose)
    check(world.v3("POST", "users", body, by=CALLERS[role]), may, 201, new)
    assert len(world.ids("users")) == 5 + may


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize("whose", ["own", "student's", "other's"])
@pytest.mark.parametrize("new", ["student", "docent", "admin"])
def test_only_an_admin_changes_a_role(world, role, whose, new):
    caller = CALLERS[role]
    user = WHOSE[caller][whose]
    before = world.entity(f"users/{user}")
    answer = world.v3("PUT", f"users/{user}", {"role": new}, by=caller)
    current = before["roles"][-1].lower()
    check(answer, role == "admin" or new == current and "u" in allowed("users", role, whose), 200, new)
    if role != "admin":
        assert world.entity(f"users/{user}") == before
    else:
        assert answer.json["roles"][-1].lower() == new


@pytest.mark.parametrize("role", CALLERS)
def test_permissions_are_those_of_the_role(world, role):
    assert world.entity(f"users/{CALLERS[role]}", by=CALLERS[role])["permissions"] == PERMISSIONS[role]


# --- linking ----------------------------------------------------------------------------------------
LINKS = {  # own, student's, other's
    "projects": {"student": "no no no", "docent": "yes yes yes", "admin": "yes yes yes"},
    "groups": {"student": "no no no", "docent": "yes yes yes", "admin": "yes yes yes"},
    "jobroles": {"student": "yes no no", "docent": "yes yes yes", "admin": "yes yes yes"},
    "matrix-fields": {"student": "yes no no", "docent": "yes no no", "admin": "yes yes yes"},
}


@pytest.mark.parametrize("relation", ["projects", "groups", "jobroles"])
@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize("whose", ["own", "student's", "other's"])
def test_linking_and_unlinking_a_user_from_both_sides(world, relation, role, whose):
    caller = CALLERS[role]
    user = WHOSE[caller][whose]
    may = LINKS[relation][role].split()[["own", "student's", "other's"].index(whose)] == "yes"
    before = world.ids(f"users/{user}/{relation}")
    for path in (f"users/{user}/{relation}/2", f"{relation}/2/users/{user}"):
        check(world.v3("PUT", path, by=caller), may, 200, path)
        assert world.ids(f"users/{user}/{relation}") == ([*before, 2] if may else before)
        if not may:
            world.v3("PUT", path)
        check(world.v3("DELETE", path, by=caller), may, 204, path)
        assert world.ids(f"users/{user}/{relation}") == (before if may else [*before, 2])
        if not may:
            world.v3("DELETE", path)


@pytest.mark.parametrize("role", CALLERS)
@pytest.mark.parametrize("whose", ["own", "student's", "other's"])
def test_linking_proofs_to_the_fields_of_a_cube_from_both_sides(world, role, whose):
    caller = CALLERS[role]
    owner = WHOSE[caller][whose]
    may = LINKS["matrix-fields"][role].split()[["own", "student's", "other's"].index(whose)] == "yes"
    own = world.create("portfolio-elements", new_body("portfolio-elements", owner))["id"]
    for path in (f"matrix-fields/{owner}/portfolio-elements/{own}", f"portfolio-elements/{own}/matrix-fields/{owner}"):
        check(world.v3("PUT", path, by=caller), may, 200, path)
        if not may:
            world.v3("PUT", path)
        check(world.v3("DELETE", path, by=caller), may, 204, path)


@pytest.mark.parametrize("caller", [STUDENT, DOCENT])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nobody_but_an_admin_links_their_own_to_somebody_elses(world, caller, method):
    for other in {*USERS} - {caller}:
        for path in (
            f"matrix-fields/{caller}/portfolio-elements/{other}",
            f"matrix-fields/{other}/portfolio-elements/{caller}",
            f"portfolio-elements/{caller}/matrix-fields/{other}",
            f"portfolio-elements/{other}/matrix-fields/{caller}",
        ):
            assert (path, refused(world.v3(method, path, by=caller))) == (path, (403, []))
    for user in USERS:
        assert world.ids(f"matrix-fields/{user}/portfolio-elements") == [user]
    assert world.v3("PUT", f"matrix-fields/{STUDENT}/portfolio-elements/{CLASSMATE}").status == 200


# --- with -------------------------------------------------------------------------------------------
def others_below(value, key, own):
    """Every value of the key anywhere in an answer that is not the own one."""
    if isinstance(value, dict):
        found = [value[key]] if key in value and value[key] != own else []
        return found + [one for inner in value.values() for one in others_below(inner, key, own)]
    return [one for inner in value for one in others_below(inner, key, own)] if isinstance(value, list) else []


USERS_BY_WITH = [
    ("projects", "users"),
    ("groups", "users"),
    ("jobroles", "users"),
    ("groups", "users.happiness"),
    ("descriptions", "jobrole.users"),
    ("daily-checkins", "user.projects.users"),
    ("cubes", "user.groups.users"),
    (f"users/{STUDENT}", "projects.users"),
    (f"users/{STUDENT}", "groups.users.daily-checkins"),
    (f"users/{STUDENT}/projects", "users"),
    (f"users/{STUDENT}/groups/1", "users"),
    (f"users/{STUDENT}/daily-checkins/4", "user.jobroles.users"),
]


@pytest.mark.parametrize(("path", "word"), USERS_BY_WITH)
@pytest.mark.parametrize("role", CALLERS)
def test_with_leads_only_those_to_users_who_may_list_them(world, path, word, role):
    check(world.v3("GET", path, {"with": [word]}, by=CALLERS[role]), role != "student", 200, path)


OWN_BY_WITH = [
    *(
        (type_, word)
        for type_ in OWNED
        for word in [*TABLE[type_].many, *(name for _, name, _ in TABLE[type_].parents.values())]
    ),
    ("cubes", "user.daily-checkins.user"),
    ("cubes", "matrix-fields.portfolio-elements.user"),
    ("portfolio-elements", "matrix-fields.cube.user"),
    ("matrix-fields", "portfolio-elements.user.notifications"),
    ("answers", "answersheet.form.answersheets"),
    ("answers", "question.form.answersheets"),
    ("questions", "form.answersheets.answers"),
    ("questions", "form.answersheets.user"),
    ("forms", "answersheets.user.weekly-checkins"),
    (f"users/{STUDENT}", "daily-checkins"),
    (f"users/{STUDENT}", "cubes.matrix-fields.portfolio-elements"),
    (f"users/{STUDENT}", "notifications.user.happiness"),
    (f"users/{STUDENT}/portfolio-elements", "matrix-fields.portfolio-elements"),
]


@pytest.mark.parametrize(("path", "word"), OWN_BY_WITH)
def test_with_shows_a_student_nothing_that_is_not_their_own(world, path, word):
    mix_owners(world)
    answer = world.v3("GET", path, {"with": [word]}, by=STUDENT)
    assert answer.status == 200, answer
    for key in ("user_id", "cube_id", "answersheet_id"):
        assert others_below(answer.json, key, STUDENT) == []
    assert others_below(answer.json, "email", "sam@hanze.example") == []
    everything = world.v3("GET", path, {"with": [word]}).json
    if path in ("questions", "forms"):
        assert others_below(everything, "user_id", STUDENT) != []  # which the admin does see


def mix_owners(world):
    """Links everybody's proofs to everybody's fields, as the open JSON:API face may."""
    for user in USERS:
        linkage = [{"type": "portfolio-elements", "id": str(other)} for other in USERS]
        answer = world.client.patch(f"/matrix-fields/{user}/relationships/portfolio-elements", {"data": linkage})
        assert answer.status == 200


def test_links_to_others_rows_do_not_show_these(world):
    mix_owners(world)
    for path in (f"matrix-fields/{STUDENT}/portfolio-elements", f"portfolio-elements/{STUDENT}/matrix-fields"):
        assert world.ids(path, by=STUDENT) == [STUDENT]
        assert world.ids(path, {"id": CLASSMATE}, by=STUDENT) == []
        assert refused(world.v3("GET", f"{path}/{CLASSMATE}", by=STUDENT)) == (403, [])
        assert refused(world.v3("DELETE", f"{path}/{CLASSMATE}", by=STUDENT)) == (403, [])
        assert world.ids(path, by=DOCENT) == [*USERS]


def test_a_docents_lists_hold_their_own_and_students_notifications_only(world):
    mine = [DOCENT, STUDENT, CLASSMATE]
    assert world.ids("notifications", by=DOCENT) == mine
    assert world.ids("notifications", {"user_id": {">": 0}}, by=DOCENT) == mine
    for user in USERS:
        answer = world.v3("GET", f"users/{user}/notifications", by=DOCENT)
        check(answer, user in mine, 200, user)
        check(world.v3("POST", f"users/{user}/notifications/search", by=DOCENT), user in mine, 200, user)
        check(world.v3("GET", f"users/{user}/notifications/{user}", by=DOCENT), user in mine, 200, user)
    found = world.entity("users", {"with": ["notifications"]}, by=DOCENT)
    assert {user["id"]: [row["id"] for row in user["notifications"]] for user in found} == {
        user: [user] if user in mine else [] for user in USERS
    }
    assert world.ids("notifications") == [*USERS]


# --- what a student might try -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "users/4", {"role": "admin"}),
        ("PUT", "users/4", {"role": "docent", "name": "Sam"}),
        ("PUT", "users/5", {"password": "mine"}),
        ("GET", "users/5", {"with": ["daily-checkins"]}),
        ("GET", "users", {"id": 4}),
        ("GET", "users", {"email": "stella@hanze.example"}),
        ("GET", "users/5/projects", None),
        ("GET", "users/5/projects/1", None),
        ("POST", "users/5/projects/search", {}),
        ("GET", "projects/1/users/5", None),
        ("GET", "projects/2/users/5", None),
        ("GET", f"projects/1/users/{NOBODY}", None),
        ("GET", f"users/{NOBODY}", None),
        ("GET", f"users/{NOBODY}/cubes", None),
        ("DELETE", "users/4", None),
        ("PUT", "projects/1/users/4", None),
        ("DELETE", "groups/1/users/4", None),
        ("PUT", "jobroles/1/users/5", None),
        ("POST", "users/5/daily-checkins", {"mood_score": 1, "hours_worked": 1}),
        ("POST", "daily-checkins", {"mood_score": 1, "hours_worked": 1, "user_id": 5}),
        ("POST", "daily-checkins", {"mood_score": 1, "hours_worked": 1, "user_id": "5"}),
        ("POST", "daily-checkins", {"mood_score": 1, "hours_worked": 1, "user_id": NOBODY}),
        ("POST", "daily-checkins", {"mood_score": 9, "user_id": 5}),
        ("POST", "matrix-fields", {"activity_id": 2, "architecture_id": 2, "level_id": 1, "cube_id": 5}),
        ("POST", "cubes/5/matrix-fields", {"activity_id": 2, "architecture_id": 2, "level_id": 1}),
        ("POST", "users/4/notifications", {"type": "remark"}),
        ("POST", "notifications", {"type": "remark"}),
        ("PUT", "notifications/4", {"data": "x"}),
        ("PUT", "answers/4", {"answer": "better"}),
        ("DELETE", "answersheets/4/answers/4", None),
        ("POST", "answersheets/4/answers", {"answer": "more"}),
        ("POST", "answersheets", {"form_id": 1}),
        ("PUT", "user-competenties/4", {"niveau": 4}),
        ("DELETE", "cubes/5/matrix-fields/5", None),
        ("GET", "cubes/5/matrix-fields", None),
        ("GET", "answersheets/5/answers", None),
        ("GET", "answersheets/5", {"with": ["user"]}),
    ],
)
def test_a_student_is_refused(world, method, path, body):
    before = {type_: world.entity(type_) for type_ in TABLE}
    assert refused(world.v3(method, path, body, by=STUDENT)) == (403, [])
    assert {type_: world.entity(type_) for type_ in TABLE} == before


@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PUT", "daily-checkins/4", {"user_id": CLASSMATE}, "user_id"),
        ("PUT", "daily-checkins/4", {"user_id": str(CLASSMATE)}, "user_id"),
        ("PUT", "cubes/4", {"user_id": CLASSMATE}, "user_id"),
        ("PUT", "matrix-fields/4", {"cube_id": CLASSMATE}, "cube_id"),
        ("POST", "users/4/daily-checkins", {"mood_score": 1, "hours_worked": 1, "user_id": CLASSMATE}, "user_id"),
        ("PUT", "users/4", {"id": CLASSMATE}, "id"),
        ("PUT", "users/4", {"admin": True}, "admin"),
        ("PUT", "users/4", {"checkin_role": "admin"}, "checkin_role"),
        ("PUT", "users/4", {"cubes": [5]}, "cubes"),
        ("PUT", "cubes/4", {"matrix-fields": [5]}, "matrix-fields"),
        ("GET", "daily-checkins", {"user": {"name": "Stella Student"}}, "user"),
        ("GET", "daily-checkins", {"user.email": {"like": "@"}}, "user.email"),
    ],
)
def test_what_no_field_can_do_is_400_for_a_student_too(world, method, path, body, field):
    before = {type_: world.entity(type_) for type_ in TABLE}
    assert refused(world.v3(method, path, body, by=STUDENT)) == (400, [field])
    assert {type_: world.entity(type_) for type_ in TABLE} == before


@pytest.mark.parametrize("type_", OWNED)
def test_a_students_search_finds_only_their_own(world, type_):
    keys = ["id", *({"user_id", "cube_id", "answersheet_id"} & TABLE[type_].parents.keys())]
    for key in keys:
        assert world.ids(type_, {key: {">": 0}}, by=STUDENT) == [STUDENT]
        assert world.ids(type_, {key: CLASSMATE}, by=STUDENT) == []


def test_a_relation_of_another_users_row_is_404_below_ones_own(world):
    for type_ in ("daily-checkins", "weekly-checkins", "cubes", "portfolio-elements", "notifications"):
        assert refused(world.v3("GET", f"users/{STUDENT}/{type_}/{CLASSMATE}", by=STUDENT)) == (404, [])
        assert refused(world.v3("DELETE", f"users/{STUDENT}/{type_}/{CLASSMATE}", by=STUDENT)) == (404, [])


def test_roles_and_permissions_in_a_body_change_nothing(world):
    body = {"roles": ["Docent", "Admin"], "permissions": ["manage users"]}
    assert said(world.v3("PUT", "users/4", body, by=STUDENT)) == (200, user_entity(STUDENT))
    made = world.create("users", new_body("users") | body, by=DOCENT)
    assert (made["roles"], made["permissions"]) == (["Student"], ["use studentendashboard"])


def test_a_change_of_role_counts_at_once(world):
    world.v3("PUT", f"users/{STUDENT}", {"role": "docent"})
    assert world.v3("GET", "users", by=STUDENT).status == 200
    world.client.patch(f"/users/{ADMIN}", {"data": {"type": "users", "id": "1", "attributes": {"role": "student"}}})
    assert refused(world.v3("GET", "users", by=ADMIN)) == (403, [])


def test_a_new_password_is_that_of_the_user_alone(world):
    assert world.v3("PUT", f"users/{STUDENT}", {"password": "nieuw"}, by=DOCENT).status == 200
    assert world.ask_token("sam@hanze.example", "nieuw").status == 200
    assert world.ask_token("stella@hanze.example", PASSWORD).status == 200
