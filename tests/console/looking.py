"""What the tests of the console share: looking at a console, and setting its faults."""

from contextlib import contextmanager
from datetime import timedelta

from jsonapi_course.api.redaction import BLACK
from jsonapi_course.engine import clock

ROOM = {"data": {"type": "rooms", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}
CODES = {"429": "injected-too-many-requests", "500": "injected-internal-error", "503": "injected-unavailable"}


def look(client, after=0):
    """`meta` of a look at the console, which keeps the recording on."""
    answer = client.get(f"/console/requests?after={after}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store"), answer
    return answer.json["meta"]


def requests_of(client):
    return look(client)["requests"]


def set_faults(client, kind="503", **more):
    answer = client.request("PUT", "/console/faults", {"meta": {"kind": kind, **more}})
    assert answer.status == 200, answer
    return answer.json["meta"]


@contextmanager
def later(monkeypatch, **delta):
    """Inside, it is so much later; for what runs in this process."""
    real = clock.now
    with monkeypatch.context() as patch:
        patch.setattr(clock, "now", lambda: real() + timedelta(**delta))
        yield


def bytes_below(folder):
    """The bytes of everything that the consoles keep."""
    return b"".join(path.read_bytes() for path in sorted((folder / "console").iterdir()))


__all__ = ["BLACK", "CODES", "ROOM", "bytes_below", "later", "look", "requests_of", "set_faults"]
