"""The kinds of fields that V1 calls take, from JSON or from forms: ids and numbers may come as digit strings."""

import re

from ....engine.suggest import listed, shown
from ....errors import Faults, InvalidField


def _text(value):
    if isinstance(value, (dict, list)) or value is None:
        raise ValueError("must be text")
    return value if isinstance(value, str) else str(value)


def _id(value):
    if type(value) is int or isinstance(value, str) and value:
        return str(value)
    raise ValueError("must be an id")


def _whole(value):
    if type(value) is int:
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}", value, re.ASCII):
        return int(value)
    raise ValueError("must be a whole number")


def _role(value):
    if str(value) in ("0", "1") and not isinstance(value, bool):
        return int(value)
    raise ValueError("must be 1 (teacher with the admin flag) or 0 (student)")


KINDS = {"text": _text, "id": _id, "whole": _whole, "role": _role}


def read_fields(row, body):
    """{field: value} of what a call requires and may have. Raises Faults that name every field at fault."""
    values, faults = {}, []
    for name, kind in {**row.required, **row.optional}.items():
        if name not in body:
            if name in row.required:
                faults.append(
                    InvalidField(
                        f"'{name}' is required and is missing; {row.path} takes {listed(row.required)}.", member=name
                    )
                )
            continue
        try:
            values[name] = KINDS[kind](body[name])
        except ValueError as error:
            faults.append(InvalidField(f"'{name}' {error}, not {shown(body[name])}.", member=name))
    if faults:
        raise Faults(faults)
    return values
