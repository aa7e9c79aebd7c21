"""Fixtures: documents as export gives them, by name; those of the service and those in INSTANCE_PATH/fixtures.

A text in a fixture that begins with @today or @semester stands for a day near that of the seed, or for one of the
setting SEMESTERS: "@today", "@today-7", "@today+3T10:15", "@semester" (the last), "@semester-1" (that before it).
"""

import os
import re
from datetime import timedelta
from pathlib import Path

from ..engine import clock, json_text, portable
from ..engine.document import ID
from ..engine.findings import Findings
from ..engine.suggest import did_you_mean, listed, shown
from ..errors import Faults, InvalidFixture, UnknownSeed

OWN = Path(__file__).parent.parent / "fixtures"
_DAY = re.compile(r"@today([+-][0-9]{1,4})?(T.*)?")
_SEMESTER = re.compile(r"@semester(-[0-9]{1,2})?")

# Of passwords in fixtures, which are no secrets: a class that seeds at once does not wait for hashes.
_hashes = {}


def names(settings):
    """The names of all fixtures, in their order."""
    return sorted(_paths(settings))


def load_fixture(service, name):
    """The portable.Import of a fixture. Raises UnknownSeed (404) or InvalidFixture (500)."""
    paths = _paths(service.settings)
    if name not in paths:
        known = sorted(paths)
        hint, suggestions = did_you_mean(name, known)
        raise UnknownSeed(
            f"There is no fixture {shown(name)}{hint or '; there are ' + listed(known) + '.'} Nothing was reset.",
            parameter="seed",
            suggestions=suggestions,
            allowed=known,
        )
    try:
        document = _filled(json_text.parse(paths[name].read_bytes()), service.settings)
        return portable.load(service.registry, document, Findings(), _hashes)
    except (Faults, OSError) as error:
        raise invalid_fixture(name, error) from error


def invalid_fixture(name, error):
    """The fault for a fixture that cannot be loaded, with the first thing that is wrong with it."""
    reason = "its file cannot be read."
    if isinstance(error, Faults):
        fault = error.faults[0]
        reason = f"{fault.pointer}: {fault.detail}" if fault.pointer else fault.detail
    return InvalidFixture(f"The fixture '{name}' cannot be loaded, so nothing was reset: {reason}")


def _paths(settings):
    """{name: path}; an instructor's fixture goes before one of the service of the same name."""
    found = {}
    for folder in (OWN, Path(settings["INSTANCE_PATH"]) / "fixtures"):
        for entry in os.scandir(folder) if folder.is_dir() else ():
            name = entry.name.removesuffix(".json")
            if name != entry.name and ID.fullmatch(name) and entry.is_file():
                found[name] = Path(entry.path)
    return found


def _filled(value, settings):
    """The value with the texts that stand for a day or a semester replaced."""
    if isinstance(value, dict):
        return {name: _filled(item, settings) for name, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, settings) for item in value]
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    if day := _DAY.fullmatch(value):
        date = clock.today(settings["TIMEZONE"]) + timedelta(days=int(day[1] or 0))
        return date.isoformat() + (day[2] or "")
    if semester := _SEMESTER.fullmatch(value):
        known = settings["SEMESTERS"]
        return known[max(0, len(known) - 1 + int(semester[1] or 0))]
    return value
