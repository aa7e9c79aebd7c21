"""What is done to one namespace of many, for the command line and the instructor's pages, and how it is told.

Each of them returns (a participle or None where there was nothing to do, facts; "reason" says why there was nothing).
Without `keep` (a dry run) nothing changes.
"""

import csv
import logging

from ..errors import Fault, Faults, InvalidNamespace
from ..namespaces import check_namespace_id
from .fixtures import load_fixture
from .namespace_admin import count_all, exported, reset_in

log = logging.getLogger(__name__)


class CannotDo(Exception):
    """What is wrong with one id or with a list of them, as a sentence."""


EXPECTED = (CannotDo, Fault, Faults, OSError)


# --- which namespaces -------------------------------------------------------------------------------
def ids_in_roster(text):
    """The ids in a class list, one a line or in the column named id, as they stand there. Raises CannotDo."""
    text = text.removeprefix("\ufeff")
    first_line = text.partition("\n")[0]
    separator = max(",;\t", key=first_line.count)  # what spreadsheets write
    try:
        rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines(), delimiter=separator)]
    except csv.Error as error:
        raise CannotDo(f"cannot be read as CSV: {error}.") from error
    rows = [row for row in rows if any(row)]
    header = [name.lower() for name in rows[0]] if rows else []
    if "id" in header:
        column = header.index("id")
        return [row[column] for row in rows[1:] if len(row) > column and row[column]]
    if any(cell for row in rows for cell in row[1:]):
        raise CannotDo("has several columns, and none of them is named id.")
    return [row[0] for row in rows]


def sort_ids(texts):
    """(the namespaces that they name, each once, in their order; what is wrong with the others, as sentences)"""
    found, wrong = [], []
    for text in texts:
        try:
            found.append(check_namespace_id(text))
        except InvalidNamespace as fault:
            wrong.append(fault.detail)
    return list(dict.fromkeys(found)), list(dict.fromkeys(wrong))


# --- doing it ---------------------------------------------------------------------------------------
def attempt(id_, work):
    """What came of `work(id)`, as an entry of the results; nothing that fails there stops those after it."""
    try:
        result, facts = work(id_)
    except Exception as error:
        if not isinstance(error, EXPECTED):
            log.exception("unexpected error: %s", id_)
        return {"id": id_, "ok": False, "errors": told(error)}
    return {"id": id_, "ok": True, "result": result, **facts}


def create(service, id_, keep=True):
    if service.namespaces.exists(id_):
        return None, {"reason": "was there already"}
    with service.namespaces.write(id_, keep=keep):
        return "created", {}


def reset(service, id_, name=None, keep=True):
    """Empties it, or fills it with the fixture of this name. Mends a damaged one."""
    # an Import is for one namespace: writing it fills in the ids
    fixture = load_fixture(service, name) if name else None
    if keep:
        service.namespaces.mend(id_)
    with service.namespaces.write(id_, keep=keep, limited=fixture is not None) as session:
        reset_in(service, session, name, fixture)
        return "seeded" if name else "reset", {"counts": count_all(service, session)}


def undo(service, id_):
    with service.namespaces.write(id_, make=False, limited=False) as session:
        if service.namespaces.undo(session):
            return "undone", {"counts": count_all(service, session)}
    return None, {"reason": "nothing to undo"}


def export(service, id_):
    """The bytes of the document with everything in it."""
    with service.namespaces.read(id_) as session:
        return exported(service, session)


def delete(service, id_, keep=True):
    deleted = service.namespaces.delete(id_) if keep else service.namespaces.exists(id_)
    if deleted and keep and service.activity:
        service.activity.forget(id_)
    return ("deleted", {}) if deleted else (None, {"reason": "was not there"})


# --- telling it -------------------------------------------------------------------------------------
def told(error):
    """The sentences about what went wrong."""
    if isinstance(error, Faults):
        return [_of_fault(fault) for fault in error.faults]
    if isinstance(error, Fault):
        cause = f" ({error.__cause__})" if isinstance(error.__cause__, OSError) else ""
        return [_of_fault(error) + cause]
    if isinstance(error, (CannotDo, OSError)):
        return [str(error)]
    return [f"{type(error).__name__}: {error}"]


def _of_fault(fault):
    return f"{fault.pointer}: {fault.detail}" if fault.pointer else fault.detail
