"""Rows as V1 shows them, found and written through the engine as V3's are: the same types, rules and hooks."""

import re
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ....engine import reader, writer
from ....engine.findings import Findings
from ....engine.query import Condition, Query
from ....engine.schema import instant_key
from ....engine.session import Statement, id_list, ids
from ....engine.suggest import shown
from ....errors import Fault, Faults, UnknownResource
from ..call import bad_request
from ..faces import name_fields
from ..rights import listed_conditions

DAY = timedelta(days=1)


# --- reading ----------------------------------------------------------------------------------------
def find(call, type_, *conditions, sort=()):
    """The rows of a type for which all `conditions` hold, each (path, operator, operand); in the type's own order.

    A path is names with dots; operators are the engine's, and `is` for one id.
    """
    query = Query(type=type_, sort=tuple(((name,), False) for name in sort))
    for path, operator, operand in conditions:
        if operator == "is":
            operator, operand = "in", (operand,)
        query = query.and_where(Condition(tuple(path.split(".")), operator), operand)
    return reader.find_many(call.session, query, call.faces[type_].resource).primary


def find_listed(call, type_):
    """The rows of a type that the caller may list in V3."""
    face, query = call.faces[type_], Query(type=type_)
    conditions, operands = listed_conditions(call.caller, face.resource)
    for condition in conditions:
        query = query.and_where(condition, *operands)
    return reader.find_many(call.session, query, face.resource).primary


def row_of(call, type_, id_):
    """The row of a type with this id. Raises UnknownResource (404)."""
    compound = reader.find_one(call.session, call.faces[type_].resource, id_)
    if compound is None:
        raise UnknownResource(f"There is no '{type_}' with the id {shown(id_)}.")
    return compound.primary[0]


def value(call, type_, row, name):
    """An attribute or to-one id of a row."""
    return row[call.faces[type_].resource.position[name]]


def show(call, type_, rows):
    """Rows as V1 shows them: `id`, V3's fields, created_at and updated_at; users with `role` 1 or 0, too."""
    face = call.faces[type_]
    stamps = {row[0]: row[1:] for row in call.session.rows(_stamps(face.resource), ids=ids(row[0] for row in rows))}
    shown_rows = []
    for row in rows:
        entity = face.show(row)
        if face.is_users:
            entity["role"] = 0 if value(call, type_, row, "role") == "student" else 1
        created, updated = stamps[row[0]]
        shown_rows.append({**entity, "created_at": _instant(face, created), "updated_at": updated})
    return shown_rows


def show_one(call, type_, id_):
    """One row as V1 shows it. Raises UnknownResource (404)."""
    return show(call, type_, [row_of(call, type_, id_)])[0]


def show_all(call, type_, *conditions):
    return show(call, type_, find(call, type_, *conditions))


def _instant(face, text):
    """2022-03-17T11:26:41.000000Z; created_at of some types is a field, kept as it was sent."""
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text):
        return text
    try:
        moment = datetime(1970, 1, 1) + timedelta(microseconds=face.resource.attributes["created-at"].key(text))
    except OverflowError:  # the end of 9999
        return text
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@lru_cache
def _stamps(resource):
    table = resource.table
    return Statement(select(table.c.id, table.c.created_at, table.c.updated_at).where(table.c.id.in_(id_list("ids"))))


# --- days -------------------------------------------------------------------------------------------
def span(call, first, last):
    """Conditions for what was submitted between two moments, both included; a date is all of that day."""
    end = _moment(call, last) + (DAY if len(last) == 10 else timedelta(seconds=1))
    return ("created-at", "ge", instant_key(_moment(call, first))), ("created-at", "lt", instant_key(end))


def month(call):
    """The first and the last day of the current month."""
    first = call.today.replace(day=1)
    return first.isoformat(), ((first + 31 * DAY).replace(day=1) - DAY).isoformat()


def _moment(call, text):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(call.settings["TIMEZONE"]))


# --- writing ----------------------------------------------------------------------------------------
def create(call, type_, body):
    """Makes a row of V3's fields and returns its id. Raises Faults of 400."""
    face = call.faces[type_]
    with faults_of(face):
        change = face.load(body)
        writer.prepare(change)
        return writer.create(call.session, change, Findings())


def change(call, type_, id_, body):
    """Changes V3's fields of a row and shows it. Raises Faults of 400."""
    face = call.faces[type_]
    with faults_of(face):
        change = face.load(body, row_of(call, type_, id_))
        writer.prepare(change)
        change.current = reader.find_one(call.session, face.stored, id_).primary[0]
        writer.modify(call.session, change, Findings())
    return show_one(call, type_, id_)


def delete(call, type_, id_):
    """Deletes a row. Raises Faults of 400 where it is in use."""
    face = call.faces[type_]
    with faults_of(face):
        writer.remove(call.session, face.stored, reader.find_one(call.session, face.stored, id_).primary[0])


def link(call, type_, id_, relation, member):
    """Links two rows; twice is no error."""
    stored = call.faces[type_].stored
    row = reader.find_one(call.session, stored, id_).primary[0]
    writer.write_linkage(call.session, stored.relationships[relation], row, "POST", [member], Findings())


@contextmanager
def faults_of(face):
    """The engine's faults in the check-in API's words, as 400."""
    try:
        yield
    except (Fault, Faults) as error:
        for fault in error.faults if isinstance(error, Faults) else [error]:
            name_fields(face, fault)
        raise bad_request(error)
