"""Fixtures: toy types with a few resources, to be read only (`shelf`) or to be changed (`desk`)."""

import shutil

import pytest

from jsonapi_course import create_app

from ..client import Client, in_process
from ..toys import load_toys


def fill(client):
    """Three people, tags, comments and four articles; article x-1 has nothing that is optional."""
    for name in ("Ada", "Ben", "Cy"):
        client.create("people", {"name": name})
    for person, friend in (("1", "2"), ("2", "1")):
        linkage = {"data": {"type": "people", "id": friend}}
        assert client.patch(f"/people/{person}/relationships/best-friend", linkage).status == 200
    for label in ("sql", "http", "unused"):
        client.create("tags", {"label": label})
    client.create(
        "articles",
        {
            "title": "On engines",
            "body": "100% sure, a_b",
            "written": "2019-05-01T10:00",
            "word-count": 300,
            "state": "published",
        },
        author=("people", "1"),
        tags=[("tags", "1"), ("tags", "2")],
    )
    client.create(
        "articles",
        {
            "title": "About rooms",
            "body": "100 ROOMS, axb",
            "written": "2019-05-01T10:00+02:00",
            "word-count": 20,
            "state": "draft",
        },
        author=("people", "2"),
        tags=[("tags", "2")],
    )
    client.create(
        "articles",
        {"title": "Éloge", "written": "2020-01-01T00:00:00Z", "word-count": 1000, "state": "draft"},
        id_="10",
        author=("people", "1"),
    )
    client.create("articles", {"title": "Plain"}, id_="x-1")
    client.create("comments", {"text": "First"}, article=("articles", "1"), author=("people", "2"))
    client.create("comments", {"text": "Second"}, article=("articles", "1"), author=("people", "3"))
    client.create("comments", {"text": "Third"}, article=("articles", "2"))
    return client


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """An instance folder with the filled namespace s1, to be copied."""
    folder = tmp_path_factory.mktemp("filled") / "instance"
    app = _app(folder)
    fill(Client(in_process(app)))
    app.extensions["jsonapi_course"].namespaces.close()
    return folder


@pytest.fixture(scope="module")
def shelf(filled, tmp_path_factory):
    """A filled namespace that a test file shares: tests must not change it."""
    return _copy(filled, tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def desk(filled, tmp_path):
    """A filled namespace of the test's own."""
    return _copy(filled, tmp_path)


def _copy(filled, folder):
    shutil.copytree(filled, folder / "instance")
    return Client(in_process(_app(folder / "instance")))


def _app(folder):
    return create_app({"INSTANCE_PATH": str(folder)}, load_toys)
