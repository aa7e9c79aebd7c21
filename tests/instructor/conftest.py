"""Fixtures: an app with the instructor's pages, an instructor who is signed in, a student of each id."""

import re

import pytest

from ..client import Client, in_process
from ..pages.reading import Page

TOKEN = "a-token-of-many-letters"
ROOM = {"name": "Room", "address": "Street"}


class Instructor:
    """A browser at the instructor's pages; post() sends what the forms of its session send."""

    def __init__(self, app, token=TOKEN):
        self.http = app.test_client()
        self.signed_in = self.http.post("/instructor/sign-in", data={"token": token})
        found = re.search('name="form_token" value="([^"]+)"', self.get("").text)
        self.form_token = found and found[1]

    def get(self, path, **more):
        return self.http.get(f"/instructor{path}", buffered=True, **more)

    def post(self, path, headers=None, **form):
        form = {"form_token": self.form_token, **form}
        return self.http.post(f"/instructor{path}", data=form, headers=headers, buffered=True)

    def run(self, action, *ids, **more):
        """{id: what came of it}"""
        answer = self.post("/run", action=action, ids="\n".join(ids), **more)
        assert answer.status_code == 200, answer.text
        return results_on(answer.text)


def results_on(text):
    rows = re.findall(r'<tr data-id="([^"]+)"[^>]*>.*?<td>(.*?)</td>', text, re.S)
    return {id_: Page(cell).text.strip() for id_, cell in rows}


def rows_on(text):
    """[[text of each cell]] of the list of namespaces, without the boxes."""
    body = re.search(r'<table class="namespaces">.*?<tbody>(.*?)</tbody>', text, re.S)
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.S) if body else []
    return [
        [Page(cell).text.strip() for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)][1:] for row in rows
    ]


def ids_on(text):
    return [row[0] for row in rows_on(text)]


@pytest.fixture
def app(make_app):
    return make_app(INSTRUCTOR_TOKEN=TOKEN)


@pytest.fixture
def service(app):
    return app.extensions["jsonapi_course"]


@pytest.fixture
def instructor(app):
    return Instructor(app)


@pytest.fixture
def student(app):
    """student("s1") → a client of the namespace."""
    return lambda id_: Client(in_process(app), id_)


@pytest.fixture
def begin(student):
    """begin("s1", "s2") makes a room in each; begin.rooms("s1") is how many there are."""

    def begin(*ids):
        for id_ in ids:
            student(id_).create("rooms", ROOM)

    begin.rooms = lambda id_: len(student(id_).get("/rooms").data)
    return begin


@pytest.fixture
def damage(service):
    """damage("s1") makes the database of s1 unreadable."""

    def damage(id_):
        service.namespaces.close()
        path = service.namespaces.path(id_)
        for suffix in ("-wal", "-shm"):
            with open(path + suffix, "w"):
                pass
        with open(path, "wb") as file:
            file.write(b"no database " * 1000)

    return damage
