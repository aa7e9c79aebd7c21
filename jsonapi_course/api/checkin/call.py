"""One call of the check-in API: body, token, answer and errors in its wire format, the same for every version."""

from urllib.parse import unquote

import orjson
from flask import Response, g, request
from werkzeug.http import parse_options_header

from ...engine import clock, json_text
from ...engine.suggest import shown
from ...errors import Fault, Faults, InvalidField
from ..exchange import read_body
from ..language import language_of, told
from . import auth

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Call:
    """The request, read once; `session` and `caller` are set when the transaction is open and the token known."""

    def __init__(self, service, faces, environ, method):
        self.settings = service.settings
        self.registry = service.registry
        self.namespaces = service.namespaces
        self.faces = faces
        self.environ = environ
        self.method = method
        self.raw = read_body(environ, service.settings["MAX_BODY_BYTES"])
        self.session = None
        self.caller = None

    @property
    def today(self):
        return clock.today(self.settings["TIMEZONE"])

    @property
    def token(self):
        """The text of the token. Raises Unauthenticated (401)."""
        return auth.bearer_token(self.environ.get("HTTP_AUTHORIZATION"))

    def authenticate(self, session):
        """Sets `session` and the caller whose token came. Raises Unauthenticated (401) or InvalidToken (403)."""
        self.session = session
        self.caller = auth.find_caller(session, self.token, self.settings["TOKEN_TTL_SECONDS"])

    @property
    def query(self):
        """The fields of the URL's query."""
        return _form(self.environ.get("QUERY_STRING", "").encode("latin-1"))

    def body(self, forms=False):
        """The JSON object in the body, {} where there is none; with `forms` also a form's. Raises Faults of 400."""
        type_ = parse_options_header(self.environ.get("CONTENT_TYPE", ""))[0].lower()
        if not self.raw.strip():
            return {}
        if forms and type_ == FORM:
            return _form(self.raw)
        if type_ not in ("", JSON) and not type_.endswith("+json"):
            raise InvalidField(
                f"The Content-Type is {shown(type_)}; send JSON with the header Content-Type: {JSON} "
                f"(curl: -H 'Content-Type: {JSON}')."
            )
        value = json_text.parse(self.raw)
        if not isinstance(value, dict):
            raise InvalidField(f"The body must be a JSON object of names and values, not {shown(value)}.")
        return value


def _form(raw):
    """A form's fields; PHP's nested ones become an object (answers[mood]=4) or an array (answers[]=4, answers[0]=4).

    Raises InvalidField for what is no UTF-8, or has a character that cannot be stored.
    """
    fields = {}
    for part in raw.split(b"&"):
        name, value = _text(part)
        outer, bracket, inner = name.partition("[")
        if bracket and inner.endswith("]"):
            nested = fields.setdefault(outer, {} if inner[:-1] else [])
            if isinstance(nested, list):
                nested.append(value)
            elif isinstance(nested, dict):
                nested[inner[:-1] or str(len(nested))] = value
        elif name:
            fields[name] = value
    return {name: _list_or_object(value) for name, value in fields.items()}


def _text(part):
    """(name, value) of one field of a form."""
    try:
        text = part.decode("utf-8").replace("+", " ")
        name, _, value = (unquote(half, errors="strict") for half in text.partition("="))
    except UnicodeDecodeError:
        raise InvalidField("The form is not UTF-8; encode its values with encodeURIComponent.") from None
    if "\0" in name or "\0" in value:
        raise InvalidField("The text has the character U+0000, which cannot be stored.")
    return name, value


def _list_or_object(value):
    """What PHP wrote with the numbers 0, 1, … as names is a list: no id is 0."""
    listed = isinstance(value, dict) and list(value) == [str(number) for number in range(len(value))]
    return list(value.values()) if listed else value


def reply(status, value=None, headers=()):
    """An answer; no body where `value` is None."""
    if status == 204 or value is None:
        response = Response(status=status)
        del response.headers["Content-Type"]
    else:
        response = Response(orjson.dumps(value), status=status, content_type=JSON)
    response.headers["Cache-Control"] = "no-cache"
    for name, text in headers:
        response.headers[name] = text
    return response


# What a fault means here: the seed knows no 409, 412, 415 or 422.
_STATUS = {401: 401, 403: 403, 404: 404, 405: 405, 413: 413, 429: 429, 503: 503, 507: 507, 500: 500}


def error_reply(error):
    """{"message", "errors": {field: [sentences]}} of a Fault or of Faults."""
    faults = error.faults if isinstance(error, Faults) else [error]
    g.checkin_faults = faults  # for the page that explains them (api/browse.py)
    language = language_of(request.environ)
    details = [finding["detail"] for finding in told([{"detail": fault.detail} for fault in faults], language)]
    fields = {}
    for fault, detail in zip(faults, details, strict=True):
        if fault.member is not None:
            fields.setdefault(fault.member, []).append(detail)
    status = 400 if len(faults) > 1 else _STATUS.get(faults[0].status, 400)
    headers = [("Content-Language", language), ("Vary", "Accept-Language")]
    headers += [header for fault in faults for header in fault.headers.items()]
    return reply(status, {"message": details[0], "errors": fields}, headers)


def bad_request(error):
    """The same faults as 400: a linkage to what is not there is a wrong value here, not a missing page."""
    faults = error.faults if isinstance(error, Faults) else [error]
    for fault in faults:
        if fault.status in (404, 409, 422):
            fault.status = 400
    return Faults(faults)


__all__ = ["Call", "Fault", "bad_request", "error_reply", "reply"]
