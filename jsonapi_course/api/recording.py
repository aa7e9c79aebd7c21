"""Records the requests of namespaces whose console is open, and injects the faults that are set there.

WSGI middleware around the cache of answers. A request of any other namespace costs it a look into memory.
"""

import io
import json
import logging
import sqlite3
import time
from contextlib import nullcontext
from datetime import UTC

from ..engine import clock
from ..errors import Fault
from ..namespaces import check_namespace_id
from . import fault_lab
from .journal import REQUEST_ID
from .redaction import SHOWN_CHARACTERS, Redaction
from .refusals import refused

log = logging.getLogger(__name__)

HEADERS = (
    *("Content-Type", "Accept", "Authorization", "Prefer", "If-Match", "If-None-Match", "Idempotency-Key", "Origin"),
    *("Access-Control-Request-Method", "Access-Control-Request-Headers", "User-Agent"),
)
_VARIABLES = {
    name: "CONTENT_TYPE" if name == "Content-Type" else "HTTP_" + name.upper().replace("-", "_") for name in HEADERS
}
HEADER_CHARACTERS = 1000


class Recorder:
    """Keeps nothing itself: requests and faults are in Recordings, for every worker."""

    def __init__(self, app, recordings):
        self.app = app
        self.recordings = recordings

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if path[:5] == "/api/":
            namespace = path.split("/", 3)[2].lower()
            if self.recordings.is_watched(namespace) and _is_of_students(namespace, environ):
                return self._watch(namespace, environ, start_response)
        return self.app(environ, start_response)

    def _watch(self, namespace, environ, start_response):
        asked = _Asked(environ)
        faults = self._faults_of(namespace, environ["REQUEST_METHOD"])
        started = time.perf_counter()
        try:
            answer = self._answer(namespace, environ, faults)
        except Exception:
            self._add(namespace, asked, ("500", [], b""), started, faults)
            raise
        self._add(namespace, asked, answer, started, faults)
        status, headers, body = answer
        start_response(status, headers)
        return [body]

    def _answer(self, namespace, environ, faults):
        """(status, headers, body), after a fault where there is one."""
        if faults is None:
            return self._ask(environ)
        late, before = faults["kind"] == "late", faults["when"] == "before"
        if before and not late:
            return refused(fault_lab.fault_of(faults, namespace), environ)
        if before:
            _wait(faults["seconds"], environ)
        answer = self._ask(environ)
        if late:
            if not before:
                _wait(faults["seconds"], environ)
            return answer
        return refused(fault_lab.fault_of(faults, namespace, answer[0]), environ)

    def _ask(self, environ):
        """The app's own answer, read to its end."""
        said = []

        def take(status, headers, exc_info=None):
            said[:] = status, headers
            return written.append

        written = []
        answer = self.app(environ, take)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return *said, b"".join(written) + body

    # --- what is kept -------------------------------------------------------------------------------
    def _faults_of(self, namespace, method):
        """The faults that hit this request, of which one is taken, or None."""
        if method == "OPTIONS" or not self.recordings.may_fail(namespace):
            return None
        try:
            return self.recordings.take_fault(namespace, lambda faults: fault_lab.applies(faults, method))
        except (sqlite3.Error, OSError, ValueError, KeyError, TypeError) as error:
            log.warning("The faults of %s cannot be read: %s", namespace, error)
            return None

    def _add(self, namespace, asked, answer, started, faults):
        """Records it; what goes wrong here is no fault of the request."""
        try:
            request = asked.with_answer(*answer, int((time.perf_counter() - started) * 10000) / 10, faults is not None)
            self.recordings.add(namespace, request)
        except (sqlite3.Error, OSError) as error:
            log.warning("A request of %s cannot be recorded: %s", namespace, error)
        except Exception:
            log.exception("a request cannot be recorded")


def _wait(seconds, environ):
    """Under gunicorn without taking others' turns; not at all where too many wait already (gunicorn_worker.py)."""
    asleep = getattr(environ.get("gunicorn.socket"), "asleep", None)
    with asleep() if asleep else nullcontext(True) as may_sleep:
        if may_sleep:
            fault_lab.wait(seconds)


def _is_of_students(namespace, environ):
    """Whether it may be recorded and may fail: not what the console itself asks."""
    if environ.get("HTTP_X_CONSOLE") == "1":
        return False
    parts = environ["PATH_INFO"].split("/", 4)
    if len(parts) > 3 and parts[3] == "console":
        return False
    try:
        return check_namespace_id(namespace) == namespace
    except Fault:
        return False


class _Asked:
    """A request as it came; made before the app reads its body, which it can do as ever."""

    def __init__(self, environ):
        self.environ = environ
        self.time = clock.now()
        length = environ.get("CONTENT_LENGTH") or ""
        self.length = int(length) if length.isascii() and length.isdigit() and len(length) < 19 else None
        self.query = environ.get("QUERY_STRING", "")  # what the service itself may change
        self.body = b""
        if self.length or self.length is None and environ.get("wsgi.input_terminated"):
            environ["wsgi.input"] = self._peek(environ["wsgi.input"])

    def _peek(self, stream):
        """A stream of the same bytes, after the first of them went to `body`."""
        most = SHOWN_CHARACTERS + 1
        try:
            self.body = stream.read(most if self.length is None else min(most, self.length))
        except Exception as error:  # the server's own, of a malformed body: the service will say so
            return _Failing(error)
        if len(self.body) < most:
            if self.length is None:
                self.length = len(self.body)
            return io.BytesIO(self.body)
        return io.BufferedReader(_Chained(self.body, stream))

    def with_answer(self, status, headers, body, milliseconds, injected):
        """The request as a JSON value, with its answer and without secrets."""
        environ, redaction = self.environ, Redaction()
        of_answer = [*headers, ("X-Request-Id", environ[REQUEST_ID])]
        content_type = dict(headers).get("Content-Type", "")
        path = redaction.path(environ["PATH_INFO"], self.query)  # first what was sent: the answer may repeat it
        of_request = self._headers(redaction)
        shown, note = redaction.body(self.body, environ.get("CONTENT_TYPE") or "", self.length)
        shown_answer, note_of_answer = redaction.body(body, content_type)
        request = {
            "time": self.time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "method": environ["REQUEST_METHOD"][:20],
            "path": path,
            "status": int(status[:3]),
            "milliseconds": milliseconds,
            "requestId": environ[REQUEST_ID],
            "preflight": environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ,
            "headers": of_request,
            "body": shown,
            "bodyNote": note,
            "answer": {
                "headers": {name: redaction.text(value)[: 8 * HEADER_CHARACTERS] for name, value in of_answer},
                "body": shown_answer,
                "bodyNote": note_of_answer,
            },
            "errors": [redaction.texts(error) for error in _errors(status, content_type, body)],
            "injected": injected,
        }
        return redaction.veil(request)

    def _headers(self, redaction):
        found = {}
        for name, variable in _VARIABLES.items():
            value = self.environ.get(variable)
            if value:
                value = value.encode("latin-1", "replace").decode("utf-8", "replace")
                value = redaction.authorization(value) if name == "Authorization" else redaction.text(value)
                found[name] = value[:HEADER_CHARACTERS]
        return found


def _errors(status, content_type, body):
    """code, title, detail and source of each error of an answer; the check-in API has sentences only."""
    if status < "400" or "json" not in content_type:
        return []
    try:
        document = json.loads(body)
    except ValueError:
        return []
    names = ("code", "title", "detail", "source")
    if "errors" in document and isinstance(document["errors"], list):
        return [{name: error.get(name) for name in names} for error in document["errors"]]
    fields = [
        {"detail": detail, "source": {"pointer": f"/{field}"}}
        for field, details in document.get("errors", {}).items()
        for detail in details
    ]
    return [dict.fromkeys(names) | error for error in fields or [{"detail": document.get("message")}]]


class _Chained(io.RawIOBase):
    """What was read already, and then the rest."""

    def __init__(self, head, rest):
        self.head = head
        self.rest = rest

    def readable(self):
        return True

    def readinto(self, buffer):
        data = self.head[: len(buffer)] if self.head else self.rest.read(len(buffer))
        self.head = self.head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


class _Failing:
    """A body that could not be read."""

    def __init__(self, error):
        self.error = error

    def read(self, size=-1):
        raise self.error
