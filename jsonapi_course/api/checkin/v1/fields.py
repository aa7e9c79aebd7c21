"""The kinds of arguments and fields that V1 calls take, from paths, JSON or forms, and how they are read."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from ....engine import json_text
from ....engine.suggest import listed, shown
from ....errors import Fault, Faults, InvalidField


@dataclass(frozen=True)
class Kind:
    """`read(value)` gives what a call gets, or raises ValueError with what the value must be; `schema` is JSON Schema's."""

    read: Callable
    schema: dict


def _text(value):
    if isinstance(value, (dict, list)) or value is None:
        raise ValueError("must be text")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _id(value):
    if type(value) is int or isinstance(value, str) and value:
        return str(value)
    raise ValueError("must be an id")


def _whole_or_null(value):
    if value is None or type(value) is int:
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value, re.ASCII):
        return int(value)
    raise ValueError("must be a whole number or null")


def _role(value):
    if type(value) is int and value in (0, 1) or value in ("0", "1"):
        return int(value)
    raise ValueError("must be 1 (a teacher with the admin flag) or 0 (a student)")


def _date(value):
    if isinstance(value, str) and re.fullmatch(r"[12]\d{3}-\d\d-\d\d", value, re.ASCII):
        try:
            date.fromisoformat(value)
            return value
        except ValueError:
            pass
    raise ValueError("must be a date such as 2022-03-14")


def _moment(value):
    """A date or a date with a time, as datetime reads it."""
    if isinstance(value, str) and re.fullmatch(r"[12]\d{3}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?", value, re.ASCII):
        try:
            datetime.fromisoformat(value)
            return value
        except ValueError:
            pass
    raise ValueError("must be a date with a time such as 2022-03-14 10:22:00, or a date")


def _list(value):
    """A list of texts: a JSON array or its text, PHP's numbered fields, or one text."""
    value = _parsed(value)
    if isinstance(value, dict):
        value = list(value.values())
    items = value if isinstance(value, list) else [] if value in (None, "") else [value]
    if any(isinstance(item, (dict, list)) for item in items):
        raise ValueError("must be an array of texts or ids")
    return ["" if item is None else _text(item) for item in items]


def _answers(value):
    """{question: answer} or a list of answers, each as text."""
    value = _parsed(value)
    if isinstance(value, dict):
        return {name: _answer(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_answer(item) for item in value]
    raise ValueError('must be an object of answers such as {"mood_score": 4}, or an array of them')


def _answer(value):
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parsed(value):
    """The value of a JSON text; other texts, and what is no text, as they are."""
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            return json_text.parse(value.encode())
        except (Fault, Faults):
            return value
    return value


_ANY_JSON = {"type": ["string", "array", "object"]}
KINDS = {
    "text": Kind(_text, {"type": ["string", "number", "boolean"]}),
    "whole": Kind(_whole_or_null, {"type": ["integer", "string", "null"]}),
    "role": Kind(_role, {"enum": [0, 1, "0", "1"]}),
    "date": Kind(_date, {"type": "string", "format": "date"}),
    "moment": Kind(_moment, {"type": "string", "examples": ["2022-03-14 10:22:00"]}),
    "list": Kind(_list, _ANY_JSON),
    "answers by question": Kind(_answers, _ANY_JSON),
}
ID = Kind(_id, {"type": ["integer", "string"]})


def kind_of(name):
    """The Kind of that name; what is no kind is a type, and means its ids."""
    return KINDS.get(name, ID)


def read_fields(row, arguments, body):
    """({name: value}, [InvalidField]) of a call's path and body."""
    values, faults = {}, []
    for name, kind in {**row.arguments, **row.fields}.items():
        other = row.aliases.get(name)
        given = arguments if name in row.arguments else body
        at = other if other in given and name not in given else name
        if at in given:
            try:
                values[name] = kind_of(kind).read(given[at])
            except ValueError as error:
                faults.append(InvalidField(f"'{at}' {error}, not {shown(given[at])}.", member=at))
        elif name not in row.optional:
            faults.append(
                InvalidField(
                    f"'{name}' is required and is missing; {row.name} takes {listed(row.fields)}.", member=name
                )
            )
    return values, faults


def check(faults):
    """Raises Faults if there are any."""
    if faults:
        raise Faults(faults)
