"""contract: checkin, "Who may do what": tokens, and the first admin of a namespace."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from jsonapi_course.engine import clock

from ..client import Client, in_process
from .checkin import ADMIN, DOCENT, PASSWORD, STUDENT, Checkin, email_of, refused, said, user_entity

CREDENTIALS = {"email": email_of(STUDENT), "password": PASSWORD, "device_name": "laptop"}
TEACHER = {"email": "t@hanze.example", "password": PASSWORD, "first-name": "T", "last-name": "T", "role": "teacher"}
FORM = "application/x-www-form-urlencoded"


def ask(world, fields):
    return world.request("POST", "/v1/sanctum/token", fields, by=None)


def with_token(world, token, method="GET", path="/v3/projects"):
    return world.request(method, path, by=None, Authorization=f"Bearer {token}")


def v1_user(answer):
    """(status, user): V1's rows carry their role as a number and when they were made and changed, too."""
    user = answer.json
    return answer.status, {
        name: value for name, value in user.items() if name not in ("role", "created_at", "updated_at")
    }


# --- asking for one ---------------------------------------------------------------------------------
def test_email_and_password_give_a_token_that_opens_every_version(world):
    answer = ask(world, CREDENTIALS)
    assert (answer.status, answer.json.keys()) == (200, {"token"})
    token = answer.json["token"]
    assert re.fullmatch(r"[0-9]+\|\S{32,}", token)
    assert v1_user(with_token(world, token, path="/v1/user")) == (200, user_entity(STUDENT))
    assert with_token(world, token).status == 200
    assert ask(world, CREDENTIALS).json["token"] != token


@pytest.mark.parametrize("email", ["SAM@HANZE.EXAMPLE", "Sam@Hanze.example"])
def test_an_email_is_known_in_any_case(world, email):
    assert ask(world, CREDENTIALS | {"email": email}).status == 200


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (
            "application/json",
            b'{"email": "sam@hanze.example", "password": "geheim wachtwoord", "device_name": "x"}',
            200,
        ),
        (None, b'{"email": "sam@hanze.example", "password": "geheim wachtwoord", "device_name": "x"}', 200),
        (FORM, b"email=sam%40hanze.example&password=geheim+wachtwoord&device_name=x", 200),
        (f"{FORM}; charset=UTF-8", b"email=sam@hanze.example&password=geheim%20wachtwoord&device_name=", 200),
        (FORM, b"email=sam@hanze.example&password=geheim+wachtwoord", 400),
        (FORM, b"email=sam@hanze.example&password=wrong&device_name=x", 401),
        ("text/plain", b"email=sam@hanze.example&password=geheim+wachtwoord&device_name=x", 400),
    ],
)
def test_the_fields_come_as_json_or_as_a_form(world, content_type, body, status):
    headers = {"Content-Type": content_type} if content_type else {}
    answer = world.client.request("POST", "/v1/sanctum/token", headers=headers, body=body)
    assert answer.status == status, answer


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "geheim"},
        {"password": PASSWORD.upper()},
        {"password": f"{PASSWORD} "},
        {"password": ""},
        {"email": "nobody@hanze.example"},
        {"email": ""},
        {"email": "sam"},
        {"email": email_of(DOCENT), "password": "x"},
    ],
)
def test_wrong_credentials_are_401_that_does_not_tell_what_is_wrong(world, wrong):
    answer = ask(world, CREDENTIALS | wrong)
    assert refused(answer) == (401, [])
    assert answer.json == ask(world, CREDENTIALS | {"password": "something else"}).json


def test_nobody_logs_in_to_a_namespace_that_nobody_wrote_to(elsewhere, shelf):
    assert refused(ask(elsewhere, CREDENTIALS)) == (401, [])
    assert not shelf.namespaces.exists("s2")


@pytest.mark.parametrize("missing", [["email"], ["password"], ["device_name"], ["email", "password", "device_name"]])
def test_a_missing_field_is_400_by_its_name(world, missing):
    fields = {name: value for name, value in CREDENTIALS.items() if name not in missing}
    assert refused(ask(world, fields)) == (400, missing)


@pytest.mark.parametrize(
    ("name", "value"), [("email", None), ("email", ["a"]), ("password", {}), ("device_name", None)]
)
def test_a_field_that_is_no_text_is_400(world, name, value):
    assert refused(ask(world, CREDENTIALS | {name: value})) == (400, [name])


def test_the_token_call_is_a_post(world):
    answer = world.request("GET", "/v1/sanctum/token", by=None)
    assert (refused(answer), answer.headers["Allow"]) == ((405, []), "POST, OPTIONS")


# --- sending it -------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/v3/users", "/v3/users/4", "/v3/nobody", "/v1/user", "/v3/users/search", "/v3"])
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic c2FtOmdlaGVpbQ==", "Token 1|x", "1|x", "Bearer:1|x"]
)
def test_without_a_bearer_token_it_is_401(world, path, header):
    headers = {} if header is None else {"Authorization": header}
    answer = world.request("GET", path, by=None, **headers)
    assert (refused(answer), answer.headers["WWW-Authenticate"]) == ((401, []), "Bearer")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEARER", "  Bearer", "Bearer  "])
def test_the_scheme_is_known_in_any_case(world, scheme):
    headers = {"Authorization": f"{scheme} {world.tokens[STUDENT]} "}
    assert world.request("GET", "/v3/projects", by=None, **headers).status == 200


MALFORMED = [
    "x",
    "|",
    "1",
    "1|",
    "|x",
    "1|x",
    "1|x|y",
    "-1|x",
    "１|x",
    "0|x",
    "9" * 40 + "|x",
    "1 |x",
    "null",
    "undefined",
    "a b",
]


@pytest.mark.parametrize("token", MALFORMED)
def test_a_malformed_or_wrong_token_is_403(world, token):
    encoded = token.encode().decode("latin-1")
    for path in ("/v3/projects", "/v3/nobody", "/v1/user"):
        assert refused(with_token(world, encoded, path=path)) == (403, [])


def test_the_secret_of_one_token_does_not_fit_the_number_of_another(world):
    (first, _), (_, secret) = (world.tokens[user].split("|") for user in (ADMIN, STUDENT))
    assert refused(with_token(world, f"{first}|{secret}")) == (403, [])
    assert refused(with_token(world, secret)) == (403, [])
    assert refused(with_token(world, world.tokens[STUDENT].upper())) == (403, [])
    assert refused(with_token(world, world.tokens[STUDENT][:-1])) == (403, [])


def test_a_token_is_of_one_namespace(world, elsewhere):
    assert refused(with_token(elsewhere, world.tokens[ADMIN])) == (403, [])
    elsewhere.first_admin()
    assert refused(with_token(elsewhere, world.tokens[ADMIN])) == (403, [])
    assert refused(with_token(world, elsewhere.tokens[ADMIN])) == (403, [])
    assert with_token(world, world.tokens[ADMIN]).status == with_token(elsewhere, elsewhere.tokens[ADMIN]).status == 200


# --- its end ----------------------------------------------------------------------------------------
def test_logout_ends_the_token_that_it_was_called_with(world):
    other = ask(world, CREDENTIALS).json["token"]
    answer = with_token(world, world.tokens[STUDENT], "POST", "/v1/sanctum/logout")
    assert said(answer) == (204, None)
    assert refused(with_token(world, world.tokens[STUDENT])) == (403, [])
    assert refused(with_token(world, world.tokens[STUDENT], "POST", "/v1/sanctum/logout")) == (403, [])
    assert with_token(world, other).status == with_token(world, world.tokens[ADMIN]).status == 200


def test_a_reset_ends_every_token_and_none_of_their_numbers_is_given_again(world):
    assert world.client.post("/reset-db").status == 200
    for token in world.tokens.values():
        assert refused(with_token(world, token)) == (403, [])
    again = Checkin(world.client)
    again.first_admin()
    assert again.tokens[ADMIN].split("|")[0] not in [token.split("|")[0] for token in world.tokens.values()]
    assert refused(with_token(world, world.tokens[ADMIN])) == (403, [])


def test_the_token_of_a_deleted_user_is_403(world):
    assert world.client.delete(f"/users/{STUDENT}").status == 204
    assert refused(with_token(world, world.tokens[STUDENT])) == (403, [])


def test_a_token_ends_after_its_time(make_app, monkeypatch):
    now = [datetime(2026, 1, 31, 12, 0, tzinfo=UTC)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    world = Checkin(Client(in_process(make_app(TOKEN_TTL_SECONDS="3600"))))
    world.first_admin()
    for seconds, status in ((0, 200), (3599, 200), (3600, 403), (10**9, 403)):
        now[0] = datetime(2026, 1, 31, 12, 0, tzinfo=UTC) + timedelta(seconds=seconds)
        assert (seconds, with_token(world, world.tokens[ADMIN]).status) == (seconds, status)
    world.log_in(ADMIN, email_of(ADMIN))
    assert with_token(world, world.tokens[ADMIN]).status == 200


def test_by_default_a_token_has_no_end(world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    assert with_token(world, world.tokens[ADMIN]).status == 200


def test_only_the_hash_of_a_secret_is_stored(world, shelf):
    token = ask(world, CREDENTIALS).json["token"]
    secrets = [token.split("|")[1], *(token.split("|")[1] for token in world.tokens.values())]
    with closing(sqlite3.connect(shelf.namespaces.path("s1"))) as database:
        stored = "\n".join(database.iterdump())
    assert 'INSERT INTO "tokens"' in stored and "laptop" in stored
    assert [secret for secret in [*secrets, PASSWORD] if secret in stored] == []


# --- the first admin --------------------------------------------------------------------------------
FIRST = {"name": "Anna Admin", "email": email_of(ADMIN), "password": PASSWORD, "role": 1}


def add(world, fields=None, by=None):
    return world.request("POST", "/v1/addUser", FIRST | (fields or {}), by=by)


def test_the_first_admin_of_a_namespace_needs_no_token_and_the_second_does(empty):
    assert v1_user(add(empty)) == (201, user_entity(ADMIN))
    second = {"name": "Anton Admin", "email": "anton@hanze.example"}
    assert refused(add(empty, second)) == (401, [])
    empty.log_in(ADMIN, email_of(ADMIN))
    assert v1_user(add(empty, second, by=ADMIN)) == (201, user_entity(2, *second.values(), "admin"))


def test_users_of_other_roles_do_not_make_a_namespace_have_an_admin(empty):
    empty.client.create("users", TEACHER)
    empty.client.create("users", {**TEACHER, "email": "s@hanze.example", "role": "student"})
    assert refused(add(empty, {"role": 0})) == (401, [])
    assert v1_user(add(empty)) == (201, user_entity(3, FIRST["name"], FIRST["email"], "admin"))
    assert refused(add(empty, {"email": "other@hanze.example"})) == (401, [])


def test_a_namespace_whose_admins_are_gone_takes_a_first_one_again(world):
    other = {"name": "Anton Admin", "email": "anton@hanze.example"}
    assert refused(add(world, other)) == (401, [])
    world.client.patch("/users/1", {"data": {"type": "users", "id": "1", "attributes": {"role": "teacher"}}})
    assert refused(add(world, other)) == (401, [])  # still an admin
    world.client.patch("/users/1", {"data": {"type": "users", "id": "1", "attributes": {"role": "student"}}})
    assert v1_user(add(world, other)) == (201, user_entity(6, *other.values(), "admin"))


@pytest.mark.parametrize(
    ("role", "by", "status"),
    [(0, ADMIN, 201), (1, ADMIN, 201), (0, DOCENT, 201), (1, DOCENT, 403), (0, STUDENT, 403), (1, STUDENT, 403)],
)
def test_who_adds_whom(world, role, by, status):
    answer = add(world, {"email": "new@hanze.example", "role": role}, by=by)
    assert answer.status == status
    if status == 201:
        made = user_entity(6, FIRST["name"], "new@hanze.example", "admin" if role else "student")
        assert (v1_user(answer), world.entity("users/6")) == ((201, made), made)
    assert len(world.ids("users")) == 5 + (status == 201)


@pytest.mark.parametrize("fields", [{"name": ""}, {"email": "anna"}, {"password": ""}])
def test_a_first_admin_that_cannot_be_is_400_and_makes_nothing(empty, fields):
    assert refused(add(empty, fields)) == (400, [*fields])
    assert add(empty).json["id"] == ADMIN


@pytest.mark.parametrize("role", [2, -1, "admin", True, None])
def test_what_is_not_the_role_of_an_admin_needs_a_token(empty, role):
    assert refused(add(empty, {"role": role})) == (401, [])
    empty.first_admin()
    assert refused(add(empty, {"role": role}, by=ADMIN)) == (400, ["role"])
