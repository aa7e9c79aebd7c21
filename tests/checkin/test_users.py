"""contract: checkin, "One table of users": names, roles and passwords through both faces."""

import pytest

from ..course.course import document, refusal, warned
from ..course.course import refused as refused_by_jsonapi
from .checkin import ADMIN, CLASSMATE, DOCENT, PASSWORD, STUDENT, email_of, new_body, refused, said, user_entity

NAMES = [
    ("Madonna", "Madonna", ""),
    ("Ada Lovelace", "Ada", "Lovelace"),
    ("Jan van der Berg", "Jan", "van der Berg"),
    ("José Ñandú y  Cía", "José", "Ñandú y  Cía"),
]
COURSE = {
    "first-name": "Ada",
    "last-name": "Lovelace",
    "role": "teacher",
    "password": PASSWORD,
    "email": "ada@hanze.example",
}


def attributes(world, user):
    return world.client.get(f"/users/{user}").data["attributes"]


def patch(world, user, **values):
    changes = {name.replace("_", "-"): value for name, value in values.items()}
    return world.client.patch(f"/users/{user}", document("users", str(user), changes))


# --- names ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "first", "last"), NAMES)
def test_a_name_is_split_at_its_first_space(world, name, first, last):
    created = world.create("users", new_body("users") | {"name": name})
    assert created == user_entity(6, name, new_body("users")["email"], "student")
    expected = {"email": new_body("users")["email"], "first-name": first, "last-name": last, "role": "student"}
    assert attributes(world, 6) == expected
    assert world.v3("PUT", f"users/{STUDENT}", {"name": name}).json == user_entity(STUDENT, name)
    assert attributes(world, STUDENT) == {**expected, "email": email_of(STUDENT)}


def test_spaces_around_a_name_are_not_part_of_it(world):
    assert world.create("users", new_body("users") | {"name": "  Ada Lovelace\n"})["name"] == "Ada Lovelace"
    assert (attributes(world, 6)["first-name"], attributes(world, 6)["last-name"]) == ("Ada", "Lovelace")


@pytest.mark.parametrize(("name", "first", "last"), [row for row in NAMES if row[2]])
def test_a_first_and_a_last_name_are_one_name(world, name, first, last):
    world.client.create("users", {**COURSE, "first-name": first, "last-name": last})
    assert world.entity("users/6") == user_entity(6, name, COURSE["email"], "docent")
    assert patch(world, STUDENT, first_name=first, last_name=last).status == 200
    assert world.entity(f"users/{STUDENT}") == user_entity(STUDENT, name)


def test_a_user_without_a_last_name_can_be_changed_on_the_courses_face_but_not_made_there(world):
    world.v3("PUT", f"users/{STUDENT}", {"name": "Sam"})
    assert patch(world, STUDENT, email="sam@other.example").data["attributes"]["last-name"] == ""
    assert refused_by_jsonapi(patch(world, STUDENT, last_name="")) == refusal(
        422, "too-short", "/data/attributes/last-name"
    )
    refusal_of_post = world.client.post("/users", document("users", None, {**COURSE, "last-name": ""}))
    assert refused_by_jsonapi(refusal_of_post) == refusal(422, "too-short", "/data/attributes/last-name")


# --- roles ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("role", "course"), [("student", "student"), ("docent", "teacher"), ("admin", "teacher")])
def test_a_role_is_mapped_to_the_courses(world, role, course):
    assert world.create("users", new_body("users") | {"role": role}) == user_entity(
        6, "Nieuwe Student", "nieuw@hanze.example", role
    )
    assert attributes(world, 6)["role"] == course
    assert world.v3("PUT", f"users/{STUDENT}", {"role": role}).json == user_entity(STUDENT, role=role)
    assert attributes(world, STUDENT)["role"] == course


@pytest.mark.parametrize(("course", "role"), [("student", "student"), ("teacher", "docent")])
def test_a_role_of_the_course_is_mapped_to_one_without_the_admin_flag(world, course, role):
    world.client.create("users", {**COURSE, "role": course})
    assert world.entity("users/6") == user_entity(6, "Ada Lovelace", COURSE["email"], role)


def test_the_courses_face_neither_shows_nor_sets_the_admin_flag(world):
    before = attributes(world, DOCENT)
    assert before.keys() == {"email", "first-name", "last-name", "role"}
    answer = patch(world, DOCENT, admin=True, checkin_role="admin")
    assert warned(answer)[0] == 200
    assert [code for code, _ in warned(answer)[1]] == ["unknown-member", "unknown-member"]
    assert world.entity(f"users/{DOCENT}") == user_entity(DOCENT)


def test_a_patch_that_makes_an_admin_a_student_drops_the_flag(world):
    world.v3("PUT", f"users/{DOCENT}", {"role": "admin"})
    assert patch(world, DOCENT, role="teacher", first_name="Dirk").status == 200
    assert world.entity(f"users/{DOCENT}") == user_entity(DOCENT, role="admin")
    assert patch(world, DOCENT, role="student").status == 200
    assert world.entity(f"users/{DOCENT}") == user_entity(DOCENT, role="student")
    assert patch(world, DOCENT, role="teacher").status == 200
    assert world.entity(f"users/{DOCENT}") == user_entity(DOCENT, role="docent")


def test_an_admin_is_made_a_docent_and_a_student_by_v3(world):
    for role in ("admin", "docent", "admin", "student", "docent"):
        assert world.v3("PUT", f"users/{CLASSMATE}", {"role": role}).json == user_entity(CLASSMATE, role=role)
        assert world.entity(f"users/{CLASSMATE}") == user_entity(CLASSMATE, role=role)


def test_a_docent_who_teaches_does_not_become_a_student(world):
    module = {"code": "WEB1", "name": "Web development", "semester": "SS18"}
    world.client.create("modules", module, teacher=("users", str(DOCENT)))
    assert refused(world.v3("PUT", f"users/{DOCENT}", {"role": "student"})) == (400, ["role"])
    assert world.entity(f"users/{DOCENT}") == user_entity(DOCENT)


# --- writing ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["name", "email", "password"])
def test_a_user_needs_a_name_an_email_and_a_password(world, name):
    body = new_body("users")
    del body[name]
    assert refused(world.v3("POST", "users", body)) == (400, [name])
    assert len(world.ids("users")) == 5


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("name", ["", "  ", None, 5, ["Ada"]]),
        ("email", ["", None, 5, "ada", "ada@", "ADA@HANZE.example", "ada@hanze.example"]),
        ("password", ["", 5, ["geheim"]]),
        ("role", ["teacher", "Student", "", 1, ["admin"]]),
        ("nickname", ["Ada"]),
        ("first_name", ["Ada"]),
        ("admin", [True]),
    ],
)
def test_a_value_that_no_user_can_have_is_refused(world, name, values):
    world.client.create("users", COURSE)
    before = world.entity("users")
    for value in values:
        assert (value, refused(world.v3("POST", "users", new_body("users") | {name: value}))) == (value, (400, [name]))
        assert (value, refused(world.v3("PUT", f"users/{STUDENT}", {name: value}))) == (value, (400, [name]))
    assert world.entity("users") == before


def test_a_role_of_null_counts_as_not_sent(world):
    assert world.create("users", new_body("users") | {"role": None}, by=DOCENT)["roles"] == ["Student"]
    assert world.v3("PUT", f"users/{DOCENT}", {"role": None}).json == user_entity(DOCENT)


def test_a_user_that_was_read_can_be_sent_back(world):
    entity = world.entity(f"users/{STUDENT}")
    assert said(world.v3("PUT", f"users/{STUDENT}", entity, by=STUDENT)) == (200, entity)


def test_a_password_is_never_shown_and_is_kept_unless_one_is_sent(world):
    for body in ({"name": "Samuel Student"}, {"password": None}):
        assert world.v3("PUT", f"users/{STUDENT}", body, by=STUDENT).status == 200
        assert world.ask_token(email_of(STUDENT)).status == 200
    answer = world.v3("PUT", f"users/{STUDENT}", {"password": "nieuw geheim"}, by=STUDENT)
    assert said(answer) == (200, user_entity(STUDENT, "Samuel Student"))
    assert world.ask_token(email_of(STUDENT)).status == 401
    assert world.ask_token(email_of(STUDENT), "nieuw geheim").status == 200


def test_the_courses_login_check_and_the_token_call_know_the_same_password(world):
    world.v3("PUT", f"users/{STUDENT}", {"password": "door v3"})
    [user] = world.client.get(f"/users?email={email_of(STUDENT)}&password=door%20v3").data
    assert user["id"] == str(STUDENT)
    patch(world, STUDENT, password="through the course")
    assert world.ask_token(email_of(STUDENT), "through the course").status == 200


def test_a_user_who_deletes_nobody_else_stays_logged_in_until_deleted(world):
    assert world.v3("DELETE", f"users/{STUDENT}").status == 204
    assert refused(world.v3("GET", "projects", by=STUDENT)) == (403, [])
    assert world.v3("DELETE", f"users/{ADMIN}").status == 204
    assert refused(world.v3("GET", "projects", by=ADMIN)) == (403, [])
