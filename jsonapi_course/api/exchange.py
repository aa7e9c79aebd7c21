"""One HTTP request and its answer on the JSON:API face: URL, arguments, body and headers, read once at the door."""

import re
from contextlib import contextmanager
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import quote, unquote_plus

import xxhash
from flask import Response, request

from ..engine import idempotency, json_text, render
from ..engine.findings import Findings
from ..engine.query import query_text
from ..engine.suggest import did_you_mean, shown
from ..errors import (
    BodyTooLarge,
    Faults,
    IgnoredParameter,
    InvalidHeader,
    InvalidParameter,
    InvalidRequest,
    UnknownParameter,
    UnknownPath,
)
from ..namespaces import RULE
from . import negotiation
from .journal import REQUEST_ID
from .language import language_of, told

_HOST = re.compile(r"[A-Za-z0-9._\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
VARY = "Accept, Prefer"
DISCARDED_BYTES = 16 * 2**20  # of a body that is too large; gunicorn itself reads on for 64 KiB only


def has_encoded_slash(environ):
    """Whether the path has one, which WSGI decodes: /rooms/1%2Fsessions is not /rooms/1/sessions."""
    return "%2f" in environ.get("RAW_URI", "").partition("?")[0].lower()


def check_slashes(environ):
    """Raises UnknownPath for an encoded slash."""
    if has_encoded_slash(environ):
        raise UnknownPath(
            f"The path has an encoded slash (%2F); neither a namespace id nor a resource's can have one: {RULE}."
        )


class Answer(NamedTuple):
    """What is sent, but for what every answer gets (CORS, request id)."""

    status: int
    headers: list  # [(name, value)]
    body: bytes = b""

    def unless_known(self, environ):
        """304 in place of the 200 of a GET, where If-None-Match has its ETag."""
        header = environ.get("HTTP_IF_NONE_MATCH")
        if header and self.status == 200 and names_etag(header, dict(self.headers).get("ETag"), weakly=True):
            return Answer(304, [header for header in self.headers if header[0] != "Content-Type"])
        return self


class Exchange:
    """What a view needs of the request; `reply` makes the answer.

    `base` is the URL of the namespace as the client wrote it; `args` the query as [(name, value)];
    `secrets` names parameters that no link may repeat.
    """

    def __init__(self, service, environ, namespace):
        self.settings = settings = service.settings
        self.environ = environ
        self.method = environ["REQUEST_METHOD"]
        strict, self.preference_applied = negotiation.handling(environ.get("HTTP_PREFER"), settings["STRICT"])
        self.findings = Findings(strict)
        self.root = root_url(environ)
        self.path = _quoted(environ.get("PATH_INFO", ""), "/-._~!$&'()*+,;=:@")
        self.base = f"{self.root}/api/{namespace}"
        self.args = []
        self.profile = None  # the URI of the profile that the answer applies
        self.ext = None  # the URI of the extension that the answer applies
        self.body = b""  # what document() read
        self._read_args(environ.get("QUERY_STRING", ""))
        self.secret_names = secret = service.registry.secret_names
        self.secrets = tuple({name for name, _ in self.args if _is_like(name, secret)})
        self.dry_run = self.method not in ("GET", "HEAD") and self._read_dry_run()

    def _read_args(self, raw):
        for part in raw.split("&"):
            if not part:
                continue
            name, _, value = part.partition("=")
            try:
                self.args.append((_decoded(name), _decoded(value)))
            except UnicodeDecodeError:
                self.findings.add(
                    InvalidParameter(
                        "The query string is not UTF-8; encode it with encodeURIComponent.",
                        parameter=name.encode("latin-1").decode("utf-8", "replace"),
                    )
                )

    def _read_dry_run(self):
        """Takes dryRun out of the arguments of a write."""
        values = [value for name, value in self.args if name == "dryRun"]
        self.args = [arg for arg in self.args if arg[0] != "dryRun"]
        if values and values not in (["true"], ["false"]):
            self.findings.add(InvalidParameter("dryRun is true or false, given once.", parameter="dryRun"))
        return values == ["true"]

    @property
    def idempotency_key(self):
        """The header Idempotency-Key of a POST, or None. Raises InvalidHeader where it cannot be one."""
        key = self.environ.get("HTTP_IDEMPOTENCY_KEY")
        if key is None or self.method != "POST" or self.dry_run:
            return None
        if not re.fullmatch(r"[\x21-\x7e]{1,255}", key):
            raise InvalidHeader(
                "An Idempotency-Key has 1 to 255 visible ASCII characters; crypto.randomUUID() makes one.",
                header="Idempotency-Key",
            )
        return key

    def fingerprint(self, key):
        """What an Idempotency-Key stands for: this method, URL and body."""
        parts = (self.method.encode(), f"{self.path}?{self.args}".encode(), self.body)
        secret = any(name.encode() in self.body for name in self.secret_names)
        return idempotency.fingerprint(key, *parts, secret=secret)

    def refuse_args(self, known=()):
        """A fault for every parameter but those that are `known`."""
        for name, _ in self.args:
            if name in known:
                continue
            if name.startswith("_"):
                self.findings.tolerate(IgnoredParameter(f"The parameter {shown(name)} was ignored.", parameter=name))
            else:
                hint, suggestions = did_you_mean(name, known)
                self.findings.add(
                    UnknownParameter(
                        f"There is no parameter {shown(name)} here{hint or '; leave it out.'}",
                        parameter=name,
                        suggestions=suggestions,
                        allowed=known,
                    )
                )

    def check_request(self, *known):
        """Checks the headers and parameters of a request without a body. Raises Faults."""
        self.negotiate(has_body=False)
        self.refuse_args(known)
        self.findings.check()

    def wants_profile(self, profile):
        """Whether a JSON:API range in Accept asks for the profile."""
        return profile in negotiation.profiles(self.environ.get("HTTP_ACCEPT"))

    def negotiate(self, has_body):
        """Checks the headers. Raises Faults of 406 or 415."""
        negotiation.check_accept(self.environ.get("HTTP_ACCEPT"), self.findings)
        negotiation.check_content_type(self.environ.get("CONTENT_TYPE"), has_body, self.findings)
        refused = [fault for fault in self.findings.faults if fault.status in (406, 415)]
        if refused:
            raise Faults(refused)

    def document(self, limit=None):
        """The body's JSON value, of `limit` bytes at most (MAX_BODY_BYTES unless given).

        Raises Faults of 400 or 413; those of the query come with them.
        """
        try:
            self.body = read_body(self.environ, limit or self.settings["MAX_BODY_BYTES"])
            return json_text.parse(self.body)
        except Faults as error:
            raise Faults([*self.findings.faults, *error.faults]) from None

    # --- links --------------------------------------------------------------------------------------
    @property
    def self_url(self):
        """The request's URL with its query, but for secrets."""
        query = self.environ.get("QUERY_STRING", "")
        if self.secrets:
            query = query_text([arg for arg in self.args if arg[0] not in self.secrets])
        else:
            query = re.sub("%(?![0-9A-Fa-f]{2})", "%25", query)  # `like=100%`: no URI has a bare %
            query = _quoted(query, "%/-._~!$&'()*+,;=:@?")
        return f"{self.root}{self.path}" + (f"?{query}" if query else "")

    @property
    def links(self):
        """The top-level links of every document."""
        return {"self": self.self_url, "describedby": f"{self.root}/openapi.json"}

    @contextmanager
    def as_get(self):
        """Inside, documents are made as a GET of this URL would show them: without warnings and dryRun."""
        warnings, dry_run, query = self.findings.warnings, self.dry_run, self.environ.get("QUERY_STRING", "")
        self.findings.warnings, self.dry_run = [], False
        kept = [part for part in query.split("&") if unquote_plus(part.partition("=")[0]) != "dryRun"]
        self.environ["QUERY_STRING"] = "&".join(kept)
        try:
            yield
        finally:
            self.findings.warnings, self.dry_run = warnings, dry_run
            self.environ["QUERY_STRING"] = query

    def page_url(self, **values):
        """This URL with other page parameters, numbers or cursors: page_url(number=2)."""
        return self._without_page + "&".join(f"page%5B{name}%5D={value}" for name, value in values.items())

    @cached_property
    def _without_page(self):
        """This URL without its page parameters, up to where they would follow."""
        args = [arg for arg in self.args if arg[0] not in self.secrets and not arg[0].startswith("page[")]
        return f"{self.root}{self.path}?" + (query_text(args) + "&" if args else "")

    # --- answers ------------------------------------------------------------------------------------
    def meta(self, meta=None):
        """`meta` with dryRun and the warnings, where there are any."""
        meta = dict(meta or {})
        if self.dry_run:
            meta["dryRun"] = True
        if self.findings.warnings:
            meta["warnings"] = [warning.as_warning() for warning in self.findings.warnings]
        return meta

    def reply(self, status, body=b"", headers=()):
        sent = [("Vary", VARY)]
        if status != 204:
            sent.append(("Content-Type", negotiation.media_type(self.ext, self.profile)))
        if self.preference_applied:
            sent.append(("Preference-Applied", self.preference_applied))
        return Answer(status, [*sent, *headers], body)

    def reply_readable(self, body):
        """200 of a GET, with its ETag."""
        store = "no-store" if self.secrets else "no-cache"
        return self.reply(200, body, [("ETag", etag_of(body)), ("Cache-Control", store)])


def root_url(environ):
    """scheme://host/prefix of the service, as the client (or a trusted proxy) named it."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    if not _HOST.fullmatch(host):
        raise Faults([InvalidRequest("The header Host is not a host name with an optional port.", header="Host")])
    return f"{environ['wsgi.url_scheme']}://{host}{quote(environ.get('SCRIPT_NAME', '').rstrip('/'))}"


def about_errors(environ):
    """The URL of the page of errors; its path alone where the header Host is none."""
    try:
        return f"{root_url(environ)}/docs/errors"
    except Faults:
        return "/docs/errors"


def error_response(faults, about, exchange=None):
    """The error document of several faults; headers of the faults (Allow, Retry-After) become the answer's."""
    error, language = Faults(faults), language_of(request.environ)
    links = meta = None
    if exchange:
        links = exchange.links
        if exchange.findings.warnings:
            meta = {"warnings": told([warning.as_warning() for warning in exchange.findings.warnings], language)}
    body = render.document(links=links, errors=told(_error_objects(error.faults, about), language), meta=meta)
    response = Response(body, status=error.status, content_type=negotiation.MEDIA_TYPE)
    response.headers["Vary"] = f"{VARY}, Accept-Language"
    response.headers["Content-Language"] = language
    if exchange and exchange.secrets:
        response.headers["Cache-Control"] = "no-store"
    if exchange and exchange.preference_applied:
        response.headers["Preference-Applied"] = exchange.preference_applied
    for fault in error.faults:
        response.headers.update(fault.headers)
    return response


def _error_objects(faults, about):
    """Each with its `id`: the request's, by which the operator finds it in the log, and a number from the second on."""
    id_ = request.environ.get(REQUEST_ID, "")
    ids = [id_, *(f"{id_}.{number}" for number in range(2, len(faults) + 1))]
    return [{"id": id_, **fault.as_object(about)} for id_, fault in zip(ids, faults, strict=True)]


def read_body(environ, limit):
    """The body's bytes. Raises Faults: 413 above `limit`, 400 where it ended before its Content-Length."""
    length = environ.get("CONTENT_LENGTH")
    if length and (not length.isascii() or not length.isdigit()):
        raise Faults([InvalidRequest("The header Content-Length is not a number.", header="Content-Length")])
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    try:
        return _read_whole(environ["wsgi.input"], int(length) if length else None, limit)
    except Faults:
        raise
    except Exception:  # the server's own: gunicorn has six for chunks that are none or do not end
        raise Faults(
            [InvalidRequest("The body cannot be read: it is malformed (Transfer-Encoding) or ended too early.")]
        ) from None


def _read_whole(stream, length, limit):
    if length is not None and length > limit:
        raise _too_large(stream, limit, length)
    # one byte more than allowed: a chunked body announces no length
    body = stream.read(limit + 1 if length is None else length)
    if len(body) > limit:
        raise _too_large(stream, limit)
    if length is not None and len(body) < length:
        raise Faults([InvalidRequest(f"The body ended after {len(body)} of the {length} bytes announced.")])
    return body


def _too_large(stream, limit, length=0):
    """The Faults of 413, after the rest was read: a client that is still sending would see a reset instead of them."""
    left = DISCARDED_BYTES if length <= DISCARDED_BYTES else 0
    while left > 0 and (part := stream.read(65536)):
        left -= len(part)
    return Faults([BodyTooLarge(f"The body has more than the {limit} bytes that the service takes in one request.")])


@lru_cache(maxsize=256)
def _quoted(text, safe):
    """A part of a URL as WSGI has it, with what must be encoded."""
    return quote(text.encode("latin-1"), safe=safe)


def _decoded(text):
    return unquote_plus(text.encode("latin-1").decode("utf-8"), errors="strict")


def _is_like(name, secret):
    """Whether a part of a parameter's name, as filter[part.part], begins as a secret: passwort and Password do, too."""
    begun = tuple(known[:3] for known in secret)
    return any(part.lower().startswith(begun) for part in re.split(r"[\[\].]", name))


def etag_of(body):
    """The strong ETag of a body: the same in every worker."""
    return f'"{xxhash.xxh3_128_hexdigest(body)}"'


def names_etag(header, etag, weakly):
    """Whether a list of ETags (If-Match, If-None-Match) has this one; RFC 9110 compares If-None-Match weakly."""
    if not header:
        return False
    if header.strip() == "*":
        return True
    candidates = re.findall(r'(?:W/)?"[^"]*"', header)
    if weakly:
        candidates = [candidate.removeprefix("W/") for candidate in candidates]
    return etag in candidates
