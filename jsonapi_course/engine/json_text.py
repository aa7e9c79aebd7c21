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
    """Stands in the parsed value where the text had something that JSON forbids; `detail` is the sentence."""

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
        return _Flaw("The integer does not fit into 64 bits: send it as a string, in double quotes.")
    return int(digits)


def _number(text):
    value = float(text)
    return _Flaw(f"{text} is larger than any number the service can store.") if value in (_INF, -_INF) else value


_INF = float("inf")
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_number,
    parse_constant=lambda name: _Flaw(
        f"{name} is not a JSON value: send a number or null (a calculation with a text or a missing value gives {name})."
    ),
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

# What a whole body begins with that was never meant as JSON, and what to do.
_NO_JSON = [
    (r"\[object ", "a JavaScript object was sent as it is: with fetch, write body: JSON.stringify(object)"),
    (r"(undefined|NaN)$", "a JavaScript variable without a value was sent: check what body: is set to"),
    (r"[\w.%\[\]-]+=", 'this is a form, name=value: send an object, {"data": {"type": "…", "attributes": {…}}}'),
    (r"<", "this is XML or HTML"),
    (r"'\s*[{\[]", "Windows leaves single quotes in place: write the JSON to a file and send it with curl -d @file"),
]

# What stands where the JSON breaks off, and how to mend it.
_HINTS = [
    (r"['`]", "JSON has double quotes only: write \"name\" instead of 'name'"),
    (r"[“”„‟‘’‚«»]", 'typographic quotes are not JSON\'s: write straight ones, "name"'),
    (r"//|/\*|#", "JSON has no comments: take it out"),
    (r"undefined\b", "undefined is not a JSON value: a variable is not set; JSON.stringify(object) leaves it out"),
    (r"(True|False|None)\b", "JSON writes true, false and null; in Python, json.dumps(value) does"),
]

# The parser's messages, for beginners.
_MESSAGES = {
    "Expecting ',' delimiter": 'a comma is missing before it, or a quotation mark inside of a text is not written \\"',
    "Expecting ':' delimiter": 'between a name and its value stands a colon: "name": "value"',
    "Invalid \\escape": "a backslash in a text is written \\\\",
    "Unterminated string starting at": "the text is not closed: its second quotation mark is missing",
}
_BARE_WORD = "names and texts stand in double quotes; the only bare words are true, false and null"


def _malformed(text, error):
    start = len(text) - len(text.lstrip(" \t\r\n"))
    at = start + error.pos
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    where = f"line {line}, column {column}"
    rest = text[at:].lstrip()
    if error.msg == "Extra data":
        return MalformedJSON(
            f"The JSON value is complete before {where}, but more text follows, {rest[0]!r}: send one value and nothing "
            "after it."
        )
    if not rest:
        return MalformedJSON(f"The body ends at {where} in the middle of a value: was it cut short?")
    if error.msg.startswith("Invalid control character"):
        return MalformedJSON(f"There is a line break or control character inside a string at {where}: write \\n.")
    hint = _hint(text.strip(), rest, text[:at].rstrip()[-1:], error.msg)
    return MalformedJSON(f"The body is not JSON at {where}, before {rest[0]!r}: {hint}.")


def _hint(whole, rest, before, message):
    """What is wrong where `rest` begins and the character `before` it stands; parts of a sentence."""
    for beginning, hint in _NO_JSON:
        if re.match(beginning, whole):
            return hint
    # Python 3.13 points at the comma, older versions at the bracket
    if message.startswith("Illegal trailing comma") or rest[0] in "}]" and before == ",":
        return "there is a comma before the closing bracket, which JSON does not allow: take it out"
    for beginning, hint in _HINTS:
        if re.match(beginning, rest):
            return hint
    if rest[0] in "}]" and before == ":":
        return "the value after the colon is missing; write null for none"
    if rest[0].isdigit() and before in ("0", "-"):
        return "a number has no zeros before it: write 7, not 07"
    if message in _MESSAGES:
        return _MESSAGES[message]
    return _BARE_WORD if re.match(r"[A-Za-z_$]", rest) else message[0].lower() + message[1:]


def _walk(value, pointer, depth, faults):
    if isinstance(value, str):
        _check_text(value, pointer, faults)
    elif isinstance(value, _Flaw):
        faults.append(MalformedJSON(value.detail, pointer=pointer))
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
