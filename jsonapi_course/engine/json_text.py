"""The body's bytes to Python values, by the letter of JSON; every fault says where it is.

The standard library's parser is used because orjson accepts names given twice and 2**63; what the
standard library lets through (NaN, names given twice, lone surrogates, U+0000, deep nesting, huge
integers) is found by one walk over the result.
"""

import json
import re

from ..errors import EmptyBody, Faults, MalformedJSON

MAX_DEPTH = 32
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Flaw:
    """Stands in the parsed value where the text had something that JSON forbids."""

    def __init__(self, detail):
        self.detail = detail


class _Members(dict):
    """An object whose text had `twice` more than once."""

    twice = None


def _object(pairs):
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen, members = set(), _Members(members)
    members.twice = next(name for name, _ in pairs if name in seen or seen.add(name))
    return members


def _integer(digits):
    if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
        return _Flaw("an integer that does not fit into 64 bits; send it as a string")
    return int(digits)


def _number(text):
    value = float(text)
    return _Flaw(f"{text} is larger than any number the service can store") if value in (_INF, -_INF) else value


_INF = float("inf")
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_number,
    parse_constant=lambda name: _Flaw(f"{name} is not a JSON value; use null or a number"),
)


def parse(body):
    """The value in `body` (bytes, UTF-8). Raises Faults of 400, each with line and column or pointer."""
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise Faults(
            [MalformedJSON(f"The body is not UTF-8: byte {error.start} is wrong. JSON is always sent in UTF-8.")]
        ) from None
    if not text.strip(" \t\r\n"):
        raise Faults([EmptyBody(_EMPTY)])
    try:
        value = _DECODER.decode(text.strip(" \t\r\n"))
    except json.JSONDecodeError as error:
        raise Faults([_malformed(text, error)]) from None
    except RecursionError:
        raise Faults([MalformedJSON(f"The body is nested deeper than {MAX_DEPTH} levels.", pointer="")]) from None
    faults = []
    _walk(value, "", 1, faults)
    if faults:
        raise Faults(faults)
    return value


_EMPTY = (
    'The body is empty, but this request needs a document such as {"data": {"type": "…", …}}. '
    "With fetch, set body: JSON.stringify(…); with curl, -d '…'."
)

_HINTS = [
    ("'", "JSON has double quotes only: write \"name\" instead of 'name'"),
    (("}", "]"), "there is a comma before the closing bracket, which JSON does not allow"),
    ("/", "JSON has no comments"),
    ("#", "JSON has no comments"),
]


def _malformed(text, error):
    start = len(text) - len(text.lstrip(" \t\r\n"))
    at = start + error.pos
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    where = f"line {line}, column {column}"
    rest = text[at:].lstrip()
    if error.msg == "Extra data":
        return MalformedJSON(f"The JSON value ends at {where}, but more text follows: send one value only.")
    if not rest:
        return MalformedJSON(f"The body ends at {where} in the middle of a value: was it cut short?")
    if error.msg.startswith("Invalid control character"):
        return MalformedJSON(f"There is a line break or control character inside a string at {where}: write \\n.")
    hint = next((hint for start, hint in _HINTS if rest.startswith(start)), None)
    if hint is None and re.match(r"[A-Za-z_$]", rest):
        hint = "names and texts stand in double quotes; the only bare words are true, false and null"
    hint = hint or _in_words(error.msg)
    return MalformedJSON(f"The body is not JSON at {where}, before {rest[:12]!r}: {hint}.")


def _in_words(message):
    return message[0].lower() + message[1:]


def _walk(value, pointer, depth, faults):
    if isinstance(value, str):
        _check_text(value, pointer, faults)
    elif isinstance(value, _Flaw):
        faults.append(MalformedJSON(f"Here is {value.detail}.", pointer=pointer))
    elif isinstance(value, (dict, list)):
        if depth > MAX_DEPTH:
            faults.append(MalformedJSON(f"The body is nested deeper than {MAX_DEPTH} levels.", pointer=pointer))
            return
        if isinstance(value, _Members):
            faults.append(
                MalformedJSON(
                    f"The name '{_printable(value.twice)}' is given twice in one object; keep one of them.",
                    pointer=pointer,
                )
            )
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in items:
            if isinstance(name, str):
                _check_text(name, pointer, faults)
            _walk(item, f"{pointer}/{_escaped(name)}", depth + 1, faults)


def _check_text(text, pointer, faults):
    if "\0" in text:
        faults.append(MalformedJSON("The text has the character U+0000, which cannot be stored.", pointer=pointer))
    if not text.isascii() and _SURROGATE.search(text):
        faults.append(
            MalformedJSON(
                "The text has half of a character pair (a lone surrogate, \\ud800 to \\udfff).", pointer=pointer
            )
        )


def _printable(name):
    return name.encode("utf-8", "replace").decode()


def _escaped(name):
    return _printable(name).replace("~", "~0").replace("/", "~1") if isinstance(name, str) else name
