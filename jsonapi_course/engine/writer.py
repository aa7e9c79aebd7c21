"""A Change to rows, inside one open write transaction. Faults are collected; the caller rolls back on any.

Rules that hold for every type stand here: linked resources exist, unique values, the `where` of a
relationship from both sides, required other sides. A type's own rules are its Resource's hooks.
"""

from functools import lru_cache

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import (
    IdTaken,
    NotUnique,
    ReadOnlyIgnored,
    ReadOnlyRelationship,
    RelationshipRefused,
    RequiredRelationship,
    StillLinked,
    ToOneRelationship,
    UnknownResource,
)
from . import passwords, reader
from .document import Change
from .findings import Findings
from .session import Statement, id_list, ids
from .storage import id_counters
from .suggest import listed, shown


def prepare(change):
    """Hashes secrets: 17 ms of CPU, so before the transaction begins."""
    for name, field in change.resource.attributes.items():
        if field.secret and name in change.attributes:
            change.attributes[name] = passwords.hashed(change.attributes[name])


def create(session, change, findings):
    """Inserts the new resource and its linkage; returns its id. Raises Faults (409, 422, 404)."""
    resource = change.resource
    session.pending.discard((resource.type, change.id))
    if change.id is not None and reader.row_exists(session, resource, change.id):
        findings.add(
            IdTaken(
                f"There is a resource of type '{resource.type}' with the id '{change.id}' already; leave id out, or "
                "PATCH that one.",
                pointer=f"{change.pointer}/id",
            )
        )
    _check(session, change, findings)
    findings.check()
    if change.id is None:
        change.id = next_id(session, resource)
    resource.complete(session, change)
    session.run(_insert(resource), **_values(change, complete=True))
    _write_members(session, change, findings)
    return change.id


def modify(session, change, findings):
    """Updates what the change names. `change.current` must be set. Raises Faults (409, 422, 404)."""
    _check(session, change, findings)
    findings.check()
    _update(session, change)
    _write_members(session, change, findings)


def remove(session, resource, id_):
    """Deletes the resource; foreign keys take along or let go what depends on it. True if it was there."""
    return session.run(_delete(resource), id=id_) > 0


def check_again(session, change, findings):
    """The rules of a change that named resources which did not exist when it was written, now that they do."""
    change.current = reader.find_one(session, change.resource, change.id).primary[0]
    for name, value in change.relationships.items():
        _check_linkage(session, change, change.resource.relationships[name], value, findings)
    change.resource.check(session, change, findings)


# --- relationship URLs ------------------------------------------------------------------------------
def write_linkage(session, relation, owner, method, linkage, findings, pointer="/data"):
    """PATCH, POST or DELETE of a relationship's URL; `owner` is the row. Raises Faults (403, 404, 422) at `pointer`."""
    change = Change(relation.source, owner[0], False, current=owner, pointer=pointer)
    if relation.many:
        before = reader.linkage_of(session, relation, change.id)
        wanted = {
            "PATCH": linkage,
            "POST": [*before, *(id_ for id_ in linkage if id_ not in before)],
            "DELETE": [id_ for id_ in before if id_ not in linkage],
        }[method]
        lost = [id_ for id_ in before if id_ not in wanted]
        if lost and relation.inverse_required:
            findings.add(
                RequiredRelationship(
                    f"{listed(lost)} of type '{relation.target.type}' must always have a '{relation.inverse.name}': move "
                    f"{'it' if len(lost) == 1 else 'them'} by writing '{relation.inverse.name}', or delete.",
                    pointer=pointer,
                )
            )
            findings.check()
        change.relationships[relation.name] = wanted
    else:
        if linkage is None and relation.required:
            findings.add(
                RequiredRelationship(
                    f"'{relation.name}' of '{relation.source.type}' is required and cannot be null: name another one.",
                    pointer=pointer,
                )
            )
            findings.check()
        change.relationships[relation.name] = linkage
    inner = Findings(findings.strict)
    _check(session, change, inner)
    _pass_on(inner, findings, pointer)
    findings.check()
    _update(session, change)
    _write_members(session, change, inner)
    _pass_on(inner, findings, pointer)
    return change


def check_writable(relation, method, findings):
    """403 for a read-only relationship, and for POST and DELETE of a to-one. Raises Faults."""
    if relation.read_only:
        findings.add(
            ReadOnlyRelationship(
                f"'{relation.name}' of '{relation.source.type}' is read-only: it follows from '{relation.inverse.name}' "
                f"of '{relation.target.type}', so PATCH that."
            )
        )
    elif not relation.many and method != "PATCH":
        findings.add(
            ToOneRelationship(
                f"'{relation.name}' is to-one: PATCH it with the new linkage"
                f"{'' if relation.required else ', or with null'} instead of {method}."
            )
        )
    findings.check()


def _pass_on(inner, outer, pointer):
    """Faults and warnings of an inner change, all pointing at the place in the request that led to it."""
    for fault in [*inner.faults, *inner.warnings]:
        fault.pointer = pointer
    outer.faults += inner.faults
    outer.warnings += inner.warnings
    inner.faults, inner.warnings = [], []


# --- rules ------------------------------------------------------------------------------------------
def _check(session, change, findings):
    resource = change.resource
    for name, value in list(change.relationships.items()):
        relation = resource.relationships[name]
        if relation.read_only:
            _drop_read_only(session, change, relation, findings)
        elif value is None and relation.required:
            if change.current[resource.position[name]] is not None:
                fault = relation.field.null_fault()
                fault.pointer = change.at(name)
                findings.add(fault)
        else:
            _check_linkage(session, change, relation, value, findings)
    for name in change.attributes:
        if resource.attributes[name].unique:
            _check_unique(session, change, name, findings)
    _check_partners(session, change, findings)
    resource.check(session, change, findings)


def _drop_read_only(session, change, relation, findings):
    sent = change.relationships.pop(relation.name)
    current = [] if change.creating else reader.linkage_of(session, relation, change.id)
    if sorted(sent) != sorted(current):
        findings.warn(
            ReadOnlyIgnored(
                f"'{relation.name}' of '{change.resource.type}' is read-only and was left as it is; write "
                f"'{relation.inverse.name}' of '{relation.target.type}' instead.",
                pointer=change.at(relation.name),
            )
        )


def _check_linkage(session, change, relation, value, findings):
    """That what is linked exists, and satisfies the `where` of the relationship."""
    named = value if relation.many else [] if value is None else [value]
    change.forward = change.forward or any((relation.target.type, id_) in session.pending for id_ in named)
    there = reader.existing(session, relation.target, named)
    for id_ in named:
        if id_ not in there:
            findings.add(
                UnknownResource(
                    f"'{relation.name}' names '{relation.target.type}' with the id {shown(id_)}, which does not exist.",
                    pointer=change.at(relation.name),
                )
            )
    for name, required in relation.where.items():
        column = relation.target.column(name)
        misfits = session.rows(_misfits(relation.target, column), ids=ids(there), required=required) if there else []
        for id_, actual in misfits:
            findings.add(
                RelationshipRefused(
                    f"'{relation.name}' takes '{relation.target.type}' whose {name} is '{required}', but the {name} of "
                    f"'{id_}' is '{actual}'.",
                    pointer=change.at(relation.name),
                )
            )


def _check_partners(session, change, findings):
    """The `where` of relationships that lead here: what links to this resource must go on being allowed to."""
    for relation in change.resource.relationships.values():
        if relation.inverse is None:
            continue
        for name, required in relation.inverse.where.items():
            value = change.value(name)
            if value is None or value == required:
                continue
            if relation.name in change.relationships:
                if change.relationships[relation.name]:
                    findings.add(
                        RelationshipRefused(
                            f"'{relation.name}' is for '{change.resource.type}' whose {name} is '{required}', but here "
                            f"the {name} is '{value}'.",
                            pointer=change.at(relation.name),
                        )
                    )
            elif name in change.attributes and not change.creating:
                linked = reader.linkage_of(session, relation, change.id)
                if linked:
                    findings.add(
                        StillLinked(
                            f"'{name}' cannot become '{value}': '{relation.name}' still names the "
                            f"{relation.target.type} {listed(linked)}, which need the {name} '{required}'.",
                            pointer=change.at(name),
                        )
                    )


def _check_unique(session, change, name, findings):
    field = change.resource.attributes[name]
    value = change.attributes[name]
    other = session.scalar(_other(change.resource, name), value=field.key(value), id=change.id or "")
    if other is not None:
        findings.add(
            NotUnique(
                f"'{name}' must be unique, and {shown(value)} is that of '{change.resource.type}' '{other}' already.",
                pointer=change.at(name),
            )
        )


# --- writing ----------------------------------------------------------------------------------------
def _values(change, complete=False):
    """{column: value} of the change's attributes and to-ones; `complete`: of every column of a new row."""
    resource, values = change.resource, {}
    for name, field in resource.attributes.items():
        if name in change.attributes or complete:
            value = change.attributes.get(name, field.absent)
            values[resource.column(name).name] = value
            if field.has_key:
                values[f"{field.name}_key"] = field.key(value) if value else None
    for name, relation in resource.to_one.items():
        if name in change.relationships or complete:
            values[relation.column.name] = change.relationships.get(name)
    if complete:
        values["id"] = change.id
    return values


def _update(session, change):
    change.resource.complete(session, change)
    values = _values(change)
    if values:
        session.run(_update_columns(change.resource, tuple(sorted(values))), row_id=change.id, **values)


def _write_members(session, change, findings):
    """Replaces the to-many linkage that the change names, then lets the type take along what moves."""
    for name, wanted in change.relationships.items():
        relation = change.resource.relationships[name]
        if relation.many:
            before = [] if change.creating else reader.linkage_of(session, relation, change.id)
            added = [id_ for id_ in wanted if id_ not in before]
            lost = [id_ for id_ in before if id_ not in wanted]
            if relation.link is not None:
                _write_pairs(session, relation, change.id, added, lost)
            else:
                _move_members(session, change, relation, added, lost, findings)
    change.resource.moved(session, change)
    findings.check()


def _write_pairs(session, relation, owner, added, lost):
    if lost:
        session.run(_unlink(relation), owner=owner, ids=ids(lost))
    for id_ in added:
        session.run(_link(relation), owner=owner, member=id_)


def _move_members(session, change, relation, added, lost, findings):
    """The other side is to-one: each member that is added or lost is itself changed, by its own rules."""
    if lost and relation.inverse_required:
        findings.add(
            StillLinked(
                f"The {relation.target.type} {listed(lost)} would be left without the required "
                f"'{relation.inverse.name}': name {'it' if len(lost) == 1 else 'them'} too, or move or delete first.",
                pointer=change.at(relation.name),
            )
        )
        return
    for id_, owner in [*((id_, None) for id_ in lost), *((id_, change.id) for id_ in added)]:
        member = reader.find_one(session, relation.target, id_)
        moved = Change(relation.target, id_, False, current=member.primary[0], together=frozenset(added))
        moved.relationships[relation.inverse.name] = owner
        inner = Findings(findings.strict)
        relation.target.check(session, moved, inner)
        faults = bool(inner.faults)
        _pass_on(inner, findings, change.at(relation.name))
        if not faults:
            _update(session, moved)
            relation.target.moved(session, moved)


def next_id(session, resource):
    """The next decimal id that is free; a number once given is never given again."""
    while True:
        id_ = str(session.scalar(_count_up(), type=resource.type))
        if not reader.row_exists(session, resource, id_):
            return id_


# --- statements -------------------------------------------------------------------------------------
@lru_cache
def _count_up():
    statement = upsert(id_counters).values(type=bindparam("type"), last=1)
    raised = id_counters.c.last + 1
    return Statement(
        statement.on_conflict_do_update(index_elements=["type"], set_={"last": raised}).returning(id_counters.c.last)
    )


@lru_cache(maxsize=256)
def _insert(resource):
    names = [column.name for column in resource.table.c if column.name != "seq"]
    return Statement(insert(resource.table).values({name: bindparam(name) for name in names}))


@lru_cache(maxsize=1024)
def _update_columns(resource, names):
    table = resource.table
    return Statement(
        update(table).where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in names})
    )


@lru_cache(maxsize=256)
def _delete(resource):
    return Statement(delete(resource.table).where(resource.table.c.id == bindparam("id")))


@lru_cache(maxsize=256)
def _link(relation):
    return Statement(
        insert(relation.link).values({relation.near.name: bindparam("owner"), relation.far.name: bindparam("member")})
    )


@lru_cache(maxsize=256)
def _unlink(relation):
    return Statement(delete(relation.link).where(relation.near == bindparam("owner"), relation.far.in_(id_list("ids"))))


@lru_cache(maxsize=256)
def _misfits(resource, column):
    table = resource.table
    return Statement(select(table.c.id, column).where(table.c.id.in_(id_list("ids")), column != bindparam("required")))


@lru_cache(maxsize=256)
def _other(resource, name):
    table = resource.table
    return Statement(
        select(table.c.id).where(resource.sort_columns(name)[0] == bindparam("value"), table.c.id != bindparam("id"))
    )
