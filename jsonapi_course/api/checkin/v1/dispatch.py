"""Finds the row of the V1 table that a request means, checks what it requires and who may, runs it, replies."""

from flask import Blueprint, current_app, request

from ....engine.suggest import did_you_mean, shown
from ....errors import Fault, Faults, MethodNotAllowed, UnknownPath
from ....namespaces import check_namespace_id
from ...exchange import check_slashes
from ..call import Call, error_reply, reply
from ..v3 import METHODS, faces_of
from . import accounts, answers, competenties, docents, notifications, projects, totals  # noqa: F401 - fill the table
from .fields import KINDS, check, read_fields
from .rows import row_of
from .table import CALLS
from .who import check_who

blueprint = Blueprint("checkin_v1", __name__, url_prefix="/api")


@blueprint.route("/<your_id>/<any(v1, v2):version>/<path:path>", methods=METHODS, provide_automatic_options=False)
@blueprint.route(
    "/<your_id>/<any(v1, v2):version>", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False
)
def dispatch(your_id, version, path):
    """One call. The order of the checks is V3's: token, call, method, right, row, fields."""
    try:
        check_slashes(request.environ)
        namespace = check_namespace_id(your_id)
        service = current_app.extensions["jsonapi_course"]
        found = _matches(version, path)
        if request.method == "OPTIONS":
            return reply(204, headers=[("Allow", _allow(found))])
        call = Call(
            service, faces_of(current_app), request.environ, "GET" if request.method == "HEAD" else request.method
        )
        call.version, call.namespace = version, namespace
        row, arguments = next((pair for pair in found if call.method in pair[0].methods), (found or [(None, {})])[0])
        carry_out = _carry_out_open if row and row.is_open else _carry_out
        return carry_out(call, row, arguments, found)
    except (Fault, Faults) as error:
        if request.method == "OPTIONS":
            return reply(204)  # as V3 does: a preflight never fails
        return error_reply(error)


def _carry_out_open(call, row, arguments, found):
    """A call without a token: it opens what it needs itself."""
    _check_method(call, row, found)
    values, faults = _read(call, row, arguments)
    check(faults)
    return reply(row.answers, row.run(call, **values))


def _carry_out(call, row, arguments, found):
    if not (row and row.tokenless):
        call.token  # noqa: B018 - 401 comes before everything else
    offered = row is not None and call.method in row.methods
    values, faults = _read(call, row, arguments) if offered else ({}, [])
    with _opened(call, row if offered else None, makes=bool(offered and row.tokenless and not faults)) as session:
        call.session = session
        if not (offered and row.tokenless and row.tokenless(call, values)):
            call.authenticate(session)
            if row is None:
                raise _unknown_call(call)
            _check_method(call, row, found)
            check_who(call, row, values, faults)
        for name, kind in row.arguments.items():
            if kind not in KINDS:
                row_of(call, kind, values[name])
        if "id" in row.fields and "id" in values:
            row_of(call, row.fields["id"], values["id"])
        check(faults)
        value = row.run(call, **values)
    return reply(row.answers, value)


def _opened(call, row, makes):
    if row is None or not row.writes:
        return call.namespaces.read(call.namespace)
    return call.namespaces.write(call.namespace, make=makes, limited=not row.only_deletes)


def _read(call, row, arguments):
    """({name: value}, [faults]) of the path, the body and, of a GET, the query."""
    faults, body = [], {}
    try:
        if row.fields:
            body = (call.query if call.method == "GET" else {}) | call.body(forms=True)
    except (Fault, Faults) as error:
        faults = error.faults if isinstance(error, Faults) else [error]
    values, more = read_fields(row, arguments, body)
    return values, faults or more


def _matches(version, path):
    """[(row, arguments)] of the table for a path."""
    rows = [row for row in CALLS if version in row.versions]
    return [(row, match.groupdict()) for row in rows if (match := row.pattern.fullmatch(path))]


def _unknown_call(call):
    path = request.view_args["path"]
    names = {row.name for row in CALLS if call.version in row.versions}
    hint, suggestions = did_you_mean(path.split("/")[0], names)
    return UnknownPath(f"{call.version} has no call {shown(path)}{hint or '.'}", suggestions=suggestions)


def _allow(found):
    methods = {method for row, _ in found for method in row.methods}
    return ", ".join([*sorted(methods | ({"HEAD"} if "GET" in methods else set())), "OPTIONS"])


def _check_method(call, row, found):
    if call.method not in row.methods:
        allow = _allow(found)
        raise MethodNotAllowed(f"{call.method} is not offered here; there are {allow}.", headers={"Allow": allow})
