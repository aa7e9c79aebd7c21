"""Finds the row of the V1 table that a request means, checks what it requires and who may, runs it, replies."""

from flask import Blueprint, current_app, request

from ....engine.suggest import did_you_mean, shown
from ....errors import Fault, Faults, Forbidden, MethodNotAllowed, UnknownPath
from ....namespaces import check_namespace_id
from ..call import Call, error_reply, reply
from ..v3 import METHODS, faces_of, whose_user
from . import accounts  # noqa: F401 - enters its calls into the table
from .fields import read_fields
from .table import CALLS

blueprint = Blueprint("checkin_v1", __name__, url_prefix="/api")


@blueprint.route("/<your_id>/<any(v1, v2):version>/<path:path>", methods=METHODS, provide_automatic_options=False)
@blueprint.route(
    "/<your_id>/<any(v1, v2):version>", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False
)
def dispatch(your_id, version, path):
    """One call. The order of the checks: call, token, method, fields, right."""
    try:
        namespace = check_namespace_id(your_id)
        service = current_app.extensions["jsonapi_course"]
        method = "GET" if request.method == "HEAD" else request.method
        found = _matches(version, path)
        if method == "OPTIONS":
            return reply(204, headers=[("Allow", _allow(found))])
        call = Call(service, faces_of(current_app), request.environ, method)
        row, arguments = next((pair for pair in found if method in pair[0].methods), found[0])
        if "open" not in row.who:
            call.token  # noqa: B018 - 401 comes before everything else
        if not row.opens:
            _check_method(row, method, found)
            return reply(row.answers, row.run(call, namespace, **arguments, **read_fields(row, call.body(forms=True))))
        open_ = (
            service.namespaces.write(namespace, make=row.makes) if row.writes else service.namespaces.read(namespace)
        )
        with open_ as session:
            call.session = session
            if "open" not in row.who:
                call.authenticate(session)
            _check_method(row, method, found)
            values = {**arguments, **read_fields(row, call.body(forms=True))}
            check_who(call, row, values)
            value = row.run(call, **values)
        return reply(row.answers, value)
    except (Fault, Faults) as error:
        if request.method == "OPTIONS":
            return reply(204)  # as V3 does: a preflight never fails
        return error_reply(error)


def _matches(version, path):
    """[(row, arguments)] of the table for a path. Raises UnknownPath."""
    rows = [row for row in CALLS if version in row.versions]
    found = [(row, match.groupdict()) for row in rows if (match := row.pattern.fullmatch(path))]
    if not found:
        names = {row.path.split("/{")[0] for row in rows}
        hint, suggestions = did_you_mean(path.split("/")[0], names)
        raise UnknownPath(f"{version} has no call {shown(path)}{hint or '.'}", suggestions=suggestions)
    return found


def _allow(found):
    methods = {method for row, _ in found for method in row.methods}
    return ", ".join([*sorted(methods | ({"HEAD"} if "GET" in methods else set())), "OPTIONS"])


def _check_method(row, method, found):
    if method not in row.methods:
        allow = _allow(found)
        raise MethodNotAllowed(f"{method} is not offered here; there are {allow}.", headers={"Allow": allow})


def check_who(call, row, values):
    """Raises Forbidden unless one of the row's words fits the caller."""
    if {"open", "any"} & {*row.who}:
        return
    role = call.caller.role
    fits = (
        role in row.who
        or "self" in row.who
        and values.get(row.of) == call.caller.id
        or "docent for students" in row.who
        and role == "docent"
        and whose_user(call, values.get(row.of)) == "students"
    )
    if not fits:
        raise Forbidden(f"A {role} may not call {row.path}{' for others' if 'self' in row.who else ''}.")
