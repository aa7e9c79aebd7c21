"""contract: course, "users"."""

import sqlite3
from contextlib import closing

import pytest

from .course import BASE, PASSWORD, USER, refusal, refused, resource, shown

VISIBLE = {name: value for name, value in USER.items() if name != "password"}


def test_a_user_is_shown_without_its_password(course):
    created = course.post("users", USER)
    ada = resource("users", "1", VISIBLE, {"teaches": [], "takes": []})
    assert (created.status, created.headers["Location"]) == (201, f"{BASE}/users/1")
    assert created.json == shown("users", ada)
    assert course.client.get("/users/1").json == shown("users/1", ada)
    assert course.client.get("/users").json == shown("users", [ada], page={"total": 1})


def test_a_patch_changes_only_what_it_names(course):
    course.post("users", USER)
    changed = course.patch("users/1", {"last-name": "King"})
    ada = resource("users", "1", {**VISIBLE, "last-name": "King"}, {"teaches": [], "takes": []})
    assert (changed.status, changed.json) == (200, shown("users/1", ada))


@pytest.mark.parametrize("name", USER)
def test_every_attribute_of_a_user_is_required(course, name):
    answer = course.post("users", {other: value for other, value in USER.items() if other != name})
    assert refused(answer) == refusal(422, "missing-member", "/data/attributes")
    assert answer.errors[0]["meta"]["member"] == name
    assert course.ids("users") == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("first-name", "", "too-short"),
        ("last-name", "", "too-short"),
        ("password", "", "too-short"),
        ("email", "", "invalid-email"),
        ("role", "", "not-in-list"),
        ("role", "Teacher", "not-in-list"),
        ("role", "admin", "not-in-list"),
        ("first-name", 1, "wrong-kind"),
        ("password", 12345, "wrong-kind"),
        ("email", ["ada@example.org"], "wrong-kind"),
        ("role", True, "wrong-kind"),
        ("first-name", None, "null-not-allowed"),
        ("email", None, "null-not-allowed"),
        ("role", None, "null-not-allowed"),
    ],
)
def test_an_invalid_value_is_refused_by_post_and_patch(course, name, value, code):
    course.teacher()
    before = course.record("users/1")
    expected = refusal(422, code, f"/data/attributes/{name}")
    assert refused(course.post("users", {**USER, name: value})) == expected
    assert refused(course.patch("users/1", {name: value})) == expected
    assert course.client.get("/users").data == [before]


def test_one_character_is_a_name_and_a_password(course):
    answer = course.post("users", {**USER, "first-name": "A", "last-name": "日", "password": " "})
    assert answer.data["attributes"] == {**VISIBLE, "first-name": "A", "last-name": "日"}


# --- email ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "email",
    [
        "ada@school.test",
        "ada@school.example",
        "ada@example.com",
        "Ada.Lovelace+web@Example.ORG",
        "o'neil@mail.uni-halle.de",
        "müller@bücher.test",
    ],
)
def test_a_valid_address_is_returned_as_it_was_sent(course, email):
    assert course.post("users", {**USER, "email": email}).data["attributes"] == {**VISIBLE, "email": email}
    assert course.record("users/1")["attributes"]["email"] == email


INVALID_ADDRESSES = [
    *("ada", "ada@", "@example.org", "ada@example", "ada@@example.org", "a da@example.org", "ada@example..org"),
    *(" ada@example.org", "ada@example.org\n", "Ada <ada@example.org>", "ada@example.org, bob@example.org"),
]


def test_an_invalid_address_is_refused(course):
    expected = refusal(422, "invalid-email", "/data/attributes/email")
    for email in INVALID_ADDRESSES:
        assert (email, refused(course.post("users", {**USER, "email": email}))) == (email, expected)
    assert course.ids("users") == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada@example.org", "ADA@Example.ORG"),
        ("ÉLAN@example.org", "élan@example.org"),
        ("groß@example.org", "GROSS@example.org"),
        ("σοφός@example.org", "ΣΟΦΌΣ@example.org"),
    ],
)
def test_an_address_is_unique_ignoring_case(course, first, second):
    course.post("users", {**USER, "email": first})
    other = course.student()
    taken = refusal(409, "not-unique", "/data/attributes/email")
    assert refused(course.post("users", {**USER, "email": second})) == taken
    assert refused(course.patch(f"users/{other}", {"email": second})) == taken
    assert [user["attributes"]["email"] for user in course.client.get("/users").data] == [first, "student1@example.org"]


def test_an_address_may_change_its_own_case_and_is_free_after_a_delete(course):
    course.post("users", USER)
    assert course.patch("users/1", {"email": "ADA@example.org"}).data["attributes"]["email"] == "ADA@example.org"
    course.client.delete("/users/1")
    assert course.post("users", USER).data["id"] == "2"


def test_an_address_is_unique_in_its_namespace_only(course):
    course.post("users", USER)
    course.client.namespace = "s2"
    assert course.post("users", USER).status == 201


# --- password ---------------------------------------------------------------------------------------
def login(course, password=PASSWORD, email="ada%40example.org"):
    """The ids that the login check answers with."""
    return course.ids(f"users?email={email}&password={password.replace(' ', '%20')}")


@pytest.mark.parametrize("attributes", [{}, {"last-name": "King"}, {"password": None}])
def test_a_patch_without_a_password_keeps_it(course, attributes):
    course.post("users", USER)
    answer = course.patch("users/1", attributes)
    assert (answer.status, answer.warnings) == (200, [])
    assert login(course) == ["1"]


def test_a_patch_with_a_password_replaces_it(course):
    course.post("users", USER)
    assert course.patch("users/1", {"password": "new"}).json == shown("users/1", course.record("users/1"))
    assert (login(course), login(course, "new")) == ([], ["1"])


@pytest.mark.parametrize("sent", [{}, {"password": None}])
def test_a_new_user_needs_a_password(course, sent):
    attributes = {**VISIBLE, **sent}
    answer = course.post("users", attributes)
    where, code = ("/data/attributes/password", "null-not-allowed") if sent else ("/data/attributes", "missing-member")
    assert refused(answer) == refusal(422, code, where)


def test_null_as_password_is_right_in_strict_mode_too(strict):
    strict.teacher()
    assert strict.patch("users/1", {"password": None}).status == 200


def test_a_password_is_stored_as_argon2id_and_nowhere_else(course, tmp_path):
    course.post("users", USER)
    [path] = tmp_path.rglob("s1.sqlite3")
    with closing(sqlite3.connect(path)) as database:
        [(stored,)] = database.execute("SELECT password_hash FROM users").fetchall()
    assert stored.startswith("$argon2id$v=19$m=12288,t=3,p=1$")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file for file in files if PASSWORD.encode() in file.read_bytes()] == []


def test_a_password_is_in_no_document(course):
    module = course.module(course.post("users", USER).data["id"])
    for path in ("users", "users/1", f"modules/{module}?include=teacher", f"modules/{module}/teacher"):
        answer = course.client.get(f"/{path}")
        assert (answer.status, b"password" in answer.body, b"argon2" in answer.body) == (200, False, False)


@pytest.mark.parametrize(
    "parameter",
    ["sort=password", "sort=-password", "fields[users]=email,password", "include=password"]
    + ["filter[password]=geheim", "filter[password][like]=geheim", "filter[password][ne]=geheim"]
    + ["filter[email]=ada@example.org&filter[password][in]=geheim"],
)
def test_a_password_cannot_be_asked_about(course, parameter):
    course.post("users", USER)
    answer = course.client.get(f"/users?{parameter}")
    assert (answer.status, [error["source"] for error in answer.errors]) == (
        400,
        [{"parameter": parameter.rpartition("&")[2].partition("=")[0]}],
    )
    assert b"geheim" not in answer.body


@pytest.mark.parametrize("path", ["modules?filter[teacher.password]=geheim", "modules?sort=teacher.password"])
def test_a_password_cannot_be_asked_about_through_a_relationship(course, path):
    course.module()
    answer = course.client.get(f"/{path}")
    assert refused(answer)[0] == 400
    assert b"geheim" not in answer.body


@pytest.mark.parametrize(
    "data",
    [
        {"attributes": {**USER, "password": "geheim", "role": "admin", "email": "none"}},
        {"attributes": {**USER, "pasword": "geheim"}, "password": "geheim"},
        {"attributes": {**USER, "password": ["geheim"]}},
        {"attributes": {**USER, "password": {"geheim": "geheim"}}},
        {"attributes": {**USER, "email": "none", "password": {"plain": "geheim"}}},
    ],
)
def test_a_password_is_in_no_error_and_no_warning(course, data):
    answer = course.client.post("/users", {"data": {"type": "users", **data}})
    assert answer.status in (201, 422)
    assert b"geheim" not in answer.body


# --- login ------------------------------------------------------------------------------------------
def test_login_answers_with_the_one_user_and_keeps_the_password_out_of_links_and_caches(course):
    course.student()
    course.post("users", USER)
    answer = course.client.get("/users?email=ada@example.org&password=correct%20horse+battery")
    user = course.record("users/2")
    assert answer.status == 200
    assert answer.json == shown("users?email=ada%40example.org", [user], page={"total": 1})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    [
        "email=ada@example.org&password=wrong",
        "email=ada@example.org&password=",
        "email=ada@example.org&password=Correct%20horse%20battery",
        "email=nobody@example.org&password=correct%20horse%20battery",
        "email=student1@example.org&password=wrong",
        "email=ada@example.org&role=student&password=correct%20horse%20battery",
    ],
)
def test_login_answers_with_an_empty_list_where_it_does_not_fit(course, query):
    course.post("users", USER)
    course.student()
    answer = course.client.get(f"/users?{query}")
    path = "users?" + query.replace("@", "%40").rpartition("&password")[0]
    assert (answer.status, answer.json) == (200, shown(path, [], page={"total": 0}))
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query",
    [
        "password=correct%20horse%20battery&email=ada@example.org",
        "email=ADA@EXAMPLE.ORG&password=correct%20horse%20battery",
        "filter[email]=ada@example.org&filter[password]=correct%20horse%20battery",
        "filter[email][eq]=ada@example.org&filter[password][eq]=correct%20horse%20battery",
        "email=ada@example.org&password=correct%20horse%20battery&include=teaches&page[size]=1&page[number]=1",
        "email=ada@example.org&p%61ssword=correct%20horse%20battery",
    ],
)
def test_login_in_every_form_leaves_the_password_out_of_the_answer(course, query):
    course.post("users", USER)
    answer = course.client.get(f"/users?{query}")
    assert (answer.status, [user["id"] for user in answer.data]) == (200, ["1"])
    assert (b"password" in answer.body, b"horse" in answer.body) == (False, False)
    assert answer.headers["Cache-Control"] == "no-store"


def test_login_is_possible_among_the_students_of_a_module_too(course):
    module, student = course.module(), course.student()
    path = f"modules/{module}/students?email=student2@example.org"
    outside = course.client.get(f"/{path}&password=correct+horse+battery")
    course.link("POST", f"modules/{module}/relationships/students", [("users", student)])
    inside = course.client.get(f"/{path}&password=correct+horse+battery")
    assert (outside.data, inside.data) == ([], [course.record(f"users/{student}")])
    for answer in (outside, inside):
        assert answer.headers["Cache-Control"] == "no-store"
        assert b"horse" not in answer.body


@pytest.mark.parametrize(
    "query",
    ["password=geheim", "password=geheim&role=teacher", "password=geheim&id=1"]
    + ["email=ada@example.org&email=bob@example.org&password=geheim"],
)
def test_a_password_is_only_accepted_together_with_one_email(course, query):
    course.post("users", USER)
    answer = course.client.get(f"/users?{query}")
    assert refused(answer) == refusal(400, "invalid-parameter", "password")
    assert b"geheim" not in answer.body


def test_login_needs_the_filter_form_in_strict_mode(strict):
    strict.post("users", USER)
    plain = strict.client.get("/users?email=ada@example.org&password=geheim")
    assert refused(plain) == (400, [(400, "plain-filter", "email"), (400, "plain-filter", "password")])
    assert b"geheim" not in plain.body
    answer = strict.client.get("/users?filter[email]=ada@example.org&filter[password]=correct%20horse%20battery")
    assert [user["id"] for user in answer.data] == ["1"]


# --- role, teaches, takes ---------------------------------------------------------------------------
def test_a_user_shows_the_modules_that_it_teaches_or_takes(course):
    teacher, student = course.teacher(), course.student()
    course.module(teacher, students=[("users", student)])
    course.module(teacher)
    teaches = {"teaches": [("modules", "1"), ("modules", "2")], "takes": []}
    takes = {"teaches": [], "takes": [("modules", "1")]}
    attributes = [user["attributes"] for user in course.client.get("/users").data]
    assert course.client.get("/users").data == [
        resource("users", teacher, attributes[0], teaches),
        resource("users", student, attributes[1], takes),
    ]


def test_naming_modules_in_teaches_makes_them_this_teachers(course):
    first, second = course.teacher(), course.teacher()
    modules = [course.module(first), course.module(first)]
    assert course.patch(f"users/{second}", {}, {"teaches": [("modules", modules[1])]}).status == 200
    assert [course.linked(f"modules/{module}/relationships/teacher") for module in modules] == [first, second]
    assert course.ids(f"users/{first}/relationships/teaches") == [modules[0]]


def test_a_new_user_can_take_modules_at_once(course):
    module = course.module()
    student = course.user("student", takes=[("modules", module)])
    assert course.ids(f"modules/{module}/relationships/students") == [student]


WAYS_TO_TEACH = {
    "a new user": lambda course, user, module: course.post(
        "users", {**USER, "role": "student"}, {"teaches": [("modules", module)]}
    ),
    "the user": lambda course, user, module: course.patch(f"users/{user}", {}, {"teaches": [("modules", module)]}),
    "the user's relationship": lambda course, user, module: course.link(
        "POST", f"users/{user}/relationships/teaches", [("modules", module)]
    ),
    "the user's whole relationship": lambda course, user, module: course.link(
        "PATCH", f"users/{user}/relationships/teaches", [("modules", module)]
    ),
    "the module": lambda course, user, module: course.patch(f"modules/{module}", {}, {"teacher": ("users", user)}),
    "the module's relationship": lambda course, user, module: course.link(
        "PATCH", f"modules/{module}/relationships/teacher", ("users", user)
    ),
}
WAYS_TO_TAKE = {
    "a new user": lambda course, user, module: course.post("users", USER, {"takes": [("modules", module)]}),
    "the user": lambda course, user, module: course.patch(f"users/{user}", {}, {"takes": [("modules", module)]}),
    "the user's relationship": lambda course, user, module: course.link(
        "POST", f"users/{user}/relationships/takes", [("modules", module)]
    ),
    "the module": lambda course, user, module: course.patch(f"modules/{module}", {}, {"students": [("users", user)]}),
    "the module's relationship": lambda course, user, module: course.link(
        "POST", f"modules/{module}/relationships/students", [("users", user)]
    ),
}
WHERE = {
    "a new user": "/data/relationships/{}",
    "the user": "/data/relationships/{}",
    "the module": "/data/relationships/{}",
}


@pytest.mark.parametrize("way", WAYS_TO_TEACH)
def test_no_write_makes_a_student_teach(course, way):
    teacher, student = course.teacher(), course.student()
    module = course.module(teacher)
    answer = WAYS_TO_TEACH[way](course, student, module)
    name = "teacher" if way == "the module" else "teaches"
    assert refused(answer) == refusal(422, "relationship-refused", WHERE.get(way, "/data").format(name))
    assert course.linked(f"modules/{module}/relationships/teacher") == teacher


@pytest.mark.parametrize("way", WAYS_TO_TAKE)
def test_no_write_makes_a_teacher_take_a_module(course, way):
    module, teacher = course.module(), course.teacher()
    answer = WAYS_TO_TAKE[way](course, teacher, module)
    name = "students" if way == "the module" else "takes"
    assert refused(answer) == refusal(422, "relationship-refused", WHERE.get(way, "/data").format(name))
    assert course.ids(f"modules/{module}/relationships/students") == []


@pytest.mark.parametrize(
    ("role", "other", "name"), [("teacher", "student", "teaches"), ("student", "teacher", "takes")]
)
def test_the_role_cannot_change_while_modules_depend_on_it(course, role, other, name):
    user = course.user(role)
    linked = {"students": [("users", user)]} if role == "student" else {}
    for _ in range(2):
        course.module(None if role == "student" else user, **linked)
    answer = course.patch(f"users/{user}", {"role": other})
    assert refused(answer) == refusal(422, "still-linked", "/data/attributes/role")
    assert f"'{name}' still names the modules '1' and '2'" in answer.errors[0]["detail"]
    assert course.record(f"users/{user}")["attributes"]["role"] == role
    assert course.patch(f"users/{user}", {"role": role}).status == 200


@pytest.mark.parametrize(("role", "other"), [("teacher", "student"), ("student", "teacher")])
def test_the_role_of_a_user_without_modules_can_change(course, role, other):
    user = course.user(role)
    assert course.patch(f"users/{user}", {"role": other}).data["attributes"]["role"] == other


def test_the_role_and_the_modules_can_change_in_one_request(course):
    module = course.module()
    student = course.user("student", takes=[("modules", module)])
    changed = course.patch(f"users/{student}", {"role": "teacher"}, {"takes": [], "teaches": [("modules", module)]})
    attributes = {**VISIBLE, "email": changed.data["attributes"]["email"]}
    assert changed.data == resource("users", student, attributes, {"teaches": [("modules", module)], "takes": []})


def test_a_teacher_cannot_leave_modules_without_one(course):
    teacher = course.teacher()
    module = course.module(teacher)
    in_document = course.patch(f"users/{teacher}", {}, {"teaches": []})
    assert refused(in_document) == refusal(422, "still-linked", "/data/relationships/teaches")
    assert f"'{module}'" in in_document.errors[0]["detail"]
    for method, linkage in (("PATCH", []), ("DELETE", [("modules", module)])):
        answer = course.link(method, f"users/{teacher}/relationships/teaches", linkage)
        assert refused(answer) == refusal(403, "required-relationship", "/data")
    assert course.ids(f"users/{teacher}/relationships/teaches") == [module]


def test_an_id_and_an_email_that_are_the_same_users_are_both_taken(course):
    taken = course.teacher()
    email = course.record(f"users/{taken}")["attributes"]["email"]
    answer = course.client.post(
        "/users", {"data": {"type": "users", "id": taken, "attributes": {**USER, "email": email}}}
    )
    assert [error["code"] for error in answer.errors] == ["id-taken", "not-unique"]


def test_the_advice_for_a_wrong_kind_is_one_that_helps(course):
    role = course.post("users", {**USER, "role": 1}).errors[0]
    assert "'teacher' or 'student'" in role["detail"].replace(" and ", " or ") and "quotes" not in role["detail"]
    assert role["meta"]["allowed"] == ["teacher", "student"]
    module = {"module": ("modules", course.module())}
    whole, broken, huge = (
        course.post("contents", {"title": "Text", "order": order}, module).errors[0]["detail"]
        for order in ("3", "3.7", "9" * 30)
    )
    assert "write 3 without quotes" in whole
    assert "without quotes" not in broken + huge


@pytest.mark.parametrize("name", ["passwort", "Password", "filter[pass]", "passwd"])
def test_a_password_under_a_wrong_name_is_in_no_link(course, name):
    answer = course.client.get(f"/users?email=a@b.co&{name}=s3cret")
    assert answer.status == 400
    assert b"s3cret" not in answer.body
