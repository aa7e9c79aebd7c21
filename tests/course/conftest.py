"""Fixtures of the course's tests: `course`, and `strict`, in which every request is handled strictly."""

import pytest

from ..client import Client, in_process
from .course import Course


@pytest.fixture
def course(client):
    return Course(client)


@pytest.fixture(params=["Prefer: handling=strict", "STRICT=1"])
def strict(request, make_app):
    """A course that is strict on the client's request, and one that is by its setting."""
    if request.param == "STRICT=1":
        return Course(Client(in_process(make_app(STRICT="1"))))
    send = in_process(make_app())

    def send_strictly(method, path, headers, body):
        return send(method, path, {"Prefer": "handling=strict", **headers}, body)

    return Course(Client(send_strictly))
