"""The settings: each exists once, with its default, its kind and its help."""

import difflib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

PREFIX = "JSONAPI_COURSE_"
SECRET_CHARACTERS = 16  # at least, of what nobody may guess
log = logging.getLogger(__name__)


class InvalidSetting(ValueError):
    """A value that cannot be; raised at start with a sentence for the operator."""


def _switch(text):
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("it is a switch: 0 or 1")


def _whole(minimum, maximum=2**53):
    def parse(text):
        if not text.isascii() or not text.isdigit() or not minimum <= int(text) <= maximum:
            raise ValueError(f"it is a whole number from {minimum} to {maximum}")
        return int(text)

    return parse


def _names(text):
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ValueError("it is a list of at least one name, separated by commas")
    return names


def _one_of(*choices):
    def parse(text):
        if text.lower() not in choices:
            raise ValueError(f"it is one of {', '.join(choices)}")
        return text.lower()

    return parse


def _zone(text):
    try:
        ZoneInfo(text)
    except (ValueError, LookupError, OSError):
        raise ValueError("it is the name of a time zone such as Europe/Berlin") from None
    return text


def _secret(text):
    if text and len(text) < SECRET_CHARACTERS:
        raise ValueError(f"it has at least {SECRET_CHARACTERS} characters, such as `openssl rand -hex 16` gives")
    return text


def _path(text):
    if not text:
        raise ValueError("it is the path of a folder")
    return os.path.abspath(text)


@dataclass(frozen=True)
class Setting:
    name: str
    default: str
    parse: Callable[[str], Any]
    help: str


SETTINGS = [
    Setting("INSTANCE_PATH", "instance", _path, "the folder in which the databases live, a file per namespace"),
    Setting("SEMESTERS", "SS18,WS18/19,SS19,WS19/20", _names, "legal semesters of modules"),
    Setting("STRICT", "0", _switch, "1: what is only tolerated becomes an error, as with `Prefer: handling=strict`"),
    Setting("TIMEZONE", "UTC", _zone, 'whose "today" and weeks count in the check-in part, such as Europe/Amsterdam'),
    Setting("TOKEN_TTL_SECONDS", "0", _whole(0), "how long check-in tokens live; 0 is for ever"),
    Setting("MAX_BODY_BYTES", "1048576", _whole(1), "bytes of a request's body; more is answered with 413"),
    Setting("NAMESPACE_MAX_ROWS", "20000", _whole(1), "rows of a namespace beyond those it begins with; more is 507"),
    Setting(
        "NAMESPACE_MAX_BYTES",
        "33554432",
        _whole(1),
        "bytes of a namespace's database with its snapshots, and of an import",
    ),
    Setting("MAX_NAMESPACES", "10000", _whole(1), "namespaces of the service; a new one more is 507"),
    Setting("NEW_NAMESPACES_PER_HOUR", "600", _whole(0), "new namespaces per client address; more is 429, 0 is off"),
    Setting(
        "RATE_LIMIT_PER_SECOND", "100", _whole(0, 10**6), "requests a second of a namespace; more is 429, 0 is off"
    ),
    Setting("RATE_LIMIT_BURST", "400", _whole(0, 10**6), "how many it may send at once after a pause; 0 is off"),
    Setting("TRUSTED_PROXIES", "0", _whole(0, 16), "how many proxies to believe `X-Forwarded-*` from"),
    Setting(
        "INSTRUCTOR_TOKEN",
        "",
        _secret,
        "what opens the instructor's pages at `/instructor`, at least 16 characters; empty: there are none",
    ),
    Setting("LOG_FORMAT", "text", _one_of("text", "json"), "how the log is written; `json` is for machines"),
    Setting("LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"), "how much is logged"),
]


def load_settings(overrides=None, environ=os.environ):
    """{name: value} of every setting: the default, the environment's, then `overrides` (names without prefix).

    Raises InvalidSetting with a sentence that names the setting, the value and what it can be.
    """
    known = {setting.name for setting in SETTINGS}
    unknown = [name for name in overrides or {} if name not in known]
    if unknown:
        raise InvalidSetting(f"There is no setting {unknown[0]}.{_near(unknown[0], known)}")
    for name in environ:
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in known:
            log.warning("Unknown setting %s is ignored.%s", name, _near(name.removeprefix(PREFIX), known))
    return {setting.name: _value(setting, overrides or {}, environ) for setting in SETTINGS}


def _value(setting, overrides, environ):
    given = overrides.get(setting.name, environ.get(PREFIX + setting.name, setting.default))
    if isinstance(given, bool):
        given = "1" if given else "0"
    elif isinstance(given, (list, tuple)):
        given = ",".join(given)
    try:
        return setting.parse(str(given).strip())
    except ValueError as error:
        shown = "" if setting.parse is _secret else f"={given!s}"
        raise InvalidSetting(f"{PREFIX}{setting.name}{shown} cannot be: {error}.") from None


def _near(name, known):
    near = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""
