"""A request's query string as one frozen value, Query. All names are checked here; no SQL yet."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from ..errors import (
    IgnoredParameter,
    InvalidParameter,
    MaxSizeExceeded,
    PlainFilter,
    UnknownField,
    UnknownParameter,
    UnmatchableValue,
)
from . import cursor
from .findings import Findings
from .suggest import did_you_mean, listed, near, quoted, shown

MAX_INCLUDE_DEPTH = 5
MAX_PAGE_SIZE = 1000
DEFAULT_PAGE_SIZE = 20

# What an endpoint's query string may hold.
COLLECTION = frozenset({"include", "fields", "sort", "page", "filter"})
RESOURCE = frozenset({"include", "fields"})
NOTHING = frozenset()

OPERATORS = ("eq", "ne", "in", "lt", "le", "gt", "ge", "like")

# What other APIs call the operators and parameters that this one has too.
OTHER_OPERATORS = {
    **dict.fromkeys(("=", "==", "is", "equal", "equals"), "eq"),
    **dict.fromkeys(("!=", "neq", "not"), "ne"),
    **dict.fromkeys((">=", "gte"), "ge"),
    **dict.fromkeys(("<=", "lte"), "le"),
    ">": "gt",
    "<": "lt",
    **dict.fromkeys(("contains", "ilike", "search", "match", "startswith"), "like"),
}
OTHER_PARAMETERS = {
    **dict.fromkeys(("limit", "count", "top", "take"), "page[limit]"),
    **dict.fromkeys(("size", "per-page", "perpage", "pagesize", "page-size"), "page[size]"),
    **dict.fromkeys(("offset", "skip", "start"), "page[offset]"),
    **dict.fromkeys(("number", "pagenumber", "page-number"), "page[number]"),
    **dict.fromkeys(("order", "order-by", "orderby", "sort-by", "sortby", "ordering"), "sort"),
    **dict.fromkeys(("expand", "embed", "populate", "with", "join"), "include"),
}


@dataclass(frozen=True)
class Condition:
    """One filter. `path` is relationship names, then an attribute, relationship or "id".

    `operator`: eq, ne, lt, le, gt, ge take one operand; in, not-in one list; like `count` texts of which any
    holds; null and not-null none.
    """

    path: tuple
    operator: str
    count: int = 1
    parts: tuple = ()


@dataclass(frozen=True)
class Page:
    """`limit` rows after `offset`, or after and before a cursor; `style` is that of the links.

    `after` and `before` are what cursor.decode gives: a list of sort values, START or END.
    """

    style: str
    offset: int
    limit: int
    after: list | str | None = None
    before: list | str | None = None


@dataclass(frozen=True)
class Query:
    """What to read of one type. `include` is a tree {name: {…}} or None where none was asked for.

    `conditions` with their `operands` in order; `sort` is ((path, descending), …); `fields` is
    {type: names}; `verify` is a (secret attribute, plain text) that the one matching row must have.
    """

    type: str
    conditions: tuple = ()
    operands: tuple = ()
    sort: tuple = ()
    page: Page | None = None
    include: dict | None = None
    fields: dict | None = None
    verify: tuple | None = None

    def and_where(self, condition, *operands):
        return replace(self, conditions=(*self.conditions, condition), operands=(*self.operands, *operands))


def query_from_args(resource, args, findings, allowed=COLLECTION, cursors=False):
    """The Query for `resource` in `args`, a list of (name, value) as they stand in the URL.

    Faults go to `findings`, each with its parameter. Names that begin with _ are ignored (cache busters).
    `cursors`: page[size] alone means the cursor style, because the client asked for its profile.
    """
    try:
        return _faultless(resource, tuple(args), allowed, findings.strict, cursors)
    except _Remarkable:
        return _Parser(resource, args, findings, allowed, cursors).parse()


class _Remarkable(Exception):
    """A query string about which there is something to say, or which holds a secret: not to be kept."""


@lru_cache(maxsize=1024)
def _faultless(resource, args, allowed, strict, cursors):
    """The Query of arguments without a fault or warning; clients ask for the same few again and again."""
    findings = Findings(strict)
    query = _Parser(resource, args, findings, allowed, cursors).parse()
    if findings.faults or findings.warnings or query.verify:
        raise _Remarkable
    return query


def order_name(query):
    """Which order a cursor of the query belongs to: the type and the sort."""
    keys = [("-" if descending else "") + ".".join(path) for path, descending in query.sort]
    return f"{query.type}:{','.join(keys)}"


class _Parser:
    def __init__(self, resource, args, findings, allowed, cursors):
        self.resource = resource
        self.registry = resource.registry
        self.findings = findings
        self.allowed = allowed
        self.cursors = cursors
        self.args = {}
        for name, value in args:
            self.args.setdefault(name, []).append(value)
        self.include = None
        self.fields = {}
        self.sort = ()
        self.page_values = {}
        self.conditions = []
        self.operands = []
        self.verify = None

    def parse(self):
        for name, values in self.args.items():
            family, brackets = _split(name)
            if name.startswith("_"):
                self.findings.tolerate(
                    IgnoredParameter(
                        f"The parameter {shown(name)} begins with _: such names are taken for cache busters, which are not "
                        "needed here. Leave it out.",
                        parameter=name,
                    )
                )
            elif family in COLLECTION:
                self._parse_family(name, family, brackets, values)
            else:
                self._parse_plain(name, values)
        self._check_secret()
        query = Query(
            type=self.resource.type,
            conditions=tuple(self.conditions),
            operands=tuple(self.operands),
            sort=self.sort or (),
            include=self.include,
            fields=self.fields or None,
            verify=self.verify,
        )
        return replace(query, page=self._page(query))

    def fault(self, row, detail, parameter, **more):
        self.findings.add(row(detail, parameter=parameter, **more))

    # --- which parameter is it ----------------------------------------------------------------------
    def _parse_family(self, name, family, brackets, values):
        if family not in self.allowed:
            where = "a collection" if self.allowed else "reading resources"
            self.fault(
                UnknownParameter,
                f"The parameter '{family}' belongs to {where}, not to this request: leave it out, or GET "
                f"/{self.resource.type}?{self._example(family)}.",
                name,
            )
        elif brackets is None:
            self.fault(
                InvalidParameter,
                f"The brackets in {shown(name)} do not match; write for example {self._example(family)}.",
                name,
            )
        elif family == "filter":
            self._parse_filter(name, brackets, values)
        elif len(values) > 1:
            self.fault(
                InvalidParameter, f"{quoted(name)} is given {len(values)} times; join its values with commas.", name
            )
        else:
            getattr(self, f"_parse_{family}")(name, brackets, values[0])

    def _parse_plain(self, name, values):
        resource = self.resource
        if name == "id" or name in resource.attributes or name in resource.relationships:
            if "filter" not in self.allowed:
                self.fault(
                    UnknownParameter,
                    f"Filters such as '{name}' belong to a collection, not to this request: leave it out, or GET "
                    f"/{resource.type}?{name}=….",
                    name,
                )
                return
            if self.findings.strict:
                self.fault(
                    PlainFilter,
                    f"JSON:API reserves the plain parameter name {quoted(name)}; in strict mode write filter[{name}]=….",
                    name,
                    suggestions=[f"filter[{name}]"],
                )
            self._add_condition(name, (name,), "eq", values)
            return
        filters = ["id", *resource.attributes, *resource.relationships] if "filter" in self.allowed else []
        known = [*sorted(self.allowed), *filters]
        hint, suggestions = did_you_mean(name, known)
        if suggested := self._suggested_parameter(name):
            hint, suggestions = f"; did you mean {quoted(suggested)}?", [suggested]
        self.fault(
            UnknownParameter,
            f"{quoted(_short(name))} is neither a query parameter nor an attribute or relationship of "
            f"'{resource.type}'{hint or '; there are ' + listed(known) + '.' if known else '; leave it out.'}",
            name,
            suggestions=suggestions,
            allowed=known,
        )

    def _suggested_parameter(self, name):
        """What was meant by a name that is no filter of this type, where nearness of names cannot tell; or None."""
        family, path = re.fullmatch(r"([^.\[]*)[.\[]?(.*?)\]?", name, re.S).groups()
        word = re.sub("[_-]+", "-", family).lower()
        relation = self.resource.relationships.get(family) or self.resource.by_alias(family)
        if word in OTHER_PARAMETERS and OTHER_PARAMETERS[word].partition("[")[0] in self.allowed:
            return OTHER_PARAMETERS[word]
        if "filter" not in self.allowed:
            return None
        if relation:
            return f"filter[{relation.name}.{path}]" if path else relation.name
        if family in COLLECTION and path:
            return f"{family}[{path}]"
        if word in ("q", "query", "search"):
            return next((f"filter[{field}][like]" for field in self.resource.visible), None)
        return None

    def _example(self, family):
        """A parameter of the family that this type has."""
        attribute = next(iter(self.resource.visible), "id")
        relation = next(iter(self.resource.relationships), "")
        return {
            "filter": f"filter[{attribute}]=…",
            "page": "page[number]=1&page[size]=20",
            "fields": f"fields[{self.resource.type}]={attribute}",
            "sort": f"sort=-{attribute}",
            "include": f"include={relation}",
        }[family]

    # --- include, fields, sort, page ----------------------------------------------------------------
    def _parse_include(self, name, brackets, value):
        if brackets:
            self.fault(InvalidParameter, f"include has no brackets: write {self._example('include')}.", name)
            return
        self.include = {}
        for path in value.split(",") if value else ():
            self._include_path(name, path)

    def _include_path(self, parameter, path):
        names = path.split(".")
        if len(names) > MAX_INCLUDE_DEPTH:
            self.fault(
                InvalidParameter,
                f"The include path {shown(path)} has {len(names)} levels; at most {MAX_INCLUDE_DEPTH} are possible.",
                parameter,
            )
            return
        resource, tree = self.resource, self.include
        for name in names:
            relation = resource.relationships.get(name)
            if relation is None:
                self._unknown_field(parameter, resource, name, resource.relationships, "relationship", path)
                return
            tree = tree.setdefault(name, {})
            resource = relation.target

    def _unknown_field(self, parameter, resource, name, known, word, path):
        hint, suggestions = did_you_mean(name, known)
        whole = f" (in {shown(path)})" if path != name else ""
        alias = resource.by_alias(name)
        if name in resource.attributes:
            secret = resource.attributes[name].secret
            hint = f"; it is {'write-only' if secret else 'an attribute, not a relationship, and comes by itself'}."
            hint += f" Relationships are {listed(known)}." if known and not secret else ""
        elif alias and alias.name in known:
            hint, suggestions = f"; did you mean {quoted(alias.name)}?", [alias.name]
        elif name in resource.relationships:
            relation = resource.relationships[name]
            attribute = next(iter(relation.target.visible), "id")
            hint = f"; it is a relationship to many, which has no one value: there are {listed(known)}."
            if not relation.many:
                hint, suggestions = f"; it is a relationship: write {name}.{attribute}.", [f"{name}.{attribute}"]
        elif not hint:
            hint = f"; there are {listed(known)}." if known else "; it has none."
        self.fault(
            UnknownField,
            f"'{resource.type}' has no {word} {shown(name)}{whole}{hint}",
            parameter,
            suggestions=suggestions,
            allowed=list(known),
        )

    def _parse_fields(self, parameter, brackets, value):
        if len(brackets) != 1:
            self.fault(
                InvalidParameter,
                f"{quoted(parameter)} does not name one type in brackets: write {self._example('fields')}.",
                parameter,
            )
            return
        type_ = brackets[0]
        if type_ not in self.registry:
            hint, suggestions = self.registry.suggest(type_)
            self.fault(
                UnknownField,
                f"There is no type {shown(type_)}{hint or '; there are ' + listed(self.registry.resources) + '.'}",
                parameter,
                suggestions=suggestions,
                allowed=[resource.type for resource in self.registry],
            )
            return
        resource, names = self.registry[type_], []
        for name in value.split(",") if value else ():
            if name in resource.visible or name in resource.relationships:
                names.append(name)
            else:
                self._unknown_field(parameter, resource, name, resource.fields, "field", name)
        self.fields[type_] = frozenset(names)

    def _parse_sort(self, parameter, brackets, value):
        if brackets:
            self.fault(InvalidParameter, f"sort has no brackets: write {self._example('sort')}.", parameter)
            return
        keys = []
        for key in value.split(","):
            path = key.removeprefix("-")
            names = tuple(path.split("."))
            if not path:
                self.fault(
                    InvalidParameter,
                    f"A name is missing in sort={_short(value)}: write {self._example('sort')}.",
                    parameter,
                )
            elif marked := _MARKED_KEY.fullmatch(path):
                self._marked_sort(parameter, path, *marked.groups(""))
            elif self._sort_path(parameter, names, path):
                keys.append((names, key.startswith("-")))
        self.sort = tuple(keys) if len(keys) == len(value.split(",")) else None

    def _marked_sort(self, parameter, path, name, direction):
        mended = f"-{name}" if direction.lower() == "desc" else name
        self.fault(
            InvalidParameter,
            f"Cannot sort by {shown(path)}: ascending has no mark and descending a - before the name; write sort={mended}.",
            parameter,
            suggestions=[mended],
        )

    def _sort_path(self, parameter, names, path):
        resource = self.resource
        for name in names[:-1]:
            relation = resource.relationships.get(name)
            if relation is None:
                to_one = [known for known, relation in resource.relationships.items() if not relation.many]
                self._unknown_field(parameter, resource, name, to_one, "to-one relationship", path)
                return False
            if relation.many:
                self.fault(
                    InvalidParameter,
                    f"Cannot sort by {shown(path)}: '{name}' is to-many, so there is no one value to sort by.",
                    parameter,
                )
                return False
            resource = relation.target
        if names[-1] == "id" or names[-1] in resource.visible:
            return True
        self._unknown_field(parameter, resource, names[-1], ["id", *resource.visible], "attribute", path)
        return False

    def _parse_page(self, parameter, brackets, value):
        if len(brackets) != 1 or brackets[0] not in _PAGE_NAMES:
            suggestions = [f"page[{name}]" for name in near(brackets[0] if brackets else "", _PAGE_NAMES)]
            if not brackets or brackets[0] in ("", "page", "no", "nr"):
                suggestions = ["page[number]"]
            hint = f"did you mean '{suggestions[0]}={_short(value)}'? Pages" if suggestions else "pages"
            self.fault(
                UnknownParameter,
                f"There is no parameter {shown(parameter)}; {hint} are asked for by page[number] and page[size], by "
                "page[offset] and page[limit], or by page[after], page[before] and page[size].",
                parameter,
                suggestions=suggestions,
                allowed=[f"page[{name}]" for name in _PAGE_NAMES],
            )
            return
        name = brackets[0]
        if name in ("after", "before"):
            self.page_values[name] = value
            return
        least, most = _PAGE_RANGES[name]
        if re.fullmatch(r"[0-9]{1,15}", value) and least <= int(value) <= most:
            self.page_values[name] = int(value)
        elif name == "size" and re.fullmatch(r"[0-9]+", value) and value.strip("0"):
            self.fault(
                MaxSizeExceeded,
                f"page[size] is at most {MAX_PAGE_SIZE}, not {_short(value)}.",
                parameter,
                type_=cursor.MAX_SIZE_EXCEEDED,
                meta={"page": {"maxSize": MAX_PAGE_SIZE}},
            )
        else:
            upto = f" to {most}" if most == MAX_PAGE_SIZE else " up"
            self.fault(
                InvalidParameter, f"{parameter} is a whole number from {least}{upto}, not {shown(value)}.", parameter
            )

    def _page(self, query):
        values = self.page_values
        if not values:
            return None
        styles = {_PAGE_STYLES[name] for name in values} - {None}
        if len(styles) > 1 or "offset" in styles and "size" in values:
            self.fault(
                InvalidParameter,
                "Styles of paging are mixed: use page[number] with page[size], page[offset] with page[limit], or "
                "page[after] and page[before] with page[size].",
                f"page[{next(iter(values))}]",
            )
            return None
        if "offset" in styles:
            return Page("offset", values.get("offset", 0), values.get("limit", DEFAULT_PAGE_SIZE))
        size = values.get("size", DEFAULT_PAGE_SIZE)
        if "cursor" in styles or self.cursors and "number" not in values:
            if {"after", "before"} <= values.keys():
                size = values.get("size", MAX_PAGE_SIZE)
            return Page("cursor", 0, size, self._cursor("after", query), self._cursor("before", query))
        return Page("number", (values.get("number", 1) - 1) * size, size)

    def _cursor(self, name, query):
        if name not in self.page_values or self.sort is None:
            return None
        try:
            return cursor.decode(order_name(query), self.page_values[name])
        except ValueError as error:
            self.fault(InvalidParameter, f"The value of page[{name}] {error}.", f"page[{name}]")
            return None

    # --- filters ------------------------------------------------------------------------------------
    def _parse_filter(self, parameter, brackets, values):
        if not 1 <= len(brackets) <= 2 or not brackets[0]:
            self.fault(
                InvalidParameter,
                f"{shown(parameter)} does not name one attribute or relationship in brackets: write "
                f"{self._example('filter')}, or filter[name][operator]=value.",
                parameter,
            )
            return
        operator = brackets[1] if len(brackets) == 2 else "eq"
        if operator not in OPERATORS:
            hint, suggestions = did_you_mean(operator, OPERATORS)
            relation = self.resource.relationships.get(brackets[0])
            meant = OTHER_OPERATORS.get(operator.lower().replace("_", ""))
            if meant:
                hint, suggestions = f"; did you mean '{meant}'?", [meant]
            elif relation and operator in ("id", *relation.target.visible):
                hint = f"; a path through a relationship has a dot: write filter[{relation.name}.{operator}]."
            self.fault(
                InvalidParameter,
                f"There is no filter operator {shown(operator)}{hint or '; there are ' + listed(OPERATORS) + '.'}",
                parameter,
                suggestions=suggestions,
                allowed=OPERATORS,
            )
            return
        path = tuple(brackets[0].split("."))
        if len(path) > MAX_INCLUDE_DEPTH:
            self.fault(
                InvalidParameter, f"A filter path has at most {MAX_INCLUDE_DEPTH} levels, not {len(path)}.", parameter
            )
            return
        self._add_condition(parameter, path, operator, values)

    def _add_condition(self, parameter, path, operator, values):
        resource = self.resource
        for name in path[:-1]:
            relation = resource.relationships.get(name)
            if relation is None:
                self._unknown_field(parameter, resource, name, resource.relationships, "relationship", ".".join(path))
                return
            resource = relation.target
        name = path[-1]
        if name in resource.relationships:
            self._relationship_condition(parameter, path, resource.relationships[name], operator, values)
        elif name == "id":
            self._id_condition(parameter, path, operator, values)
        elif name not in resource.attributes:
            known = ["id", *resource.visible, *resource.relationships]
            self._unknown_field(parameter, resource, name, known, "attribute or relationship", ".".join(path))
        elif resource.attributes[name].secret:
            self._secret_condition(parameter, path, operator, values)
        else:
            self._attribute_condition(parameter, path, resource.attributes[name], operator, values)

    def _operator_fault(self, parameter, operator, name, possible):
        self.fault(
            InvalidParameter,
            f"'{name}' cannot be compared by {quoted(operator)}; possible are {listed(possible)}.",
            parameter,
            allowed=possible,
        )

    def _id_condition(self, parameter, path, operator, values):
        if operator not in ("eq", "in", "ne"):
            self._operator_fault(parameter, operator, "id", ("eq", "ne", "in"))
            return
        wanted = [value for text in values for value in text.split(",")]
        self._append(path, "not-in" if operator == "ne" else "in", [tuple(wanted)])

    def _relationship_condition(self, parameter, path, relation, operator, values):
        if operator not in ("eq", "in", "ne"):
            self._operator_fault(parameter, operator, relation.name, ("eq", "ne", "in"))
            return
        if operator == "in":
            values = [value for text in values for value in text.split(",")]
        nothing = [value for value in values if value in ("", "null")]
        some = tuple(value for value in values if value not in ("", "null"))
        if nothing and some:
            self.fault(
                InvalidParameter, f"'{relation.name}' cannot be asked for null and for an id at once.", parameter
            )
        elif nothing:
            self._append(path, "not-null" if operator == "ne" else "null", [])
        else:
            self._append(path, "not-in" if operator == "ne" else "in", [some])

    def _attribute_condition(self, parameter, path, field, operator, values):
        if operator not in field.operators:
            self._operator_fault(parameter, operator, field.data_key, field.operators)
            return
        if operator == "in":
            values = [value for text in values for value in text.split(",")]
        if field.nullable and "null" in values:
            if len(values) > 1 or operator not in ("eq", "ne"):
                self.fault(InvalidParameter, f"'{field.data_key}' takes null alone and with eq or ne.", parameter)
            else:
                self._append(path, "not-null" if operator == "ne" else "null", [])
            return
        if operator == "like":
            self._append(path, "like", [value.casefold() for value in values], count=len(values))
            return
        operands = []
        for value in values:
            try:
                operands.append(field.operand(value))
            except ValueError as error:
                self.fault(
                    InvalidParameter,
                    f"The value of '{field.data_key}' {error}, not {shown(value)}{field.hint(value)}.",
                    parameter,
                )
            else:
                self._warn_of_unmatchable(parameter, field, value)
        if not operands:
            return
        if operator in ("eq", "in", "ne"):
            if len(operands) == 1:
                self._append(path, "ne" if operator == "ne" else "eq", operands)
            else:
                self._append(path, "not-in" if operator == "ne" else "in", [tuple(operands)])
        else:
            # given twice, any holds: that is the widest of them
            self._append(path, operator, [max(operands) if operator in ("lt", "le") else min(operands)])

    def _warn_of_unmatchable(self, parameter, field, value):
        unset = not field.required and value == field.absent
        if field.choices and value not in field.choices and not unset:
            suggestions = near(value, field.choices)
            hint = f"; did you mean '{suggestions[0]}'?" if suggestions else "."
            self.findings.warn(
                UnmatchableValue(
                    f"No resource can have {shown(value)} as '{field.data_key}': it is {field.rule()}{hint}",
                    parameter=parameter,
                    suggestions=suggestions,
                )
            )

    def _secret_condition(self, parameter, path, operator, values):
        if len(path) > 1 or operator != "eq":
            self.fault(
                InvalidParameter,
                f"'{path[-1]}' can only be checked, by {path[-1]}=… together with the one user's email.",
                parameter,
            )
        elif len(values) > 1 or self.verify is not None:
            self.fault(InvalidParameter, f"'{path[-1]}' is given more than once.", parameter)
        else:
            self.verify = (path[-1], values[0])
            self.secret_parameter = parameter

    def _check_secret(self):
        if self.verify is None:
            return
        unique = [name for name, field in self.resource.attributes.items() if field.unique]
        pinned = [
            condition
            for condition in self.conditions
            if condition.operator == "eq" and len(condition.path) == 1 and condition.path[0] in unique
        ]
        if not pinned:
            self.fault(
                InvalidParameter,
                f"'{self.verify[0]}' is only accepted together with one {listed(unique)}: "
                f"?{unique[0]}=…&{self.verify[0]}=….",
                self.secret_parameter,
            )

    def _append(self, path, operator, operands, count=1):
        self.conditions.append(Condition(path, operator, count))
        self.operands.extend(operands)


_PAGE_RANGES = {
    "number": (1, 10**15 - 1),
    "size": (1, MAX_PAGE_SIZE),
    "offset": (0, 10**15 - 1),
    "limit": (1, MAX_PAGE_SIZE),
}
_PAGE_STYLES = {
    "number": "number",
    "size": None,  # belongs to numbers and to cursors
    "offset": "offset",
    "limit": "offset",
    "after": "cursor",
    "before": "cursor",
}
_PAGE_NAMES = list(_PAGE_STYLES)
# The direction said in another way: +name (whose + is a space in a URL), name asc, name:desc.
_MARKED_KEY = re.compile(r"(?=.*[ +:])[ +]*([\w.-]+?)(?:[ :](asc|desc))?", re.I)


def _split(name):
    """'filter[a.b][lt]' → ('filter', ['a.b', 'lt']); (family, None) where the brackets do not match."""
    family, bracket, rest = name.partition("[")
    if not bracket:
        return name, []
    if not re.fullmatch(r"(\[[^\[\]]*\])+", bracket + rest):
        return family, None
    return family, re.findall(r"\[([^\[\]]*)\]", bracket + rest)


def _short(name):
    return name if len(name) <= 60 else name[:59] + "…"


def query_text(args):
    """The query string of a list of (name, value), percent-encoded."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe=',')}" for name, value in args)
