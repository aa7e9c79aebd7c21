"""The rule of namespace ids: which part of a URL may name a namespace, and which database it means."""

import re

from ..engine.suggest import mistaken_id
from ..errors import InvalidNamespace

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
VERSIONS = ("v1", "v2", "v3")  # of the check-in API: paths inside of a namespace
RULE = "it has 1 to 64 of the characters a-z A-Z 0-9 - _ . and begins with a letter or digit"

_HINTS = {
    "your_id": "YOUR_ID stands for your own id: replace it with your student number, as in /api/s1234/modules.",
    **{
        version: f"The check-in API's {version} is inside a namespace: set the base URL to /api/<your_id> and it is at "
        f"/api/<your_id>/{version}."
        for version in VERSIONS
    },
}


def check_namespace_id(text):
    """The canonical id (lower case) that `text` names. Raises InvalidNamespace with the rule or the matching hint."""
    name = text.lower()
    if name in _HINTS:
        raise InvalidNamespace(_HINTS[name])
    if not _ID.fullmatch(text):
        shown = text if len(text) <= 70 else text[:69] + "…"
        raise InvalidNamespace(f"'{shown}' cannot be a namespace id: {RULE}.{mistaken_id(text)}")
    return name
