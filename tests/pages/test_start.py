"""The start page: an id, the base URL and examples that work for it as they stand."""

import os
import subprocess

import pytest

from ..test_javascript_clients import FOLDER, node_is_there, packages  # noqa: F401 - a fixture
from .reading import Page

needs_node = pytest.mark.skipif(not node_is_there(), reason="the JavaScript examples need node 20.6 or newer and npm")


def snippet(site, id_, label):
    answer = subprocess.run(["curl", "-sS", f"{site.root}/?id={id_}"], capture_output=True, text=True, check=True)
    return Page(answer.stdout).snippets[label]


def run(command, **more):
    environment = {**os.environ, "no_proxy": "*", "NO_PROXY": "*"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def run_in_node(text, name):
    """The last line that a module prints that stands beside the installed packages."""
    file = FOLDER / f".example-{name}-{os.getpid()}.mjs"
    # to Node, though to no bundler, this package is CommonJS whose names must be taken from its default
    text = text.replace("import {createResource", "import all from 'redux-json-api';\nconst {createResource")
    text = text.replace("setAxiosConfig} from 'redux-json-api'", "setAxiosConfig} = all")
    try:
        file.write_text(text)
        return run(["node", file.name], cwd=FOLDER)
    finally:
        file.unlink()


def rooms(site, id_):
    return [room["attributes"]["name"] for room in site.client(id_).get("/rooms").data]


def test_the_curl_example_makes_a_room(site):
    output = run(["bash", "-c", snippet(site, "curl-1", "curl")])
    assert output.startswith("HTTP/1.1 201 CREATED")
    assert rooms(site, "curl-1") == ["Lab 1"]
    assert '"name":"Lab 1"' in run(["bash", "-c", snippet(site, "curl-1", "and read it again")])


def test_the_check_in_example_reads_with_its_token(site):
    output = run(["bash", "-c", snippet(site, "checkin-1", "Check-in V3 with a token")])
    assert '[{"id":1,"name":"Ada Lovelace","email":"ada@example.org"' in output


@needs_node
@pytest.mark.parametrize(("label", "needed"), [("fetch", False), ("axios", True), ("redux-json-api", True)])
def test_the_javascript_example_makes_a_room(site, label, needed, request):
    if needed:
        request.getfixturevalue("packages")
    run_in_node(snippet(site, f"js-{label}", label), label)
    assert rooms(site, f"js-{label}") == ["Lab 1"]


def test_the_ember_example_names_host_and_namespace(visit):
    """tests/javascript/ember-data.mjs shows that an adapter with these two works."""
    snippets = Page(visit("/?id=e-1", Host="sandbox.example.org").text).snippets
    assert "host = 'http://sandbox.example.org';\n  namespace = 'api/e-1';" in snippets["Ember Data: adapter"]


def test_an_id_in_the_query_is_in_every_example(visit):
    page = Page(visit("/?id=My.Id_7").text)
    assert page.snippets["Your base URL"] == "http://localhost/api/My.Id_7"
    assert [text for text in page.snippets.values() if "s1234" in text] == []
    assert "/api/My.Id_7" in page.links


@pytest.mark.parametrize("id_", ["-x", "a b", "<script>", "YOUR_ID", "v3", "x" * 65])
def test_an_id_that_cannot_be_is_refused_with_the_reason(visit, id_):
    answer = visit(f"/?id={id_}")
    page = Page(answer.text)
    assert answer.status_code == 200
    assert 'class="refused"' in answer.text
    assert page.snippets["Your base URL"] == "http://localhost/api/s1234"
    assert page.inline == []


def test_the_state_of_the_service_is_told(app, client, visit):
    client.create("rooms", {"name": "Lab 1", "address": "Main street 1"})
    text = Page(visit("/").text).text
    assert "● running Namespaces 1 Semesters SS18, WS18/19, SS19, WS19/20 Time zone UTC" in text


def test_a_storage_that_cannot_be_read_is_told(app, visit, monkeypatch):
    def fail():
        raise PermissionError

    monkeypatch.setattr(app.extensions["jsonapi_course"].namespaces, "ids", fail)
    answer = visit("/")
    assert (answer.status_code, "● The storage cannot be read" in Page(answer.text).text) == (200, True)


def test_every_type_is_named(app, visit):
    links = Page(visit("/").text).links
    types = [resource.type for resource in app.extensions["jsonapi_course"].registry]
    assert [type_ for type_ in types if f"/docs/types/{type_}" not in links] == []
