"""Finished answers to GETs, kept in front of Flask for as long as their namespace has not changed.

An answer is given again only after its namespace's database has said, on this very request, that nothing
was committed since: by this process or by any other. So after a write is acknowledged no worker serves
the old state, and nothing has to be invalidated.
"""

import threading
from collections import OrderedDict

from ..errors import InvalidNamespace
from ..namespaces import check_namespace_id
from .exchange import names_etag

CACHE_BYTES = 32 * 1024 * 1024  # a worker's; the least recently used answers go first
# An answer is the same only where all of these are; what else a request has does not change a GET's answer.
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
    """WSGI middleware. Keeps 200s with an ETag and `Cache-Control: no-cache`, as the JSON:API face marks them."""

    def __init__(self, app, namespaces, limit_bytes=CACHE_BYTES):
        self.app = app
        self.namespaces = namespaces
        self.limit_bytes = limit_bytes
        self._entries = OrderedDict()  # key → (generation, headers, ETag, body), the longest unused first
        self._bytes = 0
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        namespace = _namespace(environ)
        if namespace is None:
            return self.app(environ, start_response)
        generation = self.namespaces.generation(namespace)
        if generation is None:
            return self.app(environ, start_response)
        key = (namespace, *map(environ.get, _KEY))
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
        if entry is not None and entry[0] == generation:
            return _answer(entry, environ, start_response)
        return self._ask(key, generation, environ, start_response)

    def _ask(self, key, generation, environ, start_response):
        """The app's answer, kept where it may be. `generation` is from before the app read anything."""
        seen = []

        def capture(status, headers, exc_info=None):
            seen[:] = status, headers
            return start_response(status, headers, exc_info)

        answer = self.app(environ, capture)
        if environ["REQUEST_METHOD"] != "GET" or not seen or not seen[0].startswith("200"):
            return answer
        headers = dict(seen[1])
        if headers.get("Cache-Control") != "no-cache" or "ETag" not in headers:
            return answer
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        self._keep(key, (generation, seen[1], headers["ETag"], body))
        return [body]

    def _keep(self, key, entry):
        with self._lock:
            old = self._entries.pop(key, None)
            self._entries[key] = entry
            self._bytes += _size(entry) - (_size(old) if old else 0)
            while self._bytes > self.limit_bytes:
                self._bytes -= _size(self._entries.popitem(last=False)[1])


def _size(entry):
    return len(entry[3]) + _ENTRY_BYTES


def _namespace(environ):
    """The namespace id of a GET or HEAD of the JSON:API face, in lower case, else None."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not environ["PATH_INFO"].startswith("/api/"):
        return None
    if "%2f" in environ.get("RAW_URI", "").lower() or "HTTP_AUTHORIZATION" in environ:
        return None
    try:
        return check_namespace_id(environ["PATH_INFO"].split("/", 3)[2])
    except InvalidNamespace:
        return None


def _answer(entry, environ, start_response):
    _, headers, etag, body = entry
    if names_etag(environ.get("HTTP_IF_NONE_MATCH"), etag, weakly=True):
        start_response("304 NOT MODIFIED", [header for header in headers if header[0] not in _OF_BODIES])
        return []
    start_response("200 OK", list(headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


_OF_BODIES = ("Content-Type", "Content-Length")
