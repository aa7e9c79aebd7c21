"""A Query to rows: one SELECT for the rows with their linkage and one per include step, whatever their number.

Rows are plain tuples in the order of Resource.columns; where `linked` names to-many relationships, the ids of each follow,
as one text with commas, or null. Statements are built from the shape of a query once and kept; only the operands change.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count, islice

from sqlalchemy import Integer, and_, bindparam, case, cast, exists, false, func, literal_column, not_, or_, select

from ..errors import InvalidParameter, UnknownResource, UnsupportedSort
from . import cursor, passwords
from .query import order_name
from .session import Statement, id_list, ids
from .suggest import listed, mistaken_id, near, shown


@dataclass(frozen=True)
class Scope:
    """The collection at a related URL: the members of `relation` of the resource with the id `owner`."""

    relation: object
    owner: str


@dataclass
class Compound:
    """All rows of one document.

    `primary` are rows of `resource` in their order; `rows` is {type: {id: row}} of everything in the
    document, once include_rows() has followed its include paths.
    """

    resource: object
    primary: list
    total: int
    rows: dict = field(default_factory=dict)
    window: "Window | None" = None


@dataclass(frozen=True)
class Window:
    """Where a page of cursors lies: the cursors for its links prev and next, None where there is no such page."""

    before_first: str | None
    after_last: str | None
    truncated: bool


def find_many(session, query, resource, scope=None, linked=()):
    """The Compound for a collection; `total` counts what the filters leave, on all pages. 1 SELECT, 2 with pages."""
    if query.verify and not _verified(session, query, resource):
        return Compound(resource, [], 0, window=Window(None, None, False) if _by_cursor(query) else None)
    values = {f"p{index}": _bound(operand) for index, operand in enumerate(query.operands)}
    relation = None
    if scope:
        relation, values["owner"] = scope.relation, scope.owner
    page = query.page
    shape = (resource, relation, query.conditions)
    if _by_cursor(query):
        return _find_window(session, query, shape, values, linked)
    if page:
        values |= {"limit": page.limit, "offset": page.offset}
    rows = session.rows(_select(*shape, query.sort, page is not None, linked), **values)
    total = len(rows)
    if page and (page.offset or total == page.limit):
        total = session.scalar(_count(*shape), **values)
    return Compound(resource, rows, total)


def _by_cursor(query):
    return query.page is not None and query.page.style == "cursor"


def _find_window(session, query, shape, values, linked):
    """The page after or before a cursor. One row more than asked for is fetched, to know whether others follow."""
    page, resource = query.page, shape[0]
    width = len(resource.columns) + len(linked)
    backwards = page.before is not None and page.after is None
    bounds = {side: _bound_of(query, resource, side) for side in ("after", "before")}
    for side, bound in bounds.items():
        values |= {f"{side}{index}": value for index, value in enumerate(bound or ())}
    nulls = [_nulls(bound) for bound in bounds.values()]
    statement = _select_window(*shape, query.sort, *nulls, backwards, linked)
    rows = session.rows(statement, limit=page.limit + 1, **values)
    if page.after == cursor.END or page.before == cursor.START:
        rows = []
    more = len(rows) > page.limit
    rows = rows[: page.limit]
    if backwards:
        rows.reverse()
    has_prev = more if backwards else page.after not in (None, cursor.START)
    has_next = page.before not in (None, cursor.END) or (more and not backwards)
    window = Window(
        before_first=_cursor_on(query, rows[0][width:]) if rows and has_prev else None,
        after_last=_cursor_on(query, rows[-1][width:]) if rows and has_next else None,
        truncated=more and not backwards and page.before is not None,
    )
    total = session.scalar(_count(*shape), **values)
    return Compound(resource, [row[:width] for row in rows], total, window=window)


def _bound_of(query, resource, side):
    """The sort values of page[after] or page[before], None where it bounds nothing. Raises InvalidParameter."""
    values = getattr(query.page, side)
    if values is None or values in cursor.ENDS:
        return None
    try:
        cursor.check_fits(values, _key_kinds(resource, query.sort))
    except ValueError as error:
        raise InvalidParameter(f"The value of page[{side}] {error}.", parameter=f"page[{side}]") from None
    return values


def _cursor_on(query, keys):
    """The cursor that falls on the row with these sort keys. Raises UnsupportedSort where a link could not hold it."""
    text = cursor.encode(order_name(query), keys)
    if len(text) > cursor.MAX_LENGTH:
        raise UnsupportedSort(
            "The texts that are sorted by are too long for the cursors of the links prev and next: sort by something "
            "shorter, or use page[number].",
            parameter="sort",
            type_=cursor.UNSUPPORTED_SORT,
        )
    return text


def _nulls(values):
    """Which values of a cursor are null: the comparison with null is another text."""
    return None if values is None else tuple(value is None for value in values)


def find_one(session, resource, id_, linked=()):
    """The Compound of the one resource with this id, or None. 1 SELECT."""
    row = session.row(_select_one(resource, linked), id=id_)
    return Compound(resource, [row], 1) if row else None


def find_related_one(session, relation, owner, linked=()):
    """The Compound of a to-one's resource, empty where there is none. 1 SELECT."""
    row = session.row(_select_related_one(relation, linked), owner=owner)
    return Compound(relation.target, [row] if row else [], 1 if row else 0)


def row_exists(session, resource, id_):
    return session.row(_select_id(resource), id=id_) is not None


def unknown_resource(session, resource, id_):
    """The fault for an id that is not there, with the ids that are."""
    hint, suggestions = id_hint(session, resource, id_)
    return UnknownResource(
        f"There is no resource of type '{resource.type}' with the id {shown(id_)}.{hint}", suggestions=suggestions
    )


def id_hint(session, resource, id_):
    """(sentence, suggestions) for an id that is not there."""
    known = [row[0] for row in session.rows(recent_ids(resource))]
    if mistake := mistaken_id(id_):
        return mistake, []
    if not known:
        return f" There are no {resource.type} yet: POST /{resource.type} makes one.", []
    return f" The latest {'ids are' if len(known) > 1 else 'id is'} {listed(known)}.", near(id_, known)


def existing(session, resource, wanted):
    """The set of those ids in `wanted` that there are, or that this transaction will still make. 1 SELECT."""
    if not wanted:
        return set()
    pending = {id_ for id_ in wanted if (resource.type, id_) in session.pending}
    return pending | {row[0] for row in session.rows(_select_ids(resource), ids=ids(wanted))}


def include_rows(session, compound, query):
    """Fills `rows` with what the include paths of `query` lead to. 1 SELECT for each step that leads to new rows."""
    own = compound.rows.setdefault(compound.resource.type, {})
    own.update((row[0], row) for row in compound.primary)
    _follow(session, compound, compound.resource, list(own), query.include, query)


def shown_fields(resource, query):
    """The names of the fields that the documents of `query` show for this type."""
    if query.fields and resource.type in query.fields:
        return query.fields[resource.type]
    return _default_fields(resource) | _included_names(query, resource)


def linked_names(resource, query):
    """The to-many relationships whose ids a row of this type brings: what documents of `query` show or go through."""
    return _linked_names(resource, shown_fields(resource, query) | _included_names(query, resource))


@lru_cache(maxsize=1024)
def _linked_names(resource, names):
    return tuple(name for name, relation in resource.relationships.items() if relation.many and name in names)


def position(resource, linked, name):
    """Where a row with these `linked` has the id or the ids of a relationship."""
    if name in resource.position:
        return resource.position[name]
    return len(resource.columns) + linked.index(name)


@lru_cache(maxsize=256)
def _default_fields(resource):
    return frozenset([*resource.visible, *resource.shown_relationships])


def _included_names(query, resource):
    """Hidden relationships that an include path goes through: these are asked for."""
    if not query.include:
        return frozenset()
    names = set()

    def walk(current, tree):
        for name, subtree in tree.items():
            if current is resource:
                names.add(name)
            walk(current.relationships[name].target, subtree)

    walk(resource.registry[query.type], query.include)
    return names


def _follow(session, compound, resource, owners, tree, query):
    """Fetches what `tree` includes from the rows `owners` (ids) of `resource`, level by level."""
    rows, linked = compound.rows[resource.type], linked_names(resource, query)
    for name, subtree in tree.items():
        target = resource.relationships[name].target
        at = position(resource, linked, name)
        texts = [rows[owner][at] for owner in owners]
        found = list(dict.fromkeys(id_ for text in texts if text is not None for id_ in text.split(",")))
        known = compound.rows.setdefault(target.type, {})
        lacking = [id_ for id_ in found if id_ not in known]
        if lacking:
            statement = _select_by_ids(target, linked_names(target, query))
            known.update((row[0], row) for row in session.rows(statement, ids=ids(lacking)))
        _follow(session, compound, target, found, subtree, query)


def link(session, relation, owners):
    """{owner: [ids]} of a to-many relationship, for those of `owners` that have members. 1 SELECT."""
    linkage = {}
    for owner, id_ in session.rows(_select_linkage(relation), owners=ids(owners)):
        linkage.setdefault(owner, []).append(id_)
    return linkage


def count_all(session, resource):
    return session.scalar(_count(resource, None, ()))


def linkage_of(session, relation, owner):
    """The linkage of one resource's relationship: a list of ids, or an id or None. 1 SELECT."""
    if relation.many:
        return [row[1] for row in session.rows(_select_linkage(relation), owners=ids([owner]))]
    return session.scalar(_select_to_one(relation), id=owner)


def _verified(session, query, resource):
    """Whether the row that the conditions name has the secret; the conditions pin at most one row."""
    name, plain = query.verify
    values = {f"p{index}": _bound(operand) for index, operand in enumerate(query.operands)}
    stored = session.scalar(_select_secret(resource, query.conditions, name), **values)
    return stored is not None and passwords.verify(stored, plain)


def _bound(operand):
    return ids(operand) if isinstance(operand, tuple) else operand


# --- statements, each built once for its shape ------------------------------------------------------
def _columns(resource, linked, table=None):
    """What a row has."""
    table = resource.table if table is None else table
    columns = [table.c[column.name] for column in resource.columns]
    return columns + [_linkage_text(resource.relationships[name], table) for name in linked]


def _linkage_text(relation, table):
    """The ids that a row of `table` has in a to-many relationship, in their order; ids have no commas."""
    target = relation.target.table.alias()
    if relation.link is None:
        members = select(target.c.id).where(target.c[relation.inverse.column.name] == table.c.id)
    else:
        link_ = relation.link.alias()
        members = (
            select(target.c.id)
            .join_from(link_, target, target.c.id == link_.c[relation.far.name])
            .where(link_.c[relation.near.name] == table.c.id)
        )
    members = members.order_by(*relation.target.default_order(target)).correlate(table).subquery()
    return select(func.group_concat(members.c.id)).scalar_subquery().label(relation.name)


def _number(name):
    """A parameter for LIMIT or OFFSET. SQLite plans a statement anew for each value of a bare one, which costs 50 µs."""
    return bindparam(name, type_=Integer) + literal_column("0")


@lru_cache(maxsize=2048)
def _select(resource, relation, conditions, sort, paged, linked):
    table = resource.table
    statement = select(*_columns(resource, linked)).select_from(table).where(*_where(resource, conditions))
    if relation is not None:
        statement = _restrict(statement, relation)
    keys = []
    for path, descending in sort:
        statement, columns = _sort_columns(statement, resource, table, path)
        keys += [column.desc() if descending else column.asc() for column in columns]
    statement = statement.order_by(*keys, table.c.seq) if keys else statement.order_by(*resource.default_order())
    if paged:
        statement = statement.limit(_number("limit")).offset(_number("offset"))
    return Statement(statement)


@lru_cache(maxsize=2048)
def _select_window(resource, relation, conditions, sort, after, before, backwards, linked):
    """Rows followed by their sort keys, between cursors, from either end."""
    statement, keys = _with_keys(select().select_from(resource.table), resource, sort)
    statement = statement.add_columns(
        *_columns(resource, linked), *(column.label(f"key{at}") for at, (column, _) in enumerate(keys))
    )
    statement = statement.where(*_where(resource, conditions))
    if relation is not None:
        statement = _restrict(statement, relation)
    if after is not None:
        statement = statement.where(_beyond(keys, "after", after, False))
    if before is not None:
        statement = statement.where(_beyond(keys, "before", before, True))
    directed = [column.desc() if descending != backwards else column.asc() for column, descending in keys]
    return Statement(statement.order_by(*directed).limit(_number("limit")))


def _with_keys(statement, resource, sort):
    """The statement joined as the sort needs it, and the sort keys [(column, descending)]; the last makes them unique."""
    keys = []
    for path, descending in sort:
        statement, columns = _sort_columns(statement, resource, resource.table, path)
        keys += [(column, descending) for column in columns]
    if not sort:
        keys = [(column, False) for column in resource.default_order()[:-1]]
    return statement, [*keys, (resource.table.c.seq, False)]


@lru_cache(maxsize=1024)
def _key_kinds(resource, sort):
    """The Python type of each sort key."""
    return tuple(column.type.python_type for column, _ in _with_keys(select(), resource, sort)[1])


def _beyond(keys, side, nulls, backwards):
    """That a row comes after (or before) the cursor: greater in the first key that differs. Null is the smallest."""
    clauses, equal = [], []
    for at, ((column, descending), null) in enumerate(zip(keys, nulls, strict=False)):
        value = bindparam(f"{side}{at}", type_=column.type)
        if descending == backwards:
            greater = column.is_not(None) if null else column > value
        else:
            greater = false() if null else or_(column < value, column.is_(None))
        clauses.append(and_(*equal, greater))
        equal.append(column.is_(None) if null else column == value)
    return or_(*clauses)


@lru_cache(maxsize=2048)
def _count(resource, relation, conditions):
    statement = select(func.count()).select_from(resource.table).where(*_where(resource, conditions))
    return Statement(_restrict(statement, relation) if relation is not None else statement)


@lru_cache(maxsize=256)
def _select_secret(resource, conditions, name):
    return Statement(select(resource.column(name)).where(*_where(resource, conditions)))


@lru_cache(maxsize=256)
def _select_one(resource, linked):
    return Statement(select(*_columns(resource, linked)).where(resource.table.c.id == bindparam("id")))


@lru_cache(maxsize=256)
def _select_id(resource):
    return Statement(select(resource.table.c.id).where(resource.table.c.id == bindparam("id")))


@lru_cache(maxsize=256)
def recent_ids(resource):
    """The ids of the five resources made last, for errors that name what there is."""
    return Statement(select(resource.table.c.id).order_by(resource.table.c.seq.desc()).limit(5))


@lru_cache(maxsize=256)
def _select_ids(resource):
    return Statement(select(resource.table.c.id).where(resource.table.c.id.in_(id_list("ids"))))


@lru_cache(maxsize=256)
def _select_by_ids(resource, linked):
    statement = select(*_columns(resource, linked)).where(resource.table.c.id.in_(id_list("ids")))
    return Statement(statement.order_by(*resource.default_order()))


@lru_cache(maxsize=256)
def _select_related_one(relation, linked):
    target = relation.target.table.alias()
    return Statement(
        select(*_columns(relation.target, linked, target))
        .join_from(relation.source.table, target, target.c.id == relation.column)
        .where(relation.source.table.c.id == bindparam("owner"))
    )


@lru_cache(maxsize=256)
def _select_to_one(relation):
    return Statement(select(relation.column).where(relation.source.table.c.id == bindparam("id")))


@lru_cache(maxsize=256)
def _select_linkage(relation):
    target = relation.target.table
    if relation.link is None:
        near = relation.inverse.column
        statement = select(near, target.c.id).where(near.in_(id_list("owners")))
    else:
        statement = (
            select(relation.near, target.c.id)
            .join_from(relation.link, target, target.c.id == relation.far)
            .where(relation.near.in_(id_list("owners")))
        )
    return Statement(statement.order_by(*relation.target.default_order()))


def _restrict(statement, relation):
    """Only the members of the relationship of `owner`."""
    if relation.link is None:
        return statement.where(relation.inverse.column == bindparam("owner"))
    members = select(relation.far).where(relation.near == bindparam("owner"))
    return statement.where(relation.target.table.c.id.in_(members))


def _sort_columns(statement, resource, table, path):
    """The statement joined along a to-one path, and the columns at its end."""
    for name in path[:-1]:
        relation = resource.relationships[name]
        target = relation.target.table.alias()
        statement = statement.outerjoin(target, target.c.id == table.c[relation.column.name])
        resource, table = relation.target, target
    return statement, resource.sort_columns(path[-1], table)


def _where(resource, conditions):
    """The SQL of all conditions, with parameters p0, p1, … in the order of Query.operands."""
    names = (f"p{index}" for index in count())
    return [_condition(resource, condition, names) for condition in conditions]


def _condition(resource, condition, names):
    """The SQL of one condition; takes the names of its operands from the iterator `names`."""
    if condition.operator == "or":
        return or_(*(_condition(resource, part, names) for part in condition.parts))
    needed = 0 if condition.operator in ("null", "not-null") else condition.count
    return _clause(resource, resource.table, condition.path, condition.operator, list(islice(names, needed)))


def _clause(resource, table, path, operator, names):
    name = path[0]
    if len(path) > 1:
        relation = resource.relationships[name]
        target = relation.target.table.alias()
        inner = _clause(relation.target, target, path[1:], operator, names)
        return exists(select(1).select_from(target).where(_joined(relation, table, target), inner))
    if name in resource.relationships:
        return _relationship_clause(resource.relationships[name], table, operator, names)
    if name == "id":
        column, nullable = table.c.id, False
        if operator in ("lt", "le", "gt", "ge"):  # the check-in API's ids are numbers
            column = case((func.ltrim(column, "0123456789") == "", cast(column, Integer)))
    else:
        field_ = resource.attributes[name]
        by_key = field_.has_key and operator != "like"
        column = table.c[f"{field_.name}_key" if by_key else resource.column(name).name]
        nullable = field_.nullable or field_.has_key  # a date that was never set has no key
    return _comparison(column, nullable, operator, names)


def _comparison(column, nullable, operator, names):
    if operator == "null":
        return column.is_(None)
    if operator == "not-null":
        return column.is_not(None)
    if operator == "like":
        return or_(*(func.instr(func.casefold(column), bindparam(name)) > 0 for name in names))
    if operator == "in":
        return column.in_(id_list(names[0]))
    if operator == "not-in":
        outside = column.not_in(id_list(names[0]))
        return or_(column.is_(None), outside) if nullable else outside
    operand = bindparam(names[0], type_=column.type)
    if operator == "ne":
        return column.is_distinct_from(operand) if nullable else column != operand
    return {
        "eq": column.__eq__,
        "lt": column.__lt__,
        "le": column.__le__,
        "gt": column.__gt__,
        "ge": column.__ge__,
    }[operator](operand)


def _relationship_clause(relation, table, operator, names):
    if not relation.many:
        return _comparison(table.c[relation.column.name], True, operator, names)
    target = relation.target.table.alias()
    clauses = [_joined(relation, table, target)]
    if operator in ("in", "not-in"):
        clauses.append(target.c.id.in_(id_list(names[0])))
    related = exists(select(1).select_from(target).where(and_(*clauses)))
    return not_(related) if operator in ("not-in", "null") else related


def _joined(relation, table, target):
    """That a row of `target` is the other end of `relation` from a row of `table`."""
    if not relation.many:
        return target.c.id == table.c[relation.column.name]
    if relation.link is None:
        return target.c[relation.inverse.column.name] == table.c.id
    link = relation.link.alias()
    return exists(
        select(1)
        .select_from(link)
        .where(link.c[relation.near.name] == table.c.id, link.c[relation.far.name] == target.c.id)
        .correlate(table, target)  # by itself it correlates with the nearest SELECT only, not with that of `table`
    )
