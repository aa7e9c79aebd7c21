"""Cursors of the cursor-pagination profile: the sort values of the row that one falls on, as opaque text."""

import base64
import binascii

import orjson

PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
MAX_SIZE_EXCEEDED = f"{PROFILE}/max-size-exceeded"
UNSUPPORTED_SORT = f"{PROFILE}/unsupported-sort"

MAX_LENGTH = 2000  # two of them and the other parameters fit into the 8190 bytes that a request line may have

# The cursors before the first row and after the last, for the links `first` and `last`.
START = "start"
END = "end"
ENDS = (START, END)


def encode(order, values):
    """`order` says which sort the cursor belongs to; `values` are the row's, or START or END."""
    return base64.urlsafe_b64encode(orjson.dumps([order, values])).decode().rstrip("=")


def decode(order, text):
    """The values in a cursor, a list, START or END; not yet that they fit. Raises ValueError: it is none, or of another sort."""
    try:
        content = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        content = None
    match content:
        case [str(its_order), values] if values in ENDS or isinstance(values, list):
            if its_order != order:
                raise ValueError("belongs to another sort or collection: follow the links next and prev")
            return values
    raise ValueError("is not a cursor: take it from the links next and prev")


def check_fits(values, kinds):
    """That the values in a cursor are of the Python types `kinds` of the sort's keys, or null. Raises ValueError.

    The last key, the order of creation, is never null. What passes can be bound: no integer over 64 bits, no U+0000.
    """
    if len(values) != len(kinds) or values[-1] is None or not all(map(_fits, values, kinds)):
        raise ValueError("is not a cursor: take it from the links next and prev")


def _fits(value, kind):
    if value is None:
        return True
    if kind is str:
        return isinstance(value, str) and "\0" not in value
    if kind is bool:
        return value in (0, 1)  # False and True, too: not every database has them
    return type(value) in ((int,) if kind is int else (int, float)) and -(2**63) <= value < 2**63
