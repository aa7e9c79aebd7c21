"""Passwords and tokens are nowhere in what a console keeps or answers; the rest is shown as it came."""

import base64
import json
import random
from pathlib import Path
from urllib.parse import quote

import pytest

from jsonapi_course.api.redaction import SHOWN_CHARACTERS, Redaction

from ..client import MEDIA_TYPE
from .looking import BLACK, bytes_below, look, requests_of

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": "geheim1"}', f'{{"password": "{BLACK}"}}'),
        ('{"a": [{"userPassword": "geheim1", "b": 1}]}', f'{{"a": [{{"userPassword": "{BLACK}", "b": 1}}]}}'),
        ('{"api_token": 12345}', f'{{"api_token": "{BLACK}"}}'),
        ('{"TOKEN": {"value": "geheim1"}}', f'{{"TOKEN": {{"value": "{BLACK}"}}}}'),
        ('{"client-secret": ["geheim1", 1.5]}', f'{{"client-secret": ["{BLACK}", "{BLACK}"]}}'),
        ('{"p\\u0061ssword": "geheim1"}', f'{{"password": "{BLACK}"}}'),
        ('\ufeff{"password": "geheim1"}', f'{{"password": "{BLACK}"}}'),
        ('{"a": {"password": "geheim1"}, "a": 1}', '{"a": 1}'),
        ('{"password": "geheim1", "password": null}', '{"password": null}'),
        ('{"url": "http://x/y?password=geheim1&z=1"}', f'{{"url": "http://x/y?password={BLACK}&z=1"}}'),
        ('{"text": "{\\"password\\": \\"geheim1\\"}"}', f'{{"text": "{{\\"password\\": {BLACK}}}"}}'),
        ('{"name": "password", "value": "geheim1"}', f'{{"name": "password", "value": "{BLACK}"}}'),
        (
            '{"path": "/data/attributes/password", "value": 1}',
            f'{{"path": "/data/attributes/password", "value": "{BLACK}"}}',
        ),
        ('{"device": "1|abcdefghijklmnopqrstuvwxyz0123456789_-ABCDE"}', f'{{"device": "{BLACK}"}}'),
        ('{"password=geheim1": 1}', f'{{"password={BLACK}": "{BLACK}"}}'),
    ],
)
def test_json_is_shown_without_secrets(text, expected):
    shown, note = Redaction().body(text.encode(), MEDIA_TYPE)
    assert (shown, note) == (expected, "passwords and tokens are blacked out")


@pytest.mark.parametrize(
    "text",
    [
        '{ "name" : "Lab 1",\n  "x": [1.50, 1e3, NaN] }',
        '{"password": null, "token": ""}',
        '{"detail": "There is no token: POST email, password and device_name to …/v1/sanctum/token."}',
        "[]",
        '{"a": ',
        "{'data': 1}",
        "name=a&b=1",
        "just words",
        "1",
    ],
)
def test_a_body_without_secrets_is_shown_as_it_came(text):
    assert Redaction().body(text.encode(), MEDIA_TYPE) == (text, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"password": "geheim1", "name": "x"', f'{{"password": {BLACK}, "name": "x"'),
        ("{'password': 'geheim1', 'name': 'x'}", f"{{'password': {BLACK}, 'name': 'x'}}"),
        ('{"name": "x", "password": "geheim1', f'{{"name": "x", "password": {BLACK}'),
        ('{password: geheim1, name: "x"}', f'{{password: {BLACK}, name: "x"}}'),
        ('{"password" "geheim1", "name": "x"}', f'{{"password" "{BLACK}, "name": "x"}}'),
        ('{"password": geheim1\n"name": "x"}', f'{{"password": {BLACK}\n"name": "x"}}'),
        ('{"password": "gehe"im1", "name": "x"}', f'{{"password": {BLACK}, "name": "x"}}'),
        ('{"password": “geheim1”, "name": "x"}', f'{{"password": {BLACK}, "name": "x"}}'),
        ('{"token": {"a": "geheim1", "b": "geheim2"}, "name": "x"', f'{{"token": {BLACK}'),
        ('{"password": "geheim1" "name": "x"}', f'{{"password": {BLACK}'),
    ],
)
def test_malformed_json_is_shown_without_what_follows_such_a_name(text, expected):
    shown, note = Redaction().body(text.encode(), MEDIA_TYPE)
    assert (shown, note) == (expected, "passwords and tokens are blacked out")


@pytest.mark.parametrize(
    ("text", "content_type", "expected"),
    [
        ("email=a%40b.c&password=geheim1&x=1", FORM, f"email=a%40b.c&password={BLACK}&x=1"),
        ("email=a%40b.c&password=geheim1", JSON, f"email=a%40b.c&password={BLACK}"),
        ("filter%5Bpassword%5D=geheim1", FORM, f"filter%5Bpassword%5D={BLACK}"),
        ("user[p%61ssword]=geheim1", FORM, f"user[p%61ssword]={BLACK}"),
        ("next=%2Fx%3Ftoken%3Dgeheim1", FORM, f"next={BLACK}"),
        ("password%3Dgeheim1", FORM, BLACK),
        ("password=&token", FORM, "password=&token"),
        ("a=1%7Cabcdefghijklmnopqrstuvwxyz0123456789_-ABCDE", FORM, f"a={BLACK}"),
    ],
)
def test_forms_are_shown_without_secrets(text, content_type, expected):
    assert Redaction().body(text.encode(), content_type)[0] == expected


@pytest.mark.parametrize(
    ("body", "content_type", "note"),
    [
        (b"my password is geheim1", "text/plain", "22 bytes, not shown because there may be a password in them"),
        (b"\xff\xfe{\0", JSON, "4 bytes that are not UTF-8"),
        ('{"password": "geheim1"}'.encode("utf-16-le"), JSON, "46 bytes that are no text"),
        (b'{"p\\u0061ssword": "geheim1",}', JSON, "29 bytes, not shown because there may be a password in them"),
        (
            b'--x\r\nContent-Disposition: form-data; name="password"\r\n\r\ngeheim1\r\n--x--',
            "multipart/form-data; boundary=x",
            "71 bytes, not shown because there may be a password in them",
        ),
    ],
)
def test_what_cannot_be_read_is_shown_as_its_length(body, content_type, note):
    shown, told = Redaction().body(body, content_type)
    assert (shown, told) == (None, note.replace("71", str(len(body))))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bearer 1|abc", f"Bearer {BLACK}"),
        ("Basic YWRhOmdlaGVpbQ==", f"Basic {BLACK}"),
        ("bearer a b c", f"bearer {BLACK}"),
        ("1|abc", BLACK),
        ("Bearer", BLACK),
    ],
)
def test_of_an_authorization_the_scheme_is_shown(value, expected):
    assert Redaction().authorization(value) == expected


def test_a_secret_is_blacked_out_wherever_else_it_stands():
    redaction = Redaction()
    redaction.body(b'{"password": "a long secret", "token": "abc"}', JSON)
    assert redaction.veil(["so: a long secret!", "'abc' has 3", "abcdef", "a%20long%20secret"]) == [
        f"so: {BLACK}!",
        f"'{BLACK}' has 3",
        "abcdef",
        BLACK,
    ]


@pytest.mark.parametrize("count", [50, 2000, 20_000])
def test_a_cut_body_has_no_secret_either(count):
    rows = [{"email": f"{n}@example.org", "password": f"geheim-{n}-x", "list": [n]} for n in range(count)]
    body = json.dumps({"data": rows}).encode()
    shown, _ = Redaction().body(body[: SHOWN_CHARACTERS + 1], JSON, len(body))
    assert "geheim" not in shown and "0@example.org" in shown
    assert "geheim" not in Redaction().body(body, JSON)[0]


# --- a long session ---------------------------------------------------------------------------------
def secrets_of(seed):
    """Secrets such as students choose, each recognisable; some with characters that are escaped somewhere."""
    letters = random.Random(seed)
    for number, extra in enumerate(
        ['"', "\\", "&", " ", "ü", "%", ",", "}", "'", "+", "=", ": ", "|", "/", "<", "\t"] * 3
    ):
        core = "".join(letters.choice("abcdefghkmnpqrstuvwxyz") for _ in range(9))
        yield core, f"{core[:5]}{extra}{core[5:]}{number}"


def bodies_with(secret):
    """(body, Content-Type) with the secret, right and wrong."""
    document = {"data": {"type": "users", "attributes": {"first-name": "A", "last-name": "B", "password": secret}}}
    text = json.dumps(document)
    for right in (text, json.dumps(document, ensure_ascii=False), json.dumps(document, indent=2)):
        yield right, MEDIA_TYPE
    yield text, "text/plain"
    yield json.dumps({"data": {"type": "users", "attributes": {"password": {"is": [secret]}}}}), MEDIA_TYPE
    yield text.replace('"', "'"), MEDIA_TYPE
    yield text[:-3], MEDIA_TYPE
    yield text[:-1] + ",}", MEDIA_TYPE
    yield text.replace('"password": "', '"password": '), MEDIA_TYPE
    yield text.replace('"password": "', "password: “"), MEDIA_TYPE
    yield json.dumps({"email": "a@example.org", "password": secret, "device_name": "x"}), JSON
    yield f"email=a%40example.org&password={quote(secret, safe='')}&device_name=x", FORM
    yield f"email=a%40example.org&password={secret}&device_name=x", "text/plain"
    yield json.dumps({"meta": {"note": json.dumps({"api_token": secret})}}), MEDIA_TYPE
    yield json.dumps([{"op": "replace", "path": "/password", "value": secret}]), JSON


def test_no_secret_of_a_long_session_is_kept_or_answered(app, client):
    folder = Path(app.extensions["jsonapi_course"].settings["INSTANCE_PATH"])
    look(client)
    seen, tokens, cores = [], [], []
    for number, (core, secret) in enumerate(secrets_of("session")):
        cores += [core[:5], core[5:]]
        email = f"user{number}@example.org"
        paths = ["/users", "/users/1", "/v1/sanctum/token", "/v1/addUser", "/operations", "/v3/users/search", "/import"]
        for at, (body, content_type) in enumerate(bodies_with(secret)):
            path, method = (
                paths[(at + number) % len(paths)],
                ("POST", "PATCH", "PUT", "DELETE", "GET")[(at * 7 + number) % 5],
            )
            client.request(method, path, body=body.encode(), headers={"Content-Type": content_type})
        escaped = quote(secret, safe="")
        client.get(f"/users?email={email}&password={escaped}")
        client.get(f"/users?filter[password]={escaped}&filter%5Bteacher.password%5D={escaped}&sort=name")
        client.get(f"/rooms?next=%2Flogin%3Fpassword%3D{quote(escaped)}")
        client.get("/v3/users", Authorization=f"Bearer {core}{number}", User_Agent=f"agent?token={escaped}")
        client.get("/v1/user", Authorization="Basic " + base64.b64encode(f"{email}:{core}".encode()).decode())
        client.get(f"/users/password={escaped.replace('%2F', '')}")
        if number % 8 == 0:
            attributes = {"first-name": "A", "last-name": "B", "email": email, "password": secret, "role": "teacher"}
            client.post("/users", {"data": {"type": "users", "attributes": attributes}})
            login = json.dumps({"email": email, "password": secret, "device_name": "x"}).encode()
            answer = client.request("POST", "/v1/sanctum/token", body=login, headers={"Content-Type": JSON})
            tokens.append(answer.json["token"].partition("|")[2])
            client.get("/v3/users", Authorization=f"Bearer {answer.json['token']}")
            client.get(f"/v3/users?api_token={quote(answer.json['token'])}&x={answer.json['token']}")
            client.request("POST", "/v1/sanctum/logout", body=b"", headers={"Authorization": answer.json["token"]})
        seen += look(client, after=seen[-1]["number"] if seen else 0)["requests"]
        if number % 8 != 7:
            continue  # there is room for the requests of eight rounds
        kept = bytes_below(folder).decode("utf-8", "replace")
        said = json.dumps(seen[-200:], ensure_ascii=False)
        for hidden in [*cores, *tokens]:
            assert hidden not in kept
            assert hidden not in said, next(json.dumps(one, indent=1) for one in seen if hidden in json.dumps(one))
    assert len(seen) > 600 and {request["status"] for request in seen} >= {200, 201, 400, 401, 403, 404, 405, 415, 422}


def test_what_is_no_secret_is_still_there(client):
    look(client)
    attributes = {
        "first-name": "Demo",
        "last-name": "demo",
        "email": "demo@demo.example",
        "password": "demo",
        "role": "teacher",
    }
    client.post("/users", {"data": {"type": "users", "attributes": attributes}})
    client.get("/users?email=demo@demo.example&password=demo")
    made, found = requests_of(client)
    assert json.loads(made["body"])["data"]["attributes"] == {**attributes, "password": BLACK}
    assert json.loads(made["answer"]["body"])["data"]["attributes"] == {
        "first-name": "Demo",
        "last-name": "demo",
        "email": "demo@demo.example",
        "role": "teacher",
    }
    assert found["path"] == f"/api/s1/users?email=demo@demo.example&password={BLACK}"
    assert json.loads(found["answer"]["body"])["data"][0]["attributes"]["email"] == "demo@demo.example"
