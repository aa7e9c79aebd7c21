"""Blacks out passwords and tokens in what a console shows: JSON, forms, URLs, headers, and text that is none of them.

What a member or parameter with a telling name holds is replaced, whatever it is; the same value is then replaced in
every other place of the record, too. Where it cannot be told which part of a text is secret, all of it is taken.
"""

import json
import re
from urllib.parse import quote, unquote_plus

BLACK = "●●●"
PARSED_BYTES = 2**20  # a body that is longer is read as text, and its first part only
SHOWN_CHARACTERS = 16 * 1024

_NAME = re.compile(r"passw|pwd|wachtwoord|token|secret|credential|api[-_]?key", re.I)
_TELLING = re.compile(rb"(?i)passw|pwd|wachtwoord|token|secret|credential|api[-_]?key|\\u00|[0-9](?:\||%7c)")
_OWN_TOKEN = re.compile(r"\b[0-9]+(?:\||%7[cC])[A-Za-z0-9_-]{20,}")  # of the check-in API, wherever it stands
_MEANT = ("name", "key", "path", "field", "attribute", "parameter")  # {"name": "password", "value": "…"}
# In a text that was understood: name=value as in a URL or a form, or "name": "value" as in JSON.
_PAIR = re.compile(
    rf"((?:{_NAME.pattern})[\w.\-]*(?:\]|%5D)*(?:\[\w*\]|%5B\w*%5D)*=)[^&\s\"'<>]+"
    rf"|((?:{_NAME.pattern})[\w.\-]*\\?[\"']\s*:\s*\\?)(\"(?:[^\"\\]|\\.)*\"?|[^\s,}}\]]+)",
    re.I,
)
# In a text that was not: whatever follows the name, up to where surely something else begins.
_NEXT = r"(?:,\s*[\"']?[\w.\-]+[\"']?\s*[:=]|&[\w.%\[\]\-]+=|\n|$)"
_ROUGHLY = re.compile(
    rf"((?:{_NAME.pattern})[\w.\-\]\[%]*[\s\"'`\\\]]*(?:[:=]>?)?\s*)"
    rf"(\\?\"(?:[^\"\\]|\\.)*(?:\"(?=\s*(?:[,}}\]&]|$))|\Z|\"(?=.)(?:.*?(?={_NEXT})))|[\[{{](?:.|\n)*|\S(?:.*?(?={_NEXT})))",
    re.I,
)


class Redaction:
    """Of one request and its answer; remembers what it blacked out, so that `veil` finds it in other places."""

    def __init__(self):
        self.secrets = set()

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
        if _NAME.search(text):
            text = _PAIR.sub(self._pair, text)
        return _OWN_TOKEN.sub(BLACK, text)

    def _pair(self, match):
        self.secrets.add(unquote_plus(match[0][len(match[1] or match[2]) :].strip("\\\"'")))
        return (match[1] or match[2]) + BLACK

    # --- parts of a request -------------------------------------------------------------------------
    def path(self, path, query):
        """Path and query string of a request, as they came (latin-1 for bytes)."""
        shown = quote(path.encode("latin-1", "replace"), safe="/-._~!$&'()*+,;=:@")
        if self.text(unquote_plus(shown)) != unquote_plus(shown):
            shown = quote(self.text(unquote_plus(shown)), safe="/-._~!$&'()*+,;=:@●")
        return shown + (f"?{self.form(query)}" if query else "")

    def form(self, text):
        """name=value&name=value."""
        return "&".join(map(self._parameter, text.split("&")))

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
        return _OWN_TOKEN.sub(BLACK, _ROUGHLY.sub(lambda match: match[1] + BLACK, text))

    # --- other places -------------------------------------------------------------------------------
    def veil(self, value):
        """The value, in whose texts no secret is left that stood in another place of the record."""
        if not self.secrets:
            return value
        if isinstance(value, str):
            for pattern in self._patterns:
                value = pattern.sub(BLACK, value)
            return value
        if isinstance(value, list):
            return [self.veil(item) for item in value]
        if isinstance(value, dict):
            return {name: self.veil(item) for name, item in value.items()}
        return value

    @property
    def _patterns(self):
        """Of a long secret everywhere; of a short one, which may be a word, between quotation marks or after a number's."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            for written in {
                secret,
                json.dumps(secret, ensure_ascii=False)[1:-1],
                json.dumps(secret)[1:-1],
                quote(secret),
            }:
                if len(written) >= 8:
                    yield re.compile(re.escape(written))
                elif written:
                    yield re.compile(rf"(?<=['\"‘“]){re.escape(written)}(?=['\"’”])|(?<=number ){re.escape(written)}\b")


def _utf8(text):
    return text.encode("latin-1", "replace").decode("utf-8", "replace")
