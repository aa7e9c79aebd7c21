"""A whole namespace as one document, and back: every resource of every type, and in meta what no attribute shows.

    {"data": [resource objects], "meta": {"format": FORMAT, "counters": {type: last id given}, <table>: [rows]}}

A relationship is written down on one side only, that which holds it: a to-one, or the type that declares the pairs.
`meta` of a resource has the columns that no face shows as attributes (admin, created-at); that of the document has
the tables that belong to no relationship. Secrets and what passes (tokens, kept answers) are left out.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import orjson
from sqlalchemy import bindparam, delete, insert, select, update

from ..errors import (
    Faults,
    IdTaken,
    InvalidDate,
    InvalidDocument,
    UnknownFormat,
    UnknownMember,
    UnknownResource,
    UnknownType,
    WrongKind,
)
from . import document, passwords, writer
from .findings import Findings
from .schema import DateTime, dasherized
from .session import Statement
from .storage import id_counters
from .suggest import did_you_mean, listed, shown

FORMAT = "jsonapi-course/1"
NO_PASSWORD = "no password"  # in the place of a hash: none matches
MAX_PASSWORDS = 500  # different ones in a document: each costs 17 ms
MAX_FAULTS = 100  # after these an import gives up
MAX_COUNTER = 2**53


# --- out --------------------------------------------------------------------------------------------
def dump(session, registry):
    """(resource objects as a list of bytes, meta) of everything, types and resources in the order of their making."""
    objects = [orjson.dumps(item) for resource in registry for item in _objects(session, resource)]
    meta = {"format": FORMAT, "counters": dict(sorted(session.rows(_all_counters)))}
    for table in _own_tables(registry):
        names = [dasherized(column.name) for column in table.columns]
        meta[dasherized(table.name)] = [
            dict(zip(names, row, strict=True)) for row in sorted(session.rows(_all_rows(table)))
        ]
    return objects, meta


def _objects(session, resource):
    hidden = _hidden_columns(resource)
    pairs = {name: _pairs(session, resource.relationships[name]) for name in resource.links}
    at = resource.position
    for row in session.rows(_all_of(resource)):
        item = {"type": resource.type, "id": row[0]}
        attributes = {
            name: attribute.to_wire(row[at[name]])
            for name, attribute in resource.visible.items()
            if not attribute.read_only and not _was_never_set(attribute, row[at[name]])
        }
        relationships = {
            name: {"data": _identifier(relation, row[at[name]])} for name, relation in resource.to_one.items()
        }
        for name, members in pairs.items():
            relation = resource.relationships[name]
            relationships[name] = {"data": [_identifier(relation, id_) for id_ in members.get(row[0], ())]}
        meta = {}
        for column, value in zip(hidden, row[len(resource.columns) :], strict=True):
            if value is not None and not (_is_switch(column) and not value):
                meta[dasherized(column.name)] = bool(value) if _is_switch(column) else value
        yield item | {
            name: members
            for name, members in (("attributes", attributes), ("relationships", relationships), ("meta", meta))
            if members
        }


def _identifier(relation, id_):
    return None if id_ is None else {"type": relation.target.type, "id": id_}


def _was_never_set(attribute, value):
    """Whether a value reads "" only because there is none: no choice, no date-time. A text may be empty."""
    return value == "" and not attribute.required and attribute.kind != "text"


def _pairs(session, relation):
    """{id: [ids]} of a many-to-many relationship."""
    members = {}
    for owner, id_ in session.rows(_all_pairs(relation)):
        members.setdefault(owner, []).append(id_)
    return members


# --- in ---------------------------------------------------------------------------------------------
@dataclass
class Import:
    """What a document holds, found right as far as it tells by itself."""

    changes: list = field(default_factory=list)
    hidden: dict = field(default_factory=dict)  # {index of a change: {column: value}} to be set at the end
    counters: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)  # {table: [{column: value}]}

    @property
    def types(self):
        """The types of which the document has all there is."""
        return {change.resource.type for change in self.changes} | self.counters.keys()


def load(registry, body, findings, hashes=None):
    """The Import in a document. Raises Faults of all that is wrong with it in itself; pointers begin with /data/<n>.

    Passwords are hashed here, each once, so outside of any transaction. `hashes` are those of earlier documents,
    {password: hash}; new ones are put there.
    """
    found = Import()
    if not isinstance(body, dict) or not isinstance(body.get("data"), list):
        what = shown(body) if not isinstance(body, dict) else shown(body.get("data")) if "data" in body else "nothing"
        findings.add(
            InvalidDocument(
                f'The body must be a document as export gives it, {{"data": [resource objects], "meta": {{"format": '
                f'"{FORMAT}", …}}}}; data is {what}.',
                pointer="/data" if isinstance(body, dict) and "data" in body else "",
            )
        )
        findings.check()
    _load_meta(registry, body, found, findings)
    for index, item in enumerate(body["data"]):
        _load_resource(registry, item, f"/data/{index}", found, findings)
        if len(findings.faults) >= MAX_FAULTS:
            break
    findings.check()
    _hash_passwords(found, findings, {} if hashes is None else hashes)
    findings.check()
    return found


def _load_meta(registry, body, found, findings):
    meta = body.get("meta", {})
    if not isinstance(meta, dict):
        findings.add(InvalidDocument(f"meta must be an object, not {shown(meta)}.", pointer="/meta"))
        return
    if "format" not in meta:
        findings.tolerate(UnknownFormat(f'meta.format is missing: write "meta": {{"format": "{FORMAT}"}}.', pointer=""))
    elif meta["format"] != FORMAT:
        findings.add(
            UnknownFormat(f"The format is {shown(meta['format'])}; import reads '{FORMAT}'.", pointer="/meta/format")
        )
    counters = meta.get("counters", {})
    if not isinstance(counters, dict):
        findings.add(WrongKind("counters must be an object of types and numbers.", pointer="/meta/counters"))
        counters = {}
    for type_, last in counters.items():
        if type_ not in registry or type(last) is not int or not 0 <= last <= MAX_COUNTER:
            findings.add(
                WrongKind(
                    f"A counter is a whole number from 0 for one of the types, not {shown(last)} for {shown(type_)}.",
                    pointer=f"/meta/counters/{_escaped(type_)}",
                )
            )
        else:
            found.counters[type_] = last
    for table in _own_tables(registry):
        name = dasherized(table.name)
        found.rows[table] = _load_rows(table, meta.get(name, []), f"/meta/{name}", findings)


def _load_rows(table, rows, pointer, findings):
    """The rows of a table that belongs to no relationship; all its columns are ids of resources."""
    names = {dasherized(column.name): column.name for column in table.columns}
    if not isinstance(rows, list):
        findings.add(WrongKind(f"It must be an array of objects with {listed(names)}.", pointer=pointer))
        return []
    loaded = []
    for index, row in enumerate(rows):
        if isinstance(row, dict) and row.keys() == names.keys() and all(type(value) is str for value in row.values()):
            loaded.append({names[name]: value for name, value in row.items()})
        else:
            findings.add(
                WrongKind(
                    f"A row is an object with {listed(names)}, each the id of a resource.", pointer=f"{pointer}/{index}"
                )
            )
    return loaded


def _load_resource(registry, item, pointer, found, findings):
    if not isinstance(item, dict):
        findings.add(InvalidDocument(f"A resource is an object, not {shown(item)}.", pointer=pointer))
        return
    type_ = item.get("type")
    if not isinstance(type_, str) or type_ not in registry:
        hint, suggestions = did_you_mean(type_, registry.resources) if isinstance(type_, str) else ("", [])
        known = list(registry.resources)
        findings.add(
            UnknownType(
                f"There is no type {shown(type_)}{hint or '; there are ' + listed(known) + '.'}",
                pointer=f"{pointer}/type" if "type" in item else pointer,
                suggestions=suggestions,
                allowed=known,
            )
        )
        return
    resource = registry[type_]
    item, given = _without_what_only_imports_have(resource, item)
    change = document.load_object(resource, item, findings, None, pointer, optional=given.keys())
    change.attributes |= {name: value for name, value in given.items() if value is not None}
    hidden = _load_hidden(resource, item.get("meta", {}), f"{pointer}/meta", findings)
    internal = {name: value for name, value in hidden.items() if _is_a_rule_s(resource, name)}
    change.internal |= internal
    if hidden.keys() - internal.keys():
        found.hidden[len(found.changes)] = {name: hidden[name] for name in hidden if name not in internal}
    found.changes.append(change)


def _without_what_only_imports_have(resource, item):
    """(the resource object without members that no face would take, {member: value in their place}).

    These are: no password; no to-one where that was deleted (a module without its teacher); an empty text where
    another API can write one (a single word as a name leaves the last-name empty).
    """
    given = {name: NO_PASSWORD for name, attribute in resource.attributes.items() if attribute.secret}
    groups = {}
    for group in ("attributes", "relationships"):
        groups[group] = dict(item[group]) if isinstance(item.get(group), dict) else item.get(group)
    attributes, relationships = groups["attributes"], groups["relationships"]
    if isinstance(attributes, dict):
        for name in list(given):
            if attributes.get(name) is not None:
                del given[name]
            else:
                attributes.pop(name, None)
        for name, attribute in resource.attributes.items():
            if attribute.kind == "text" and attributes.get(name) == "" and resource.type in resource.registry.views:
                given[name] = attributes.pop(name)
    if isinstance(relationships, dict):
        for name, relation in resource.to_one.items():
            empty = relationships.get(name) == {"data": None}
            if empty and relation.required and relation.column.nullable:
                given[name] = relationships.pop(name)["data"]
    return item | {group: members for group, members in groups.items() if group in item}, given


def _load_hidden(resource, meta, pointer, findings):
    """{column: value} of the columns that no attribute shows."""
    if not isinstance(meta, dict):
        findings.add(InvalidDocument(f"meta must be an object, not {shown(meta)}.", pointer=pointer))
        return {}
    columns = {dasherized(column.name): column for column in _hidden_columns(resource)}
    values = {}
    for name, value in meta.items():
        at = f"{pointer}/{_escaped(name)}"
        column = columns.get(name)
        if column is None:
            hint, suggestions = did_you_mean(name, columns)
            findings.tolerate(
                UnknownMember(
                    f"meta of '{resource.type}' has no {shown(name)}{hint or '; it can have ' + listed(columns) + '.'}",
                    pointer=at,
                    suggestions=suggestions,
                    allowed=list(columns),
                )
            )
        elif type(value) is not (bool if _is_switch(column) else str):
            kind = "true or false" if _is_switch(column) else "a string"
            findings.add(WrongKind(f"'{name}' must be {kind}, not {shown(value)}.", pointer=at))
        elif column.name in _STAMPS and not _is_moment(value):
            findings.add(InvalidDate(f"'{name}' must be {DateTime().rule()}, not {shown(value)}.", pointer=at))
        else:
            values[column.name] = value
    return values


_STAMPS = ("created_at", "updated_at")


def _is_moment(text):
    try:
        DateTime().key(text)
        return True
    except ValueError:
        return False


def _is_a_rule_s(resource, name):
    """Whether a hidden column is one that the type's own rules know; the others are set when all is written."""
    return name in resource.internal and not resource.table.c[name].foreign_keys


def _hash_passwords(found, findings, hashes):
    made = 0
    for change in found.changes:
        for name, attribute in change.resource.attributes.items():
            plain = change.attributes.get(name) if attribute.secret else None
            if plain is None or plain is NO_PASSWORD:
                continue
            if plain not in hashes:
                if made == MAX_PASSWORDS:
                    findings.add(
                        InvalidDocument(
                            f"An import takes {MAX_PASSWORDS} different passwords at most: leave some out, or use one "
                            "password for all.",
                            pointer=change.at(name),
                        )
                    )
                    return
                hashes[plain] = passwords.hashed(plain)
                made += 1
            change.attributes[name] = hashes[plain]


def write(session, registry, found, findings):
    """Writes an Import into a namespace that is as new; foreign keys must be deferred. Raises Faults of all findings.

    A type of which the document says anything has what it says and nothing else; the others keep the rows that
    every new namespace has.
    """
    for type_ in found.types:
        session.run(_delete_all(registry[type_]))
        session.run(_forget_counter, type=type_)
    for type_, last in _counters_of(found).items():
        session.run(_set_counter, type=type_, last=last)
    _give_ids(session, found)
    _create(session, registry, found, findings)
    for change in found.changes:
        if change.forward:
            writer.complete_forward(session, change, findings)
    findings.check()
    for index, values in found.hidden.items():
        _set_hidden(session, found.changes[index], values, findings)
    for table, rows in found.rows.items():
        _insert_rows(session, table, rows, findings)
    findings.check()


def _counters_of(found):
    """{type: last id given}: as the document says, else the largest number among the ids."""
    counters = {}
    for change in found.changes:
        id_ = change.id or ""
        if id_.isdigit() and int(id_) <= MAX_COUNTER:
            counters[change.resource.type] = max(int(id_), counters.get(change.resource.type, 0))
    return counters | found.counters


def _give_ids(session, found):
    taken = {(change.resource.type, change.id) for change in found.changes}
    for change in found.changes:
        while change.id is None:
            id_ = writer.next_id(session, change.resource)
            change.id = None if (change.resource.type, id_) in taken else id_
        session.pending.add((change.resource.type, change.id))


def _create(session, registry, found, findings):
    """Creates all resources, each after those that it names where that is possible, and goes on after a fault."""
    order = {resource.type: number for number, resource in enumerate(registry.in_order)}
    seen = set()
    for change in sorted(found.changes, key=lambda change: order[change.resource.type]):
        key = (change.resource.type, change.id)
        inner = Findings(findings.strict)
        if key in seen:
            inner.add(
                IdTaken(f"The document has '{key[0]}' with the id '{key[1]}' twice.", pointer=f"{change.pointer}/id")
            )
        else:
            seen.add(key)
            try:
                writer.create(session, change, inner)
            except Faults:
                session.pending.add(key)  # what names it is not at fault
        findings.faults += inner.faults
        findings.warnings += inner.warnings
        if len(findings.faults) >= MAX_FAULTS:
            break
    findings.check()


def _set_hidden(session, change, values, findings):
    """Sets columns that no attribute shows, after everything that might have changed them."""
    resource = change.resource
    for name in values:
        for key in resource.table.c[name].foreign_keys:
            if session.row(_row_of(key.column.table), id=values[name]) is None:
                findings.add(
                    UnknownResource(
                        f"'{dasherized(name)}' names {shown(values[name])}, which does not exist.",
                        pointer=f"{change.pointer}/meta/{dasherized(name)}",
                    )
                )
                return
    session.run(_update_hidden(resource, tuple(sorted(values))), row_id=change.id, **values)


def _insert_rows(session, table, rows, findings):
    written = set()
    for index, row in enumerate(rows):
        lacking = [
            name
            for name, value in row.items()
            for key in table.c[name].foreign_keys
            if session.row(_row_of(key.column.table), id=value) is None
        ]
        if lacking:
            findings.add(
                UnknownResource(
                    f"'{dasherized(lacking[0])}' names {shown(row[lacking[0]])}, which does not exist.",
                    pointer=f"/meta/{dasherized(table.name)}/{index}",
                )
            )
        elif tuple(sorted(row.items())) not in written:
            written.add(tuple(sorted(row.items())))
            session.run(_insert_row(table), **row)


def _escaped(name):
    return name.replace("~", "~0").replace("/", "~1")


# --- what the tables tell ---------------------------------------------------------------------------
def _is_switch(column):
    return column.type.python_type is bool


@lru_cache(maxsize=256)
def _hidden_columns(resource):
    """The columns that hold no attribute, no to-one and no key of one."""
    shown_ = {"id", "seq", *(relation.column.name for relation in resource.to_one.values())}
    for name, attribute in resource.attributes.items():
        shown_ |= {resource.column(name).name, f"{attribute.name}_key"}
    return [column for column in resource.table.columns if column.name not in shown_ and column.computed is None]


def _own_tables(registry):
    """Tables that belong to a type and to no relationship, but for what passes."""
    tables = [table for resource in [*registry, *registry.views.values()] for table in resource.more_tables]
    return [table for table in tables if not table.info]


_all_counters = Statement(select(id_counters.c.type, id_counters.c.last))
_forget_counter = Statement(delete(id_counters).where(id_counters.c.type == bindparam("type")))
_set_counter = Statement(insert(id_counters).values(type=bindparam("type"), last=bindparam("last")))


@lru_cache(maxsize=256)
def _all_of(resource):
    columns = [*resource.columns, *_hidden_columns(resource)]
    return Statement(select(*columns).order_by(resource.table.c.seq))


@lru_cache(maxsize=256)
def _all_pairs(relation):
    target = relation.target.table
    return Statement(
        select(relation.near, target.c.id)
        .join_from(relation.link, target, target.c.id == relation.far)
        .order_by(*relation.target.default_order())
    )


@lru_cache(maxsize=256)
def _all_rows(table):
    return Statement(select(*table.columns))


@lru_cache(maxsize=256)
def _row_of(table):
    return Statement(select(table.c.id).where(table.c.id == bindparam("id")))


@lru_cache(maxsize=256)
def _delete_all(resource):
    return Statement(delete(resource.table))


@lru_cache(maxsize=256)
def _update_hidden(resource, names):
    table = resource.table
    return Statement(
        update(table).where(table.c.id == bindparam("row_id")).values({name: bindparam(name) for name in names})
    )


@lru_cache(maxsize=256)
def _insert_row(table):
    return Statement(insert(table).values({column.name: bindparam(column.name) for column in table.columns}))
