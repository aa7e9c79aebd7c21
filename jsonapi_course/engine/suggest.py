"""did-you-mean: the known names that are near to one that is not."""

import difflib
import re


def _folded(name):
    """camelCase, snake_case, dashes and spaces made alike: firstName, first_name and First Name are first-name."""
    dashed = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name)
    return re.sub(r"[\s_\-]+", "-", dashed).lower()


def near(name, known, most=3):
    """At most `most` of the `known` names that resemble `name`, the nearest first: those that it begins, then by likeness."""
    by_folded = {}
    for candidate in known:
        by_folded.setdefault(_folded(candidate), candidate)
    wanted = _folded(name)
    begun = [folded for folded in by_folded if len(wanted) > 2 and folded.startswith(wanted)]
    alike = difflib.get_close_matches(wanted, list(by_folded), n=most, cutoff=0.6)
    return [by_folded[match] for match in dict.fromkeys([*begun, *alike])][:most]


def did_you_mean(name, known):
    """(sentence, suggestions): "; did you mean 'semester'?" or "" where nothing is near."""
    suggestions = near(name, known)
    if not suggestions:
        return "", []
    return f"; did you mean {quoted(suggestions[0])}?", suggestions


_UNSET = ("undefined", "null", "nan", "none")


def mistaken_id(text):
    """What is wrong with an id that a program or a reader of the manual wrote by mistake: a sentence, or ""."""
    if text.lower() in _UNSET:
        return f" {quoted(text)} is what a variable without a value becomes in a URL: check where the id comes from."
    if text.startswith("[object "):
        return " An object was put where its id belongs: write object.id."
    if re.fullmatch(r":\w+|\$?\{+\w+\}+|<[\w ]+>|\$\w+|your[_-]?id", text, re.I):
        return f" {quoted(text)} stands for an id: put the real one in its place."
    return ""


def quoted(value):
    return f"'{value}'"


def listed(names):
    """'a', 'b' and 'c' for a sentence."""
    names = [quoted(name) for name in names]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else "none"


def shown(value, most=60):
    """What the client sent, short enough for a sentence: its JSON kind in words and the value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value}"
    if isinstance(value, str):
        text = value if len(value) <= most else value[: most - 1] + "…"
        return f"'{text}'"
    return "an array" if isinstance(value, list) else "an object"
