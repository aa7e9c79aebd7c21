"""Browsable answers (contract: operations, For students): what a browser is shown, and that programs never are."""

import json

import pytest

from jsonapi_course.errors import catalogue

from ..classroom import TYPES, furnish
from ..client import MEDIA_TYPE
from ..course.course import ROOM
from .conftest import BROWSER_ACCEPT
from .reading import Page

API = "/api/s1234"
JA = MEDIA_TYPE


@pytest.fixture
def class_app(app, client):
    client.namespace = "s1234"
    furnish(client)
    return app


@pytest.fixture
def page(class_app, visit):
    """page("/modules") → the Page of a browsable answer in the furnished namespace."""
    return lambda path, **more: Page(visit(API + path, **more).text)


# --- who gets it --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "accept",
    [
        BROWSER_ACCEPT,
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html",
        "Text/HTML",
        "text/html, */*",
        "*/*;q=0.8, text/html",
        "text/html, application/json;q=0.9",
        f"{JA};q=0.1, text/html",
    ],
)
def test_a_browser_is_shown_a_page(client, visit, accept):
    answer = visit("/api/s1/rooms", accept=accept)
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        JA,
        "application/json, text/plain, */*",
        "application/json, text/javascript, */*; q=0.01",
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        "text/html, image/gif, image/jpeg, */*; q=0.2",
        "*/*, text/html",
        "text/html;q=0.5, */*",
        "text/html;q=0",
        "text/html;q=x",
        "text/plain, text/html",
        "application/json, text/html",
        "text/html, application/json",
        f"text/html, {JA}",
        f"text/html;q=0.9, {JA};q=0.9",
        "text/html, application/*",
    ],
)
def test_a_program_is_never_given_a_page(client, visit, accept):
    answer = visit("/api/s1/rooms", accept=accept)
    assert (answer.status_code, answer.content_type) == (200, JA)
    assert answer.json["data"] == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "", 200),
        ("GET", "/modules", 200),
        ("GET", "/modules/1/relationships/teacher", 200),
        ("GET", "/modules?sort=nothing", 400),
        ("GET", "/v3/users", 401),
        ("GET", "/nothing", 404),
        ("GET", "/rooms/99", 404),
        ("PUT", "/rooms/1", 405),
        ("POST", "/rooms", 415),
        ("GET", "/reset-db", 405),
    ],
)
def test_status_and_headers_stay(class_app, method, path, status):
    headers = {"Accept": BROWSER_ACCEPT, "Content-Type": "text/plain"}
    shown = class_app.test_client().open(API + path, method=method, headers=headers, data="x")
    plain = class_app.test_client().open(API + path, method=method, headers={**headers, "Accept": "*/*"}, data="x")
    assert (shown.status_code, shown.mimetype, plain.status_code) == (status, "text/html", status)
    assert plain.mimetype in (JA, "application/json")
    changed = {"Content-Type", "Content-Length", "ETag", "Vary", "X-Request-Id"}
    kept = {name: value for name, value in plain.headers if name not in changed}
    assert kept.items() <= dict(shown.headers).items()


def test_what_is_no_json_is_left_alone(class_app):
    deleted = class_app.test_client().delete(f"{API}/rooms/1", headers={"Accept": BROWSER_ACCEPT})
    assert (deleted.status_code, deleted.data, "Content-Type" in deleted.headers) == (204, b"", False)


def test_a_head_has_the_headers_of_the_page_and_no_body(class_app):
    headers = {"Accept": BROWSER_ACCEPT}
    get, head = (
        class_app.test_client().open(f"{API}/rooms", method=method, headers=headers) for method in ("GET", "HEAD")
    )
    assert (head.status_code, head.data, head.mimetype) == (200, b"", get.mimetype)


# --- copies -------------------------------------------------------------------------------------------
def test_page_and_document_do_not_stand_in_for_one_another(class_app, visit):
    """A browser that has the document from a fetch() sends its ETag when it opens the same URL."""
    for _ in range(2):
        document = visit(f"{API}/rooms", accept="*/*")
        shown = visit(f"{API}/rooms", If_None_Match=document.headers["ETag"])
        assert (document.content_type, shown.status_code, shown.mimetype) == (JA, 200, "text/html")
        assert "ETag" not in shown.headers
        assert {"Accept", "Accept-Language", "Prefer"} <= set(shown.vary)
        assert visit(f"{API}/rooms", accept="*/*", If_None_Match=document.headers["ETag"]).status_code == 304


def test_the_page_is_made_for_each_language(class_app, visit):
    assert [
        visit(f"{API}/rooms", language=language).headers["Content-Language"] for language in ("de", "en", "de")
    ] == [*("de", "en", "de")]


# --- what it shows ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["", "/modules?include=teacher,sessions.room", "/contents/2", "/rooms/99", "/users?a=%00"]
)
def test_the_document_is_the_one_that_programs_get(page, visit, path):
    documents = [page(path).document, visit(API + path, accept="*/*").json]
    for document in documents:
        for error in document.get("errors", ()):
            error.pop("id", None)  # that of the request
    assert documents[0] == documents[1]


def test_a_url_in_the_document_is_a_link_to_click(page):
    shown = page("/modules/1?include=teacher")
    document = shown.document

    def urls(value):
        if isinstance(value, dict | list):
            return [url for item in (value.values() if isinstance(value, dict) else value) for url in urls(item)]
        return [value] if isinstance(value, str) and value.startswith("http://localhost/") else []

    assert len(urls(document)) > 10
    assert set(urls(document)) <= set(shown.links)


@pytest.mark.parametrize("type_", TYPES)
def test_everything_that_is_offered_can_be_asked(page, visit, type_):
    for path in (f"/{type_}", f"/{type_}/1"):
        offered = {link for link in page(path).links if link.startswith("http://localhost/api/")}
        assert len(offered) > 3
        asked = {link: visit(link.removeprefix("http://localhost"), accept="*/*") for link in offered}
        assert {link: answer.status_code for link, answer in asked.items()} == dict.fromkeys(offered, 200)
        assert [link for link, answer in asked.items() if "warnings" in answer.json.get("meta", {})] == []


def test_include_filter_and_sort_of_the_type_are_offered_for_this_url(page):
    links = page("/sessions?sort=date").links
    url = "http://localhost/api/s1234/sessions"
    assert {
        f"{url}?sort=date&include=module",
        f"{url}?sort=-title",
        f"{url}?sort=date&filter[keywords]=some%20keywords",
        f"{url}?sort=date&page[size]=2",
        f"{url}?sort=date&fields[sessions]=title,date",
    } <= set(links)


def test_an_include_that_was_asked_for_is_taken_back_by_its_link(page):
    links = page("/sessions?include=module,room").links
    assert "http://localhost/api/s1234/sessions?include=room" in links
    assert "http://localhost/api/s1234/sessions?include=module" in links


def test_pages_are_there_to_turn(page):
    links = page("/modules?page[size]=1").links
    assert [link for link in links if "page%5Bnumber%5D=2" in link]


def test_the_request_is_shown_for_curl_and_fetch(page):
    snippets = page("/modules?filter[code][like]=web'").snippets
    url = "http://localhost/api/s1234/modules?filter[code][like]=web%27"
    assert snippets["curl"] == f"curl -g '{url}'"
    assert snippets["fetch"].splitlines()[0] == f"const answer = await fetch('{url}');"


def test_the_headers_are_those_of_the_document(page, visit):
    answer, shown = visit(f"{API}/rooms", accept="*/*"), page("/rooms").text
    assert answer.headers["ETag"] in shown
    assert "Content-Type application/vnd.api+json" in shown


def test_the_trail_leads_to_the_urls_above(page):
    links = page("/modules/1/relationships/teacher").links
    url = "http://localhost/api/s1234"
    assert {url, f"{url}/modules", f"{url}/modules/1", f"{url}/modules/1/relationships/teacher"} <= set(links)


def test_the_example_of_a_post_makes_one(page, client):
    text = page("/rooms").snippets["POST"]
    document = json.loads(text.partition(" -d '")[2].removesuffix("'"))
    assert client.post("/rooms", document).status == 201


def test_markup_in_the_data_is_text(page, client):
    evil = "</pre><script>alert(1)</script>"
    client.create("rooms", {**ROOM, "features": evil, "address": "http://localhost/\"onmouseover='alert(1)"})
    shown = page(f"/rooms?filter[features]={evil}")
    assert shown.inline == []
    assert shown.document["data"][0]["attributes"]["features"] == evil


def test_a_password_in_the_query_is_not_on_the_page(visit, class_app):
    answer = visit(f"{API}/users?email=ada@example.org&password=correct-horse&filter[password]=correct-horse")
    assert "correct-horse" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_of_a_large_collection_the_page_shows_the_first_resources(page, client):
    for number in range(58):
        client.create("rooms", {**ROOM, "name": f"Room {number}", "features": "x" * 8000})
    shown = page("/rooms")
    assert len(shown.document["data"]) == 50
    assert "9 resources are left out here." in shown.text
    assert len(client.get("/rooms").data) == 59


# --- errors -------------------------------------------------------------------------------------------
def rows(*codes):
    return [row for row in catalogue() if row.code in codes]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/modules?filter[semster]=SS19", "unknown-field"),
        ("/moduls", "unknown-type"),
        ("/modules/99", "unknown-resource"),
        ("/modules/1/techer", "unknown-relationship"),
        ("/reset-db", "method-not-allowed"),
        ("/v3/users", "unauthenticated"),
    ],
)
def test_an_error_is_explained(page, path, code):
    shown = page(path)
    [row] = rows(code)
    assert f"/docs/errors#{code}" in shown.links
    for text in (row.cause, row.mend):
        assert " ".join(text.replace("`", "").split()) in shown.text
    document = shown.document
    assert (document["errors"][0]["detail"] if document.get("errors") else document["message"]) in shown.text


def test_a_warning_is_explained_too(page):
    shown = page("/modules?semester=SS20")
    [warning] = shown.document["meta"]["warnings"]
    [row] = rows(warning["code"])
    assert warning["detail"] in shown.text and row.title in shown.text


def test_a_path_outside_of_every_namespace_is_explained(visit):
    answer = visit("/api/rooms/nothing/here/at/all")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    answer = visit("/modules")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "did you mean /api/<your_id>/modules?" in Page(answer.text).text
    assert visit("/modules", accept="*/*").content_type == JA


def test_a_host_that_is_none_is_explained(visit):
    answer = visit("/api/s1/rooms", Host="a b")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
