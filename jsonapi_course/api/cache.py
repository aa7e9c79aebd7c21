"""The JSON:API face in front of Flask; and its answers to GETs, for as long as their namespace has not changed.

Flask's routing, contexts and responses cost as much as a read of one resource, so they are left to what needs them:
pages, preflights, errors and the other faces.

A kept answer is given again only after its namespace's database has said, on this very request, that nothing
was committed since: by this process or by any other. So after a write is acknowledged no worker serves
the old state, and nothing has to be invalidated.
"""

import threading
from collections import OrderedDict
from http import HTTPStatus

from ..errors import InvalidNamespace
from ..namespaces import check_namespace_id
from .exchange import has_encoded_slash
from .refusals import READABLE

CACHE_BYTES = 32 * 1024 * 1024  # a worker's; the least recently used answers go first
# An answer is the same only where all of these are; what else a request has does not change it.
_KEY = (
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_HOST",
    "HTTP_ACCEPT",
    "HTTP_PREFER",
    "CONTENT_TYPE",
    "SCRIPT_NAME",
    "wsgi.url_scheme",
)
_ENTRY_BYTES = 1500  # what an entry costs beside its body


class AnswerCache:
    """WSGI middleware. `find(environ)` gives an Answer, or None for what the app shall answer.

    Keeps 200s of GETs with `Cache-Control: no-cache`, as the JSON:API face marks them.
    """

    def __init__(self, app, namespaces, find, limit_bytes=CACHE_BYTES):
        self.app = app
        self.namespaces = namespaces
        self.find = find
        self.limit_bytes = limit_bytes
        self._entries = OrderedDict()  # key → (generation, Answer), the longest unused first
        self._bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        namespace = _namespace(environ)
        if namespace is None:
            answer = None
        elif environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            answer = self._read(namespace, environ)
        else:
            answer = self.find(environ)
        return self.app(environ, start_response) if answer is None else _send(answer, environ, start_response)

    def _read(self, namespace, environ):
        generation = self.namespaces.generation(namespace)
        key = (namespace, *map(environ.get, _KEY))
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
        if entry is not None and entry[0] == generation:
            return entry[1].unless_known(environ)
        answer = self.find(environ)  # what it reads is of this generation, or of a later one
        if answer is None:
            return None
        if generation is not None and answer.status == 200 and ("Cache-Control", "no-cache") in answer.headers:
            self._keep(key, (generation, answer))
        return answer.unless_known(environ)

    def _keep(self, key, entry):
        with self._lock:
            old = self._entries.pop(key, None)
            self._entries[key] = entry
            self._bytes += _size(entry) - (_size(old) if old else 0)
            while self._bytes > self.limit_bytes:
                self._bytes -= _size(self._entries.popitem(last=False)[1])


def _size(entry):
    return len(entry[1].body) + _ENTRY_BYTES


def _namespace(environ):
    """The namespace id of a program's request below /api, in lower case, else None."""
    path = environ["PATH_INFO"]
    if not path.startswith("/api/") or not path.isascii() or environ["REQUEST_METHOD"] == "OPTIONS":
        return None
    if "text/html" in environ.get("HTTP_ACCEPT", "").lower() or has_encoded_slash(environ):
        return None
    try:
        return check_namespace_id(path.split("/", 3)[2])
    except InvalidNamespace:
        return None


def _send(answer, environ, start_response):
    status, headers, body = answer
    headers = [*headers, *READABLE]
    if status not in (204, 304):
        headers.append(("Content-Length", str(len(body))))
    start_response(_LINES[status], headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" or not body else [body]


_LINES = {status.value: f"{status.value} {status.phrase.upper()}" for status in HTTPStatus}
