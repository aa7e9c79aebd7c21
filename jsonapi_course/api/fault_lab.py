"""The fault lab of a console: which faults can be set, by the document of a PUT, and what a request with one is told."""

import random
import time
from datetime import UTC, datetime

from ..engine import clock
from ..engine.suggest import did_you_mean, listed, near, shown
from ..errors import (
    InjectedInternalError,
    InjectedTooManyRequests,
    InjectedUnavailable,
    InvalidDocument,
    MissingMember,
    NotInList,
    OutOfRange,
    UnknownMember,
    WrongKind,
)

FAULT_SECONDS = 600  # after which a setting ends by itself
RETRY_SECONDS = 2
MOST_REQUESTS = 1000
SECONDS = (0.1, 10)
DEFAULT_SECONDS = 2
KINDS = {"late": None, "429": InjectedTooManyRequests, "500": InjectedInternalError, "503": InjectedUnavailable}
WHEN = ("before", "after")
METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
MEMBERS = ("kind", "when", "requests", "share", "methods", "seconds")
EXAMPLE = '{"meta": {"kind": "503", "when": "before", "requests": 3}}'

wait = time.sleep  # a test need not


# --- the document of a PUT --------------------------------------------------------------------------
def load(document, findings):
    """What Recordings.set_faults() takes, or None; every fault of the document goes to `findings`."""
    if not isinstance(document, dict):
        findings.add(InvalidDocument(f"The document must be an object, not {shown(document)}: {EXAMPLE}.", pointer=""))
        return None
    meta = document.get("meta")
    if not isinstance(meta, dict):
        came = f"must be an object, not {shown(meta)}" if "meta" in document else "is missing"
        pointer = "/meta" if "meta" in document else ""
        findings.add(InvalidDocument(f"The member 'meta' {came}: {EXAMPLE}.", pointer=pointer))
        return None
    for name in meta:
        if name not in MEMBERS:
            hint, suggestions = did_you_mean(name, MEMBERS)
            findings.add(
                UnknownMember(
                    f"The fault lab has no member {shown(name)}{hint or '; there are ' + listed(MEMBERS) + '.'}",
                    pointer=f"/meta/{name.replace('~', '~0').replace('/', '~1')}",
                    suggestions=suggestions,
                    allowed=MEMBERS,
                )
            )
    kind = _word(meta, "kind", list(KINDS), findings)
    when = _word(meta, "when", WHEN, findings) if "when" in meta else "before"
    requests, share = _extent(meta, findings)
    seconds = None
    if "seconds" in meta and kind not in ("late", None):
        findings.add(
            UnknownMember(f"'seconds' goes with the kind 'late' only, and this is '{kind}'.", pointer="/meta/seconds")
        )
    elif kind == "late":
        seconds = _number(meta, "seconds", *SECONDS, findings) if "seconds" in meta else DEFAULT_SECONDS
    methods = _methods(meta["methods"], findings) if meta.get("methods") is not None else None
    faults = {"kind": kind, "when": when, "requests": requests, "share": share, "methods": methods, "seconds": seconds}
    return {**faults, "until": clock.now().timestamp() + FAULT_SECONDS, "left": requests, "injected": 0}


def _word(meta, name, known, findings):
    """A member that is one of the `known` words."""
    if name not in meta:
        findings.add(
            MissingMember(f"The member '{name}' is missing: one of {listed(known)}.", pointer="/meta", member=name)
        )
        return None
    value = meta[name]
    if value in known and isinstance(value, str):
        return value
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    suggestions = ([text] if text in known else near(text, known)) if isinstance(text, str) else []
    quotes = f'; write "{text}" in quotes' if text in known and not isinstance(value, str) else ""
    findings.add(
        NotInList(
            f"'{name}' must be one of {listed(known)}, not {shown(value)}{quotes}.",
            pointer=f"/meta/{name}",
            suggestions=suggestions,
            allowed=known,
        )
    )
    return None


def _extent(meta, findings):
    """(requests, share): how many requests, or how many in a hundred; one of them is None."""
    given = [name for name in ("requests", "share") if meta.get(name) is not None]
    if not given:
        findings.add(
            MissingMember(
                "Say which requests: 'requests' (the next n) or 'share' (per cent of all) is missing.",
                pointer="/meta",
                member="requests",
            )
        )
    elif len(given) == 2:
        findings.add(
            InvalidDocument("'requests' and 'share' exclude each other: leave one out.", pointer="/meta/share")
        )
    requests = _number(meta, "requests", 1, MOST_REQUESTS, findings, whole=True) if "requests" in given else None
    share = _number(meta, "share", 1, 100, findings) if "share" in given else None
    return requests, share


def _number(meta, name, least, most, findings, whole=False):
    value = meta[name]
    kind = "a whole number" if whole else "a number"
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        if whole and isinstance(value, float) and value.is_integer():
            value = int(value)
        else:
            findings.add(
                WrongKind(
                    f"'{name}' must be {kind} from {least} to {most}, not {shown(value)}.", pointer=f"/meta/{name}"
                )
            )
            return None
    if not least <= value <= most:
        findings.add(
            OutOfRange(f"'{name}' must be {kind} from {least} to {most}, not {value}.", pointer=f"/meta/{name}")
        )
        return None
    return value


def _methods(value, findings):
    if not isinstance(value, list) or not value:
        came = "an empty array" if value == [] else shown(value)
        findings.add(
            WrongKind(
                f"'methods' must be an array of at least one method, such as [\"POST\"], not {came}; leave it out for all.",
                pointer="/meta/methods",
            )
        )
        return None
    for number, name in enumerate(value):
        if name not in METHODS:
            suggestions = near(name, METHODS) if isinstance(name, str) else []
            findings.add(
                NotInList(
                    f"A method is one of {listed(METHODS)}, not {shown(name)}; OPTIONS never fails.",
                    pointer=f"/meta/methods/{number}",
                    suggestions=suggestions,
                    allowed=METHODS,
                )
            )
    return [name for name in METHODS if name in value]


def described(faults):
    """The setting as documents show it, or None."""
    if faults is None:
        return None
    return {name: faults[name] for name in (*MEMBERS, "left", "injected") if faults[name] is not None} | {
        "until": datetime.fromtimestamp(faults["until"], UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    }


# --- a request --------------------------------------------------------------------------------------
def applies(faults, method):
    """Whether a request of this method is one of those that fail, as far as neither its number decides."""
    if faults["methods"] is not None and method not in faults["methods"]:
        return False
    return faults["share"] is None or random.random() * 100 < faults["share"]


def fault_of(faults, namespace, status=None):
    """The fault in the place of an answer; `status` ("201 CREATED") is that of the one that was thrown away."""
    if status is None:
        what = "The request was not carried out"
    elif status < "400":
        what = f"The request was carried out all the same, and its answer, {status}, thrown away"
    else:
        what = f"The request itself had been refused, and its answer, {status}, was thrown away"
    ends = datetime.fromtimestamp(faults["until"], UTC)
    left = f", {faults['left']} more of them will fail" if faults["left"] else ""
    headers = {} if faults["kind"] == "500" else {"Retry-After": str(RETRY_SECONDS)}
    return KINDS[faults["kind"]](
        f"The fault lab of this namespace's console did this on purpose. {what}{left}. It ends by itself at "
        f"{ends:%H:%M:%S} UTC; switch it off in /api/{namespace}/console or with DELETE /api/{namespace}/console/faults.",
        headers=headers,
    )
