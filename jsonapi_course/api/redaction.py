"""Blacks out passwords and tokens in what a console shows: JSON, forms, URLs, headers, and text that is none of them.

What a member or parameter with a telling name holds is replaced, whatever it is; the same value is then replaced in
every other place of the record, too. Where it cannot be told which part of a text is secret, all of it is taken.
"""

import json
import re
from urllib.parse import quote, unquote_plus

BLACK = "●●●"
PARSED_BYTES = 2**18  # a body that is longer is read as text, and its first part only
SHOWN_CHARACTERS = 16 * 1024

_NAMES = "passw|pwd|wachtwoord|token|secret|credential|api[-_]?key"
_NAME = re.compile(_NAMES, re.I)
# What is in none of them has no secret: neither such a name, nor an escape in which one could be written, nor a token.
_ESCAPED = r"\\u00|%(?:4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A])"
_TELLING = re.compile(rf"{_NAMES}|{_ESCAPED}|[0-9](?:\||%7C)".encode(), re.I)
_OWN_TOKEN = re.compile(r"\b[0-9]+(?:\||%7[cC])[A-Za-z0-9_-]{20,}")  # of the check-in API, wherever it stands
_MEANT = ("name", "key", "path", "field", "attribute", "parameter")  # {"name": "password", "value": "…"}
_IN_PATHS = "/-._~!$&'()*+,;=:@"
# In a text that was understood: name=value as in a URL or a form, or "name": "value" as in JSON. The numbers bound how
# far each place is looked at, here and below.
_PAIR = re.compile(
    rf"((?:{_NAMES})[\w.\-]{{0,60}}(?:\]|%5D){{0,9}}(?:\[\w{{0,60}}\]|%5B\w{{0,60}}%5D){{0,9}}(?:=|%(?:25){{0,9}}3D))[^&\s<>]+"
    rf"|((?:{_NAMES})[\w.\-]{{0,60}}\\?[\"']\s{{0,9}}:\s{{0,9}}\\?)(\"(?:[^\"\\]|\\.)*\"?|[^\s,}}\]]+)",
    re.I,
)
# In a text that was not: such a name up to its value, a value in quotation marks, and what surely is something else.
_ROUGH_NAME = re.compile(rf"(?:{_NAMES})[\w.\-%\[]{{0,60}}[\s\"'`\\\]]{{0,9}}(?:[:=]>?)?\s{{0,9}}", re.I)
_QUOTED = {
    mark: re.compile(rf"{mark}(?:[^{mark}\\]|\\.)*{mark}(?=(\s{{0,9}}(?:[,}}\]&]|$))?)", re.S) for mark in "\"'`"
}
_NEXT = re.compile(r",\s{0,20}[\"']?[\w.\-]{1,60}[\"']?\s{0,9}[:=]|&[\w.%\[\]\-]{1,90}=|\n")
_REPEATED = re.compile("'([^']{1,60})'")  # how an error repeats what came
FEW = 20  # secrets that are looked for everywhere; where there are more, in what errors repeat


class Redaction:
    """Of one request and its answer; remembers what it blacked out, so that `veil` finds it in other places."""

    def __init__(self):
        self.secrets = set()
        self._finding = None

    # --- values -------------------------------------------------------------------------------------
    def _black(self, value):
        """What stands in the place of a secret value. null and "" are none: they are what is wrong."""
        if value in (None, "", BLACK):
            return value
        if isinstance(value, dict):
            return {name: self._black(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self._black(item) for item in value]
        if not isinstance(value, bool):
            self.secrets.add(str(value))
        return BLACK

    def _json(self, text):
        """The text of a JSON value without its secrets, or the text itself where it has none. Raises ValueError."""
        found = []

        def members(pairs):
            value = {}
            meant = any(name in _MEANT and isinstance(item, str) and _NAME.search(item) for name, item in pairs)
            for name, item in pairs:
                if item not in (None, "") and (_NAME.search(name) or meant and name == "value"):
                    found.append(name)
                    item = self._black(item)
                shown = self.text(name)
                if shown != name:
                    found.append(name)
                value[shown] = item
            return value

        value = json.loads(text, object_pairs_hook=members)
        value = self._texts(value, found)
        return json.dumps(value, ensure_ascii=False) if found else text

    def _texts(self, value, found):
        """The value, with its texts as text() gives them; what changed goes to `found`."""
        if isinstance(value, str):
            shown = self.text(value)
            if shown != value:
                found.append(value)
            return shown
        if isinstance(value, list):
            return [self._texts(item, found) for item in value]
        if isinstance(value, dict):
            return {name: self._texts(item, found) for name, item in value.items()}
        return value

    def texts(self, value):
        """A JSON value, with its texts as text() gives them."""
        return self._texts(value, [])

    def text(self, text):
        """A text that was understood, such as a header, a URL in a document or a sentence."""
        text = self._veiled(text)
        if _NAME.search(text):
            text = _PAIR.sub(self._pair, text)
        return _OWN_TOKEN.sub(BLACK, text)

    def _pair(self, match):
        self.secrets.add(unquote_plus(match[0][len(match[1] or match[2]) :].strip("\\\"'")))
        return (match[1] or match[2]) + BLACK

    # --- parts of a request -------------------------------------------------------------------------
    def path(self, path, query):
        """Path and query string of a request, as they came (latin-1 for bytes)."""
        plain = _utf8(path)
        pair = _PAIR.search(plain)
        if pair:  # all that follows may be the secret
            start = pair.start() + len(pair[1] or pair[2])
            self.secrets.add(plain[start:])
            shown = quote(plain[:start], safe=_IN_PATHS) + BLACK
        else:
            shown = _OWN_TOKEN.sub(BLACK, quote(plain, safe=_IN_PATHS + "|"))
        return shown + (f"?{self.form(query)}" if query else "")

    def form(self, text):
        """name=value&name=value. What has no = after a secret is a part of it, whose & was not encoded."""
        parts = []
        for part in text.split("&"):
            shown = BLACK if parts and parts[-1].endswith(BLACK) and "=" not in part else self._parameter(part)
            parts.append(shown)
        return "&".join(parts)

    def _parameter(self, part):
        name, equals, value = part.partition("=")
        plain, content = (unquote_plus(_utf8(text)) for text in (name, value))
        if self.text(plain) != plain or self.text(f"{plain}=") != f"{plain}=":
            return BLACK
        if not value:
            return part
        if _NAME.search(plain):
            self.secrets.add(content)
            return f"{name}={BLACK}"
        return f"{name}={BLACK}" if self.text(content) != content else part

    def authorization(self, value):
        scheme, space, secret = value.strip().partition(" ")
        self.secrets.add((secret if space else scheme).strip())
        return f"{scheme[:20]} {BLACK}" if space else BLACK

    def body(self, body, content_type, length=None):
        """(text or None, note or None) of the bytes of a body; of `length` bytes in all, where that is more.

        A body of which only a part came is text.
        """
        length = len(body) if length is None else length
        self._settle()
        if not body:
            return None, None
        whole = len(body) >= length and len(body) <= PARSED_BYTES
        if not whole:
            body = body[:SHOWN_CHARACTERS]
        try:
            text = body.decode() if whole else body.decode("utf-8", "ignore")
        except UnicodeDecodeError:
            return None, f"{length} bytes that are not UTF-8"
        if "\0" in text:
            return None, f"{length} bytes that are no text"
        shown = self._shown(text, body, content_type.partition(";")[0].strip().lower(), whole)
        if shown is None:
            return None, f"{length} bytes, not shown because there may be a password in them"
        notes = []
        if shown != text:
            notes.append("passwords and tokens are blacked out")
        if len(shown) > SHOWN_CHARACTERS or not whole:
            notes.append(f"the first {SHOWN_CHARACTERS // 1024} KiB of {length} bytes")
        return shown[:SHOWN_CHARACTERS], "; ".join(notes) or None

    def _shown(self, text, body, content_type, whole):
        if not _TELLING.search(body):
            return text
        if whole:
            try:
                return self._json(text.removeprefix("\ufeff"))
            except (ValueError, RecursionError):
                pass
        if content_type == "application/x-www-form-urlencoded" or re.match(r"[\w.%\[\]-]+=[^\s{]*$", text):
            return self.form(text)
        if "json" in content_type or re.match(r"\s*[{\[\"']", text):
            return self._rough(text)
        return None if _NAME.search(text) else _OWN_TOKEN.sub(BLACK, text)

    def _rough(self, text):
        """A text that should have been JSON. None where names are written with escapes."""
        plain = re.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), text)
        if len(_NAME.findall(plain)) != len(_NAME.findall(text)):
            return None
        shown, at = [], 0
        while match := _ROUGH_NAME.search(text, at):
            shown.append(text[at : match.end()])
            at = _end_of_value(text, match.end())
            if at > match.end():
                shown.append(BLACK)
        return _OWN_TOKEN.sub(BLACK, "".join([*shown, text[at:]]))

    # --- other places -------------------------------------------------------------------------------
    def veil(self, value):
        """The value, in whose texts no secret is left that stood in another place of the record."""
        self._settle()
        return self._veiled(value)

    def _settle(self):
        """From now on _veiled() finds the secrets that are known by now."""
        self.secrets = {secret[:500] for secret in self.secrets if secret}
        if self.secrets:
            self._finding = re.compile("|".join(pattern for secret in self._longest() for pattern in _patterns(secret)))

    def _veiled(self, value):
        if self._finding is None:
            return value
        if isinstance(value, str):
            if len(self.secrets) > FEW:
                value = _REPEATED.sub(lambda match: f"'{BLACK}'" if match[1] in self.secrets else match[0], value)
            return self._finding.sub(BLACK, value)
        if isinstance(value, list):
            return [self._veiled(item) for item in value]
        if isinstance(value, dict):
            return {name: self._veiled(item) for name, item in value.items()}
        return value

    def _longest(self):
        return sorted(self.secrets, key=len, reverse=True)[:FEW]


def _patterns(secret):
    """Of a long secret wherever it stands; of a short one, which may be a word, where an error repeats it."""
    for written in {secret, json.dumps(secret, ensure_ascii=False)[1:-1], json.dumps(secret)[1:-1], quote(secret)}:
        if len(written) > 50:
            yield re.escape(written[:50]) + "[^…]{0,20}…"  # errors shorten what they repeat
        if len(written) >= 8:
            yield re.escape(written)
        else:
            yield rf"(?<='){re.escape(written)}(?=')|(?:(?<=number )|(?<=Zahl )){re.escape(written)}\b"


def _end_of_value(text, at):
    """Where the value that begins there surely has ended."""
    first = text[at : at + 1]
    if first in ("[", "{"):
        return len(text)
    start = at + 1
    if first in _QUOTED:
        quoted = _QUOTED[first].match(text, at)
        if quoted is None:
            return len(text)
        if quoted[1] is not None:
            return quoted.end()
        start = quoted.end()
    following = _NEXT.search(text, start)
    return following.start() if following else len(text)


def _utf8(text):
    return text.encode("latin-1", "replace").decode("utf-8", "replace")
