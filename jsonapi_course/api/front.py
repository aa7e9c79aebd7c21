"""In front of everything: gives a request its id, refuses what a namespace sends too fast, notes what came of it."""

import logging
import math
import re
import time
from urllib.parse import quote

from ..errors import TooManyRequests
from ..namespaces import VERSIONS
from . import journal
from .machine import fault_of
from .rates import Rates
from .refusals import new_request_id, refused

log = logging.getLogger(__name__)

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")
_FACES = {name: name for name in (*VERSIONS, "console")}


class Front:
    """WSGI middleware. Costs about 15 µs a request, most of it the log line and the counters."""

    def __init__(self, app, settings, activity=None):
        self.app = app
        self.activity = activity
        self.takes_ids = settings["TRUSTED_PROXIES"] > 0
        self.per_second, self.burst = settings["RATE_LIMIT_PER_SECOND"], settings["RATE_LIMIT_BURST"]
        limited = self.per_second and self.burst
        self.rates = Rates(settings["INSTANCE_PATH"], self.per_second, self.burst) if limited else None

    def __call__(self, environ, start_response):
        started = time.perf_counter()
        request_id = environ.get("HTTP_X_REQUEST_ID", "") if self.takes_ids else ""
        if not (request_id and _GIVEN_ID.fullmatch(request_id)):
            request_id = new_request_id()
        environ[journal.REQUEST_ID] = request_id
        journal.answering.set(environ)
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        namespace, face = _place(path)
        said = ["500"]

        def answer(status, headers, exc_info=None):
            said[0] = status[:3]
            return start_response(status, [*headers, ("X-Request-Id", request_id)], exc_info)

        try:
            # a preflight costs nothing, and where it fails no script may read why
            if namespace and self.rates and method != "OPTIONS":
                wait = self.rates.take(namespace)
                if wait:
                    return _refuse(self._too_many(namespace, wait), environ, answer)
            return self.app(environ, answer)
        except Exception as error:  # of the layers around Flask, which has its own handler
            log.exception("unexpected error: %s %s", method, path)
            return _refuse(fault_of(error), environ, answer)
        finally:
            journal.answering.set(None)
            if namespace and self.activity and face != "console":  # which asks every second
                self.activity.count(namespace, said[0])
            journal.note(
                face,
                method,
                path if _PLAIN.fullmatch(path) else quote(path.encode("latin-1"), safe="/"),
                said[0],
                time.perf_counter() - started,
                request_id,
                environ.get("REMOTE_ADDR", "-"),
            )

    def _too_many(self, namespace, wait):
        seconds = math.ceil(wait)
        return TooManyRequests(
            f"The namespace '{namespace}' may have {self.per_second} requests a second, after {self.burst} at once, and "
            f"has used them up. Look in the network tab for a loop that sends the same request again and again (a "
            f"useEffect without its list, a retry without a pause), and go on in {seconds} s.",
            headers={"Retry-After": str(seconds)},
            meta={"limit": "RATE_LIMIT_PER_SECOND", "maximum": self.per_second},
        )


def _place(path):
    """(namespace in lower case or None, face) of a path; both are for counting only."""
    parts = path.split("/", 4)
    if len(parts) < 3 or parts[1] != "api":
        return None, "pages"
    face = _FACES.get(parts[3], "jsonapi") if len(parts) > 3 else "jsonapi"
    return parts[2][:64].lower() or None, face


def _refuse(fault, environ, start_response):
    status, headers, body = refused(fault, environ)
    start_response(status, headers)
    return [body] if body else []
