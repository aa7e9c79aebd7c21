"""No other site can make the instructor's browser do something, or read what it shows."""

import pytest

from .conftest import TOKEN, Instructor

FORMS = ["/roster", "/confirm", "/run", "/export", "/sign-out"]
HARM = {"action": "delete", "ids": "s1", "chosen": "s1", "roster": "s1"}
PAGES = ["", "/activity", "/namespaces/s1", "/namespaces/s1/export", "/nothing", "/run"]


def nothing_happened(instructor, begin):
    return begin.rooms("s1") == 1 and "Sign out" in instructor.get("").text


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", [None, "", "x" * 64, "ä", "another session's"])
def test_a_form_of_no_page_of_this_session_does_nothing(app, instructor, begin, path, token):
    begin("s1")
    if token == "another session's":
        token = Instructor(app).form_token
    answer = instructor.http.post(
        f"/instructor{path}", data={**HARM, "form_token": token} if token is not None else HARM
    )
    assert answer.status_code == 403
    assert "The form is not one of this session" in answer.text
    assert nothing_happened(instructor, begin)


@pytest.mark.parametrize("path", [*FORMS, "/sign-in"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"},
    ],
    ids=str,
)
def test_a_form_on_a_page_of_another_site_does_nothing_whatever_it_knows(instructor, begin, path, headers):
    begin("s1")
    answer = instructor.post(path, headers, token=TOKEN, **HARM)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)
    assert "The request came from a page of another site." in answer.text
    assert nothing_happened(instructor, begin)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Origin": "https://LOCALHOST"},  # a proxy speaks http to the service
        {"Sec-Fetch-Site": "none"},
    ],
    ids=str,
)
def test_a_form_on_a_page_of_this_session_is_carried_out(instructor, begin, headers):
    begin("s1")
    assert instructor.post("/run", headers, **HARM).status_code == 200
    assert begin.rooms("s1") == 0


def test_a_link_does_nothing(instructor, begin):
    """GET is for reading: a link or a picture on any page can send one."""
    begin("s1")
    for path in FORMS:
        query = "&".join(f"{name}={value}" for name, value in {**HARM, "form_token": instructor.form_token}.items())
        assert instructor.get(f"{path}?{query}").status_code == 405
    assert nothing_happened(instructor, begin)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "DELETE"])
def test_no_page_of_another_origin_may_read_the_pages(app, instructor, begin, path, method):
    begin("s1")
    origin = {"Origin": "http://localhost", "Access-Control-Request-Method": "POST"}
    for client in (instructor.http, app.test_client()):
        for headers in (origin, {**origin, "Origin": "https://elsewhere.example"}):
            answer = client.open(f"/instructor{path}", method=method, headers=headers)
            assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


@pytest.mark.parametrize("path", ["/api/s1/rooms", "/instructors", "/nothing", "/openapi.json"])
def test_what_is_no_page_of_the_instructor_is_read_by_any_origin_as_ever(app, path):
    answer = app.test_client().get(path, headers={"Origin": "https://elsewhere.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("path", ["", "/activity", "/namespaces/s1", "/namespaces/s1/export"])
def test_nothing_of_the_pages_is_kept(app, instructor, path):
    for client in (instructor.http, app.test_client()):
        assert client.get(f"/instructor{path}").headers["Cache-Control"] == "no-store"


def test_a_form_that_is_too_large_is_refused_as_a_page(instructor):
    answer = instructor.post("/roster", roster="s1\n" * 400_000)
    assert (answer.status_code, answer.mimetype) == (413, "text/html")
    assert "That is more than can be sent at once." in answer.text
