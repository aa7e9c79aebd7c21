"""Fixtures: `world`, a filled namespace with tokens, and `empty`, a new one. They are s1 of one app of the session."""

from pathlib import Path

import pytest

from jsonapi_course import create_app

from ..client import Client, in_process
from .checkin import Checkin


class Shelf:
    """One app whose namespaces are put back into a known state before each test: much faster than an app a test.

    `fill(checkin)` fills s1, once.
    """

    def __init__(self, folder, fill, **settings):
        self.app = create_app({"INSTANCE_PATH": str(folder), **settings})
        self.namespaces = self.app.extensions["jsonapi_course"].namespaces
        self.send = in_process(self.app)
        filled = Checkin(Client(self.send))
        fill(filled)
        self.tokens = filled.tokens
        self.namespaces.close()  # which leaves all in the one file
        self.filled = Path(self.namespaces.path("s1")).read_bytes()

    def clear(self):
        self.namespaces.close()
        for path in Path(self.namespaces.folder).iterdir():
            path.unlink()

    def world(self):
        """s1 as it was filled."""
        self.clear()
        Path(self.namespaces.path("s1")).write_bytes(self.filled)
        return Checkin(Client(self.send), self.tokens)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    return Shelf(tmp_path_factory.mktemp("checkin"), Checkin.fill)


@pytest.fixture
def world(shelf):
    """Five users, one row of each type for each of them (tests/checkin/checkin.py)."""
    return shelf.world()


@pytest.fixture
def empty(shelf):
    """A new namespace: reference rows and nobody."""
    shelf.clear()
    return Checkin(Client(shelf.send))


@pytest.fixture
def elsewhere(shelf, world):
    """Another namespace of the same service."""
    return Checkin(Client(shelf.send, "s2"))
