"""The calls of V3 (seed 000: API V3 Endpoints), for every entity and relation of the registry.

The order of the checks is the contract's: token, entity and relation, method, right, row, body.
"""

from flask import Blueprint, current_app, request

from ...engine import reader, writer
from ...engine.findings import Findings
from ...engine.query import Condition, Query
from ...engine.suggest import did_you_mean, listed, shown
from ...errors import (
    Fault,
    Faults,
    Forbidden,
    MethodNotAllowed,
    UnknownPath,
    UnknownRelationship,
    UnknownResource,
    UnknownType,
)
from ...namespaces import check_namespace_id
from ..exchange import check_slashes
from . import rights
from .call import Call, bad_request, error_reply, reply
from .faces import Faces, internal_id, name_fields
from .search import query_from_search

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

blueprint = Blueprint("checkin_v3", __name__, url_prefix="/api")


@blueprint.route("/<your_id>/v3", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@blueprint.route("/<your_id>/v3/<path:path>", methods=METHODS, provide_automatic_options=False)
def dispatch(your_id, path):
    """One call: finds what is meant, opens the transaction, checks, does, replies."""
    try:
        check_slashes(request.environ)
        namespace = check_namespace_id(your_id)
        service = current_app.extensions["jsonapi_course"]
        faces = faces_of(current_app)
        if request.method == "OPTIONS":
            endpoint = _endpoint(faces, path)
            return reply(204, headers=[("Allow", endpoint.allow)])
        call = Call(service, faces, request.environ, "GET" if request.method == "HEAD" else request.method)
        call.token  # noqa: B018 - 401 comes before everything else
        writes = call.method in ("POST", "PUT", "DELETE") and not path.rstrip("/").endswith("/search")
        deletes = call.method == "DELETE"
        open_ = (
            service.namespaces.write(namespace, make=False, limited=not deletes)
            if writes
            else service.namespaces.read(namespace)
        )
        with open_ as session:
            call.authenticate(session)
            endpoint = _endpoint(faces, path)
            view = endpoint.methods.get(call.method)
            if view is None:
                raise MethodNotAllowed(
                    f"{call.method} is not offered here; there are {endpoint.allow}.{endpoint.hint}",
                    headers={"Allow": endpoint.allow},
                )
            answer = view(call, *endpoint.arguments)
        return reply(*answer)
    except (Fault, Faults) as error:
        if request.method == "OPTIONS":
            return reply(204)  # a preflight that fails would hide from the page what the request itself is told
        return error_reply(error)


def faces_of(app):
    """The Faces of an app, made once."""
    if "checkin_faces" not in app.extensions:
        app.extensions["checkin_faces"] = Faces(app.extensions["jsonapi_course"].registry)
    return app.extensions["checkin_faces"]


# --- endpoints --------------------------------------------------------------------------------------
class Endpoint:
    """The views of one URL by method, what they are called with, and a sentence for a 405."""

    def __init__(self, methods, *arguments, hint=""):
        self.methods = methods
        self.arguments = arguments
        self.hint = hint

    @property
    def allow(self):
        names = [*self.methods, "OPTIONS"]
        return ", ".join(["GET", "HEAD", *(name for name in names if name != "GET")] if "GET" in names else names)


def _endpoint(faces, path):
    segments = path.removesuffix("/").split("/")
    face = faces.get(segments[0])
    if face is None:
        known = [known.type for known in faces]
        hint, suggestions = did_you_mean(segments[0], known)
        raise UnknownType(f"There is no entity {shown(segments[0])}{hint or '; there are ' + listed(known) + '.'}")
    if len(segments) == 1:
        return Endpoint({"GET": list_entities, "POST": create_entity}, face)
    if segments[1:] == ["search"]:
        return Endpoint(
            {"POST": list_entities}, face, hint=" A search is a POST; GET takes its body at the entity's URL."
        )
    id_ = segments[1]
    if len(segments) == 2:
        return Endpoint({"GET": show_entity, "PUT": update_entity, "DELETE": delete_entity}, face, id_)
    relation = face.relations.get(segments[2])
    if relation is None:
        hint, suggestions = did_you_mean(segments[2], face.relations)
        known = listed(face.relations)
        raise UnknownRelationship(
            f"'{face.type}' has no relation {shown(segments[2])}{hint or f'; there are {known}.'}"
        )
    target = faces[relation.target.type]
    many_to_many = relation.link is not None
    if len(segments) == 3:
        methods = {"GET": list_related} if many_to_many else {"GET": list_related, "POST": create_related}
        hint = f" Link an existing one: PUT /{face.type}/{id_}/{relation.name}/<id>." if many_to_many else ""
        return Endpoint(methods, face, id_, relation, target, hint=hint)
    if segments[3:] == ["search"]:
        return Endpoint({"POST": list_related}, face, id_, relation, target)
    if len(segments) > 4 or "" in segments:
        raise UnknownPath("There is nothing at this path.")
    methods = {"GET": show_related, "DELETE": remove_related}
    if many_to_many:
        methods = {"GET": show_related, "PUT": link, "DELETE": remove_related}
    hint = f" Change it at /{target.type}/{segments[3]}."
    return Endpoint(methods, face, id_, relation, target, segments[3], hint="" if many_to_many else hint)


# --- whose is it ------------------------------------------------------------------------------------
def whose(call, face, row):
    """ "own", "students" or "others", by the user that a row belongs to (a user belongs to themselves)."""
    if face.is_users:
        return whose_user(call, row[0])
    resource, names = face.resource, face.resource.owner
    for name in names:
        id_ = row[resource.position[name]]
        resource = resource.relationships[name].target
        row = reader.find_one(call.session, resource, id_).primary[0]
    return whose_user(call, row[0]) if names else "others"


def whose_user(call, user):
    if user == call.caller.id:
        return "own"
    row = _row(call, call.faces["users"], user)
    return "students" if row and row[call.faces["users"].resource.position["role"]] == "student" else "others"


def _row(call, face, id_):
    compound = reader.find_one(call.session, face.resource, id_)
    return compound.primary[0] if compound else None


def permitted_row(call, face, id_, action):
    """The row with this id, if the caller may do `action` with it. Raises Forbidden (403), then UnknownResource (404)."""
    _require_any(call, face, id_, action)
    row = _row(call, face, id_)
    if row is None:
        raise UnknownResource(f"There is no '{face.type}' with the id {shown(id_)}.")
    rights.require(call.caller, face.resource.rights, action, whose(call, face, row))
    return row


def _require_any(call, face, id_, action):
    """Raises Forbidden where no row, or no user but the caller, could be one that the caller may do `action` with."""
    rights.require(call.caller, face.resource.rights, action)
    if (
        face.is_users
        and id_ != call.caller.id
        and not any(rights.may(call.caller.role, "users", action, kind) for kind in ("students", "others"))
    ):
        raise Forbidden(f"A {call.caller.role} may not {action} other users.")


# --- reading ----------------------------------------------------------------------------------------
def list_entities(call, face):
    rights.require(call.caller, face.resource.rights, "list")
    return 200, _search(call, face)


def _search(call, face, scope=None):
    query, tree = query_from_search(call.faces, face, call.body())
    return entities(call, face, query, tree, scope)


def entities(call, face, query, tree, scope=None):
    """The rows of a query that the caller may see, as the API shows them, with what `with` names."""
    check_with(call, tree)
    conditions, operands = rights.listed_conditions(call.caller, face.resource)
    for condition in conditions:
        query = query.and_where(condition, *operands)
    found = reader.find_many(call.session, query, face.resource, scope)
    return with_relations(call, face, found.primary, tree)


def check_with(call, tree):
    """Raises Forbidden where `with` leads to users whom the caller may not list."""
    for relation, subtree in tree.relations.values():
        if relation.many:
            rights.require(call.caller, call.faces[relation.target.type].resource.rights, "list")
        check_with(call, subtree)


def with_relations(call, face, rows, tree):
    """Rows as entities, each with the relations and computed values of `tree`. One SELECT a relation and value."""
    shown_rows = {row[0]: face.show(row) for row in rows}
    for word in tree.extras:
        values = face.extras[word](call.session, list(shown_rows), call.today)
        for id_, entity in shown_rows.items():
            entity[word] = values[id_]
    for word, (relation, subtree) in tree.relations.items():
        target = call.faces[relation.target.type]
        linkage = _linkage(call, relation, rows, face)
        wanted = list(dict.fromkeys(id_ for ids in linkage.values() for id_ in ids))
        query = Query(type=target.type, conditions=(Condition(("id",), "in"),), operands=(tuple(wanted),))
        if relation.many:
            conditions, operands = rights.listed_conditions(call.caller, target.resource)
            for condition in conditions:
                query = query.and_where(condition, *operands)
        found = reader.find_many(call.session, query, target.resource).primary if wanted else []
        related = {
            row[0]: entity for row, entity in zip(found, with_relations(call, target, found, subtree), strict=True)
        }
        for id_, entity in shown_rows.items():
            members = [related[member] for member in linkage.get(id_, ()) if member in related]
            entity[word] = members if relation.many else (members[0] if members else None)
    return list(shown_rows.values())


def _linkage(call, relation, rows, face):
    """{id: [ids]} of a relation for all rows."""
    if not relation.many:
        at = face.resource.position[relation.name]
        return {row[0]: [row[at]] for row in rows if row[at] is not None}
    return reader.link(call.session, relation, [row[0] for row in rows])


def show_entity(call, face, id_):
    return _one(call, face, permitted_row(call, face, id_, "read"))


def _one(call, face, row):
    _, tree = query_from_search(call.faces, face, call.body(), only_with=True)
    check_with(call, tree)
    return 200, with_relations(call, face, [row], tree)[0]


def list_related(call, face, id_, relation, target):
    rights.require(call.caller, target.resource.rights, "list")
    row = permitted_row(call, face, id_, "read")
    if relation.inverse.name in target.resource.owner:
        rights.require(call.caller, target.resource.rights, "list", whose(call, face, row))
    return 200, _search(call, target, reader.Scope(relation, id_))


def show_related(call, face, id_, relation, target, member):
    permitted_row(call, face, id_, "read")
    _require_any(call, target, member, "read")
    _check_related(call, face, id_, relation, member)
    return _one(call, target, permitted_row(call, target, member, "read"))


def _check_related(call, face, id_, relation, member):
    if member not in reader.linkage_of(call.session, relation, id_):
        raise UnknownResource(f"'{face.type}' {shown(id_)} has no '{relation.name}' with the id {shown(member)}.")


# --- writing ----------------------------------------------------------------------------------------
def create_entity(call, face):
    rights.require(call.caller, face.resource.rights, "create")
    body = call.body()
    parents = {}
    if "user" in face.parents and "user_id" not in body:
        parents["user"] = call.caller.id
    return 201, _create(call, face, body, parents)


def create_related(call, face, id_, relation, target):
    """hasMany only: the new row's parent is the one in the URL."""
    rights.require(call.caller, target.resource.rights, "create")
    row = permitted_row(call, face, id_, "read")
    rights.require(
        call.caller, target.resource.rights, "create", whose(call, face, row) if target.resource.owner else None
    )
    body = call.body()
    parents = {relation.inverse.name: id_}
    if "user" in target.parents and "user" not in parents and "user_id" not in body:
        parents["user"] = call.caller.id
    return 201, _create(call, target, body, parents)


def _create(call, face, body, parents):
    try:
        change = face.load(body, parents=parents)
    except Faults as error:
        _check_owner(call, face, {**_keys_of(face, body), **parents}, body)
        raise bad_request(error)
    _check_owner(call, face, change.relationships, body)
    writer.prepare(change)
    findings = Findings()
    try:
        id_ = writer.create(call.session, change, findings)
    except Faults as error:
        raise _named(face, error)
    return with_relations(call, face, [_row(call, face, id_)], _NOTHING)[0]


def _keys_of(face, body):
    return {relation.name: internal_id(body.get(name)) for name, relation in face.keys.items() if name in body}


def _check_owner(call, face, to_ones, body):
    """403 where the new row would belong to somebody for whom the caller may not create."""
    if face.is_users:
        kind = "students" if body.get("role") in (None, "student") else "others"
        rights.require(call.caller, "users", "create", kind)
        return
    if not face.resource.owner:
        return
    name, *rest = face.resource.owner
    id_, resource = to_ones.get(name), face.parents[name].target
    for name in rest:
        row = reader.find_one(call.session, resource, id_) if id_ else None
        id_ = row.primary[0][resource.position[name]] if row else None
        resource = resource.relationships[name].target
    if id_ is not None:
        rights.require(call.caller, face.resource.rights, "create", whose_user(call, id_))


def _named(face, error):
    """The engine's faults in the check-in API's words, as 400."""
    for fault in error.faults:
        name_fields(face, fault)
    return bad_request(error)


def update_entity(call, face, id_):
    row = permitted_row(call, face, id_, "change")
    body = call.body()
    if face.is_users and "role" in body and body["role"] != row[face.resource.position["role"]]:
        rights.require(call.caller, "users", "change-role")
    try:
        change = face.load(body, row)
    except Faults as error:
        raise bad_request(error)
    writer.prepare(change)
    change.current = reader.find_one(call.session, face.stored, id_).primary[0]
    try:
        writer.modify(call.session, change, Findings())
    except Faults as error:
        raise _named(face, error)
    return 200, face.show(_row(call, face, id_))


def delete_entity(call, face, id_):
    permitted_row(call, face, id_, "delete")
    _delete(call, face, id_)
    return (204,)


def _delete(call, face, id_):
    try:
        writer.remove(call.session, face.stored, reader.find_one(call.session, face.stored, id_).primary[0])
    except Fault as fault:
        raise bad_request(fault)


def link(call, face, id_, relation, target, member):
    """belongsToMany only: linking twice is no error."""
    _link_both(call, face, id_, relation, target, member)
    _write_pair(call, face, id_, relation, "POST", member)
    return 200, target.show(_row(call, target, member))


def remove_related(call, face, id_, relation, target, member):
    """hasMany: deletes it; belongsToMany: unlinks."""
    if relation.link is not None:
        _link_both(call, face, id_, relation, target, member)
        _check_related(call, face, id_, relation, member)
        _write_pair(call, face, id_, relation, "DELETE", member)
        return (204,)
    permitted_row(call, face, id_, "read")
    rights.require(call.caller, target.resource.rights, "delete")
    _check_related(call, face, id_, relation, member)
    permitted_row(call, target, member, "delete")
    _delete(call, target, member)
    return (204,)


def _link_both(call, face, id_, relation, target, member):
    """The right to link or unlink the two, then that both are there."""
    sides = {face.type: id_, target.type: member}
    right = face.resource.link_rights or target.resource.link_rights
    if right is not None:
        user = sides["users"]
        if not rights.may(call.caller.role, right, "link", "own" if user == call.caller.id else "others"):
            raise Forbidden(f"A {call.caller.role} may not link or unlink {_of_whom(call, user)} {relation.name}.")
        for side, side_id in ((face, id_), (target, member)):
            if _row(call, side, side_id) is None:
                raise UnknownResource(f"There is no '{side.type}' with the id {shown(side_id)}.")
    else:
        permitted_row(call, face, id_, "change")
        permitted_row(call, target, member, "change")


def _of_whom(call, user):
    return "their own" if user == call.caller.id else "others'"


def _write_pair(call, face, id_, relation, method, member):
    row = reader.find_one(call.session, relation.source, id_).primary[0]
    writer.write_linkage(call.session, relation, row, method, [member], Findings())


class _NOTHING:
    relations = {}
    extras = ()
