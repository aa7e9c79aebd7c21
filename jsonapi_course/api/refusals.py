"""Answers that no view makes: what is refused in front of Flask, or by gunicorn itself, in the shape of its face."""

import re
import secrets
import time
from http import HTTPStatus
from itertools import count

import orjson

from ..errors import (
    Fault,
    HeadersTooLarge,
    InvalidRequest,
    RequestTimeout,
    ServiceBusy,
    UrlTooLong,
)
from . import journal, negotiation
from .exchange import about_errors
from .language import language_of, told

EXPOSED = [
    "Allow",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "X-Request-Id",
]
# What Flask-CORS sets on the answers that Flask makes: a page of any origin may read them.
READABLE = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", ", ".join(EXPOSED))]

_CHECKIN = re.compile("/api/[^/]+/v[123](/|$)")


def refusal(fault, path, request_id, about="/docs/errors", language="en"):
    """(status, headers, body), readable by a page of any origin. The check-in API's errors have their own shape."""
    [error] = told([fault.as_object(about)], language)
    if _CHECKIN.match(path):
        media_type, document = "application/json", {"message": error["detail"], "errors": {}}
    else:
        media_type = negotiation.MEDIA_TYPE
        document = {"jsonapi": {"version": "1.1"}, "errors": [{"id": request_id, **error}]}
    body = orjson.dumps(document)
    headers = [
        ("Content-Type", media_type),
        ("Content-Length", str(len(body))),
        *READABLE,
        ("Cache-Control", "no-store"),
        ("Content-Language", language),
        ("Vary", "Accept-Language"),
        *fault.headers.items(),
    ]
    return f"{fault.status} {HTTPStatus(fault.status).phrase}", headers, body


def refused(fault, environ):
    """The refusal of a request that has its id."""
    path, request_id, language = environ["PATH_INFO"], environ[journal.REQUEST_ID], language_of(environ)
    status, headers, body = refusal(fault, path, request_id, about_errors(environ), language)
    return status, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


# --- by gunicorn ------------------------------------------------------------------------------------
_NOT_HTTP = "The request is not valid HTTP: look at what your program sends, or use an HTTP library."
_BY_NAME = {
    "LimitRequestLine": UrlTooLong(
        "The method and URL have more bytes than the service takes in one line (8190): ask for less at once, or send "
        "what is long in a body."
    ),
    "LimitRequestHeaders": HeadersTooLarge(
        "The headers are too many or too long: 60 of at most 8190 bytes each, and 64 KiB together, are taken."
    ),
    "TooSlow": RequestTimeout(
        "The request did not arrive in time: its headers, or as many bytes of the body as Content-Length announces, "
        "are missing."
    ),
    "TooMuchHeld": ServiceBusy(
        "Too many large bodies arrive at once; send this one again in some seconds.", headers={"Retry-After": "5"}
    ),
    "TooManyInLine": ServiceBusy(
        "Too many requests wait here at once, most of them of one namespace; send this one again in a second.",
        headers={"Retry-After": "1"},
    ),
    "InvalidRequestMethod": InvalidRequest(
        "The method of the request is none: methods have capital letters, so write 'PATCH' and not 'patch' (fetch and "
        "curl send it as it is written)."
    ),
    "InvalidRequestLine": InvalidRequest(
        "The first line of the request is not valid HTTP: a URL has visible ASCII characters only; encode others with "
        "encodeURIComponent."
    ),
    "ExpectationFailed": InvalidRequest("Only 100-continue can be expected.", header="Expect"),
    "UnsupportedTransferCoding": InvalidRequest(
        "Of transfer codings only chunked is taken.", header="Transfer-Encoding"
    ),
}


def by_server(reason, is_clients_fault=True, method="-", path="-", address="-"):
    """The bytes of an answer after which the connection ends, noted in the log. `reason` names gunicorn's exception."""
    fault = _BY_NAME.get(reason, InvalidRequest(_NOT_HTTP))
    if not is_clients_fault:
        fault = Fault("The service failed; the request may not have been carried out.")
    request_id = new_request_id()
    status, headers, body = refusal(fault, path, request_id)
    journal.note("server", method, path, status[:3], 0.0, request_id, address)
    headers += [("X-Request-Id", request_id), ("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()))]
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def new_request_id():
    """16 letters: eight random ones of the process (of this fork), and a count."""
    global _process
    if _process[0] != journal.process_id():
        _process = (journal.process_id(), secrets.token_hex(4), count())
    return f"{_process[1]}{next(_process[2]):08x}"


_process = (None, "", count())
