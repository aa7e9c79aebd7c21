"""Cursors of the cursor-pagination profile: the sort values of the row that one falls on, as opaque text."""

import base64
import binascii

import orjson

PROFILE = "https://jsonapi.org/profiles/ethanresnick/cursor-pagination"
MAX_SIZE_EXCEEDED = f"{PROFILE}/max-size-exceeded"

END = "end"  # the cursor after the last row, for the link `last`


def encode(order, values):
    """`order` says which sort the cursor belongs to; `values` are the row's, or END."""
    return base64.urlsafe_b64encode(orjson.dumps([order, values])).decode().rstrip("=")


def decode(order, text):
    """The values in a cursor, a list or END. Raises ValueError where it is none, or of another sort."""
    try:
        content = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        content = None
    match content:
        case [str(its_order), values] if values == END or isinstance(values, list):
            if its_order != order:
                raise ValueError("belongs to another sort or collection: follow the links next and prev")
            if values != END and not all(isinstance(value, str | int | float | None) for value in values):
                raise ValueError("is not a cursor of this service")
            return values
    raise ValueError("is not a cursor: take it from the links next and prev")
