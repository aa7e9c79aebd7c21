"""A Change to rows, inside one open write transaction. Faults are collected; the caller rolls back on any.

Rules that hold for every type stand here: linked resources exist, unique values, the `where` of a
relationship from both sides, required other sides. A type's own rules are its Resource's hooks.
"""

from functools import lru_cache

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from ..errors import (
    IdTaken,
    InUse,
    NotUnique,
    ReadOnlyIgnored,
    ReadOnlyRelationship,
    RelationshipRefused,
    RequiredRelationship,
    StillLinked,
    ToOneRelationship,
    UnknownResource,
)
from . import clock, passwords, reader
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
    _set_defaults(change)
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
    findings.check()
    return change.id


def modify(session, change, findings):
    """Updates what the change names. `change.current` must be set. Raises Faults (409, 422, 404)."""
    _check(session, change, findings)
    findings.check()
    _update(session, change)
    _write_members(session, change, findings)
    findings.check()


def remove(session, resource, row):
    """Deletes the resource; foreign keys take along or let go what depends on it. Raises InUse (409)."""
    for other in resource.registry:
        for relation in other.to_one.values():
            if relation.target is resource and relation.restricts:
                _check_unused(session, relation, row[0])
    resource.removing(session, row)
    session.run(_delete(resource), id=row[0])


def _check_unused(session, relation, id_):
    users = [found for (found,) in session.rows(_naming(relation), id=id_)]
    if users:
        raise InUse(
            f"'{relation.target.type}' '{id_}' is in use as the {relation.name} of the {relation.source.type} "
            f"{listed(users)}, so it is not deleted: change or delete those first."
        )


def _set_defaults(change):
    """What a new resource gets where nothing was sent and the value depends on the clock."""
    for name, field in change.resource.attributes.items():
        if name not in change.attributes and field.default() is not None:
            change.attributes[name] = field.default()
            change.defaulted.add(name)


def complete_forward(session, change, findings, at=None):
    """What a change left open that named resources which did not exist when it was written, now that they do.

    Members of a to-many get their other side, unless a later change gave them another; then the rules of what
    is stored now are checked again. Faults point to `at`, where it is given. A resource that is gone has none.
    """
    found = reader.find_one(session, change.resource, change.id)
    if found is None:
        return
    inner = Findings(findings.strict)
    change.current, change.creating = found.primary[0], False
    for name, awaited in change.forward.items():
        relation = change.resource.relationships[name]
        if relation.many and relation.link is None:
            there = reader.existing(session, relation.target, awaited)
            free = [id_ for id_ in awaited if id_ in there and not reader.linkage_of(session, relation.inverse, id_)]
            _move_members(session, change, relation, free, [], inner)
    for name in change.relationships:
        relation = change.resource.relationships[name]
        change.relationships[name] = reader.linkage_of(session, relation, change.id)
        _check_linkage(session, change, relation, change.relationships[name], inner)
    change.resource.check(session, change, inner)
    if at is None:
        findings.faults += inner.faults
        findings.warnings += inner.warnings
    else:
        _pass_on(inner, findings, at)


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
    findings.check()
    return change


def check_writable(relation, method, findings):
    """403 for a read-only relationship, and for POST and DELETE of a to-one. Raises Faults."""
    if relation.read_only:
        findings.add(
            ReadOnlyRelationship(
                f"'{relation.name}' of '{relation.source.type}' is read-only: {_other_side(relation)}."
            )
        )
    elif not relation.many and method != "PATCH":
        findings.add(
            ToOneRelationship(
                f"'{relation.name}' is to-one, so nothing is added or removed by {method}: PATCH it with "
                f'{{"data": {{"type": "{relation.target.type}", "id": "…"}}}}'
                f"{'' if relation.required else ', or with null as data'}."
            )
        )
    findings.check()


def _other_side(relation):
    """How to write what a read-only relationship follows from."""
    inverse, type_ = relation.inverse, relation.target.type
    return f"it follows from '{inverse.name}' of '{type_}', so PATCH /{type_}/<id>/relationships/{inverse.name}"


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
            if relation.inverse_required and not change.creating:
                _check_none_lost(session, change, relation, value, findings)
    for name in change.attributes:
        if resource.attributes[name].unique:
            _check_unique(session, change, name, findings)
    for names in resource.unique_together:
        _check_unique_together(session, change, names, findings)
    _check_partners(session, change, findings)
    resource.check(session, change, findings)


def _drop_read_only(session, change, relation, findings):
    sent = change.relationships.pop(relation.name)
    current = [] if change.creating else reader.linkage_of(session, relation, change.id)
    if sorted(sent) != sorted(current):
        findings.warn(
            ReadOnlyIgnored(
                f"'{relation.name}' of '{change.resource.type}' is read-only and was left as it is: {_other_side(relation)}.",
                pointer=change.at(relation.name),
            )
        )


def _check_linkage(session, change, relation, value, findings):
    """That what is linked exists, and satisfies the `where` of the relationship."""
    named = value if relation.many else [] if value is None else [value]
    awaited = [id_ for id_ in named if (relation.target.type, id_) in session.pending]
    if awaited:
        change.forward[relation.name] = awaited
    there = reader.existing(session, relation.target, named)
    for id_ in named:
        if id_ not in there:
            hint, suggestions = reader.id_hint(session, relation.target, id_)
            findings.add(
                UnknownResource(
                    f"'{relation.name}' names '{relation.target.type}' with the id {shown(id_)}, which does not exist.{hint}",
                    pointer=change.at(relation.name),
                    suggestions=suggestions,
                )
            )
    for name, required in relation.where.items():
        column = relation.target.column(name)
        misfits = session.rows(_misfits(relation.target, column), ids=ids(there), required=required) if there else []
        for id_, actual in misfits:
            findings.add(
                RelationshipRefused(
                    f"'{relation.name}' takes '{relation.target.type}' whose {name} is '{required}', but the {name} of "
                    f"'{id_}' is '{actual}': name another one, or change that {name} first.",
                    pointer=change.at(relation.name),
                )
            )


def _check_none_lost(session, change, relation, wanted, findings):
    """That a full replacement leaves no member without the to-one that it must have."""
    lost = [id_ for id_ in reader.linkage_of(session, relation, change.id) if id_ not in wanted]
    if lost:
        findings.add(
            StillLinked(
                f"The {relation.target.type} {listed(lost)} would be left without the required "
                f"'{relation.inverse.name}': name {'it' if len(lost) == 1 else 'them'} too, or move or delete first.",
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
                            f"the {name} is '{value}': leave '{relation.name}' out, or change the {name}.",
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


def _own_id(change):
    """The id of the row that may have the same values; a new one has none, whatever id its client chose."""
    return "" if change.creating else change.id


def _check_unique(session, change, name, findings):
    field = change.resource.attributes[name]
    value = change.attributes[name]
    other = session.scalar(_other(change.resource, name), value=field.key(value), id=_own_id(change))
    if other is not None:
        findings.add(
            NotUnique(
                f"'{name}' must be unique, and {shown(value)} is that of '{change.resource.type}' '{other}' already: "
                f"send another, or change '{other}'.",
                pointer=change.at(name),
            )
        )


def _check_unique_together(session, change, names, findings):
    values = [change.value(name) for name in names]
    if None in values or not any(name in change.attributes or name in change.relationships for name in names):
        return
    parameters = {f"v{index}": value for index, value in enumerate(values)}
    other = session.scalar(_others_together(change.resource, names), id=_own_id(change), **parameters)
    if other is not None:
        findings.add(
            NotUnique(
                f"There is a resource of type '{change.resource.type}' with the same {listed(names)} already: '{other}'.",
                pointer=change.at(names[-1]),
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
        values |= change.resource.internal
        values["id"] = change.id
    values |= change.internal
    columns = change.resource.table.c
    if "updated_at" in columns and (values or complete):
        values["updated_at"] = clock.stamp()
        if complete:
            values["created_at"] = values.get("created_at") or values["updated_at"]
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
    change.resource.written(session, change)


def _write_pairs(session, relation, owner, added, lost):
    if lost:
        session.run(_unlink(relation), owner=owner, ids=ids(lost))
    for id_ in added:
        session.run(_link(relation), owner=owner, member=id_)


def _move_members(session, change, relation, added, lost, findings):
    """The other side is to-one: each member that is added or lost is itself changed, by its own rules."""
    for id_, owner in [*((id_, None) for id_ in lost), *((id_, change.id) for id_ in added)]:
        if (relation.target.type, id_) in session.pending:
            continue  # complete_forward does it
        member = reader.find_one(session, relation.target, id_)
        moved = Change(relation.target, id_, False, current=member.primary[0], together=frozenset(added))
        moved.relationships[relation.inverse.name] = owner
        inner = Findings(findings.strict)
        for names in relation.target.unique_together:
            _check_unique_together(session, moved, names, inner)
        relation.target.check(session, moved, inner)
        faults = bool(inner.faults)
        _pass_on(inner, findings, change.at(relation.name))
        if not faults:
            _update(session, moved)
            relation.target.written(session, moved)


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
    names = [column.name for column in resource.table.c if column.name != "seq" and column.computed is None]
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
def _naming(relation):
    """The ids of at most five rows whose to-one names an id."""
    table = relation.source.table
    return Statement(select(table.c.id).where(relation.column == bindparam("id")).order_by(table.c.seq).limit(5))


@lru_cache(maxsize=256)
def _others_together(resource, names):
    table = resource.table
    columns = [resource.to_one[name].column if name in resource.to_one else resource.column(name) for name in names]
    same = [column == bindparam(f"v{index}") for index, column in enumerate(columns)]
    return Statement(select(table.c.id).where(table.c.id != bindparam("id"), *same))


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
