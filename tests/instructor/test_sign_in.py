"""contract: operations, For instructors: /instructor, only with INSTRUCTOR_TOKEN, only for who has it."""

import pytest
from itsdangerous import TimestampSigner

from jsonapi_course.api.signin import ALL_ATTEMPTS_A_MINUTE, ATTEMPTS_A_MINUTE, COOKIE, SESSION_SECONDS

from .conftest import TOKEN, Instructor

PATHS = [
    ("GET", ""),
    ("GET", "/"),
    ("GET", "/activity"),
    ("GET", "/namespaces/s1"),
    ("GET", "/namespaces/s1/export"),
    ("GET", "/sign-in"),
    ("POST", ""),
    *(("POST", f"/{name}") for name in ("sign-in", "sign-out", "roster", "confirm", "run", "export")),
]
BEHIND_IT = [(method, path) for method, path in PATHS if path not in ("", "/", "/sign-in")]


def sign_in(app, token, address="192.0.2.1", **more):
    where = {"REMOTE_ADDR": address}
    return app.test_client().post("/instructor/sign-in", data={"token": token}, environ_overrides=where, **more)


def with_cookie(app, value):
    client = app.test_client()
    client.set_cookie(COOKIE, value, path="/instructor")
    return client


def is_open(answer):
    """Whether an answer is the list of namespaces rather than the form to sign in."""
    return "Sign out" in answer.text and 'name="token"' not in answer.text


def cookie_of(answer):
    """(value, the attributes as they stand there but for the date)"""
    value, *attributes = answer.headers["Set-Cookie"].removeprefix(f"{COOKIE}=").split("; ")
    return value, sorted(attribute for attribute in attributes if not attribute.startswith("Expires"))


# --- whether they are there ---------------------------------------------------------------------------
@pytest.mark.parametrize(("method", "path"), PATHS)
def test_without_the_setting_there_is_nothing(make_app, method, path):
    app = make_app()
    origin = {"Origin": "https://elsewhere.example"}
    answer, unknown = (
        app.test_client().open(url, method=method, headers=origin) for url in (f"/instructor{path}", f"/nothing{path}")
    )
    assert answer.status_code == 404
    errors = [{**one.json["errors"][0], "id": ""} for one in (answer, unknown)]
    assert errors[0] == {**errors[1], "detail": errors[1]["detail"].replace("/nothing", "/instructor")}
    assert {name for name, _ in answer.headers} == {name for name, _ in unknown.headers}


@pytest.mark.parametrize(("method", "path"), BEHIND_IT)
def test_who_is_not_signed_in_gets_the_form_to_sign_in_and_nothing_else(app, begin, method, path):
    begin("s1")
    form = {"ids": "s1", "action": "delete", "chosen": "s1", "roster": "s1"}
    answer = app.test_client().open(f"/instructor{path}", method=method, data=form if method == "POST" else None)
    assert answer.status_code == 403
    assert 'name="token"' in answer.text and "s1" not in answer.text
    assert begin.rooms("s1") == 1


# --- signing in ---------------------------------------------------------------------------------------
def test_the_token_opens_the_pages(app):
    answer = sign_in(app, TOKEN)
    assert (answer.status_code, answer.headers["Location"], answer.text.count(TOKEN)) == (303, "/instructor", 0)
    value, attributes = cookie_of(answer)
    assert attributes == ["HttpOnly", f"Max-Age={SESSION_SECONDS}", "Path=/instructor", "SameSite=Strict"]
    assert TOKEN not in value
    assert is_open(with_cookie(app, value).get("/instructor"))


def test_by_https_the_cookie_is_for_https_only(app):
    _, attributes = cookie_of(sign_in(app, TOKEN, base_url="https://localhost"))
    assert "Secure" in attributes


def test_behind_a_prefix_the_cookie_is_for_the_pages_there(make_app):
    app = make_app(INSTRUCTOR_TOKEN=TOKEN, TRUSTED_PROXIES="1")
    answer = sign_in(app, TOKEN, headers={"X-Forwarded-Prefix": "/sandbox", "X-Forwarded-Proto": "https"})
    _, attributes = cookie_of(answer)
    assert {"Path=/sandbox/instructor", "Secure"} <= set(attributes)
    assert answer.headers["Location"] == "/sandbox/instructor"


@pytest.mark.parametrize("text", ["", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "ä\udcff\0" * 6, "x" * 2000])
def test_another_text_opens_nothing(app, text):
    answer = sign_in(app, text.encode("utf-8", "surrogatepass"))
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert "That is not the token." in answer.text
    assert text == "" or text not in answer.text


def test_a_token_that_is_longer_than_any_is_not_read(app):
    answer = sign_in(app, "x" * 10_000)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (413, False)


def test_the_token_is_not_taken_from_a_url(app):
    client = app.test_client()
    assert not is_open(client.get(f"/instructor?token={TOKEN}"))
    assert client.post(f"/instructor/sign-in?token={TOKEN}").status_code == 403


# --- attempts -----------------------------------------------------------------------------------------
def test_after_ten_attempts_a_minute_passes_in_all_workers(make_app, monkeypatch):
    monkeypatch.setattr("jsonapi_course.api.rates.time.monotonic", lambda: 1000.0)
    workers = [make_app(INSTRUCTOR_TOKEN=TOKEN) for _ in range(2)]
    inside = Instructor(workers[0])  # the first attempt, from another address
    tried = [sign_in(workers[number % 2], "wrong").status_code for number in range(ATTEMPTS_A_MINUTE)]
    assert tried == [403] * ATTEMPTS_A_MINUTE
    for app in workers:
        answer = sign_in(app, TOKEN)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "6")
        assert "Wait a minute, then try again." in answer.text and "Set-Cookie" not in answer.headers
    assert is_open(inside.get(""))
    assert sign_in(workers[0], TOKEN, address="192.0.2.2").status_code == 303
    monkeypatch.setattr("jsonapi_course.api.rates.time.monotonic", lambda: 1006.1)
    assert sign_in(workers[1], TOKEN).status_code == 303


def test_many_addresses_together_have_no_more_than_sixty(app, monkeypatch):
    monkeypatch.setattr("jsonapi_course.api.rates.time.monotonic", lambda: 1000.0)
    addresses = [f"192.0.2.{number}" for number in range(ALL_ATTEMPTS_A_MINUTE + 1)]
    tried = [sign_in(app, "wrong", address).status_code for address in addresses]
    assert tried == [403] * ALL_ATTEMPTS_A_MINUTE + [429]


# --- sessions -----------------------------------------------------------------------------------------
def test_a_session_ends_with_signing_out_in_all_workers(app, make_app, instructor):
    value, _ = cookie_of(instructor.signed_in)
    answer = instructor.post("/sign-out")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/instructor")
    assert cookie_of(answer)[0] == "" and "Path=/instructor" in cookie_of(answer)[1]
    assert not is_open(instructor.get(""))
    for worker in (app, make_app(INSTRUCTOR_TOKEN=TOKEN)):
        assert not is_open(with_cookie(worker, value).get("/instructor"))


def test_every_worker_takes_a_session(make_app, instructor):
    value, _ = cookie_of(instructor.signed_in)
    assert is_open(with_cookie(make_app(INSTRUCTOR_TOKEN=TOKEN), value).get("/instructor"))


def test_another_token_ends_all_sessions(make_app, instructor):
    value, _ = cookie_of(instructor.signed_in)
    assert not is_open(with_cookie(make_app(INSTRUCTOR_TOKEN=TOKEN + "2"), value).get("/instructor"))


def test_a_session_lasts_twelve_hours(app, monkeypatch):
    now = TimestampSigner("any").get_timestamp()
    for age_seconds, lasts in ((SESSION_SECONDS - 60, True), (SESSION_SECONDS + 1, False)):
        with monkeypatch.context() as before:
            before.setattr(TimestampSigner, "get_timestamp", lambda _, age=age_seconds: now - age)
            value, _ = cookie_of(sign_in(app, TOKEN))
        assert is_open(with_cookie(app, value).get("/instructor")) == lasts


@pytest.mark.parametrize(
    "forge",
    [
        lambda value: "",
        lambda value: "instructor",
        lambda value: "..",
        lambda value: value[:-2],
        lambda value: value + "x",
        lambda value: ("J" if value[0] != "J" else "I") + value[1:],
        lambda value: value.rpartition(".")[0],
        lambda value: value.partition(".")[0] + ".ZZZZZZ." + value.rpartition(".")[2],
    ],
)
def test_a_forged_cookie_opens_nothing(app, instructor, forge):
    value, _ = cookie_of(instructor.signed_in)
    answer = with_cookie(app, forge(value)).get("/instructor")
    assert (answer.status_code, is_open(answer)) == (200, False)
