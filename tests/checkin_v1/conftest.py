"""Fixtures: the filled and the empty namespace of tests/checkin, with the clock standing still."""

import pytest

from jsonapi_course.engine import clock

from ..checkin.checkin import Checkin
from ..checkin.conftest import Shelf
from ..client import Client
from .v1 import NOW


@pytest.fixture(scope="session")
def standing_shelf(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: NOW)
        return Shelf(tmp_path_factory.mktemp("checkin_v1"), Checkin.fill)


@pytest.fixture
def set_clock(monkeypatch):
    """set_clock(moment): it is that time from now on."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def world(standing_shelf, set_clock):
    """Five users, one row of each type for each of them, everything made at NOW (tests/checkin/checkin.py)."""
    return standing_shelf.world()


@pytest.fixture
def empty(standing_shelf, set_clock):
    """A new namespace: reference rows and nobody."""
    standing_shelf.clear()
    return Checkin(Client(standing_shelf.send))
