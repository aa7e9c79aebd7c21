"""The namespace as a whole: what it has, reset, seed and undo, snapshots, export and import."""

from ..engine import portable, reader, render
from ..engine.document import ID
from ..engine.findings import Findings
from ..engine.suggest import did_you_mean, listed, shown
from ..errors import Faults, InvalidParameter, NothingToUndo, QuotaExceeded, SnapshotTaken, UnknownSnapshot
from .fixtures import invalid_fixture, load_fixture
from .writing import write_and_reply

MAX_SNAPSHOTS = 10
MAX_WARNINGS = 100  # in the answer to an import


def show_namespace(service, exchange, namespace):
    exchange.check_request()
    namespaces, limits = service.namespaces, service.namespaces.limits
    with namespaces.read(namespace) as session:
        counts = count_all(service, session)
        size = {"rows": namespaces.rows(session), "bytes": namespaces.bytes(session)}
    meta = {
        "types": {type_: {"href": f"{exchange.base}/{type_}", "count": count} for type_, count in counts.items()},
        "docs": f"{exchange.root}/docs",
        "console": f"{exchange.base}/console",
        "size": size,
        "quota": {"rows": limits.max_rows, "bytes": limits.max_bytes},
    }
    return exchange.reply_readable(_document(exchange, meta))


# --- reset, seed, undo ------------------------------------------------------------------------------
def reset(service, exchange, namespace):
    """Empties the namespace, or fills it anew with a fixture; mends a damaged one."""
    exchange.check_request("seed")
    seed = _argument(exchange, "seed")
    fixture = load_fixture(service, seed) if seed is not None else None
    if not exchange.dry_run:
        service.namespaces.mend(namespace)

    def run(session):
        reset_in(service, session, seed, fixture)
        return 200, _document(exchange, {"reset": True, "seed": seed, "counts": count_all(service, session)}), []

    return write_and_reply(service, exchange, namespace, run, limited=fixture is not None)


def reset_in(service, session, seed=None, fixture=None):
    """Empties the namespace of the open write transaction, or fills it anew with `fixture`, which `seed` names."""
    keep_for_undo(service, session)
    service.namespaces.clear(session)
    if fixture:
        try:
            portable.write(session, service.registry, fixture, Findings())  # its warnings are not the client's
        except Faults as error:
            raise invalid_fixture(seed, error) from error


def undo_reset(service, exchange, namespace):
    exchange.check_request()

    def run(session):
        if not service.namespaces.undo(session):
            raise NothingToUndo(
                "There is nothing to bring back: nothing was reset, seeded, imported or restored here, or it was undone "
                "already. A state to come back to is kept by POST …/snapshots?name=<name>."
            )
        return 200, _document(exchange, {"undone": True, "counts": count_all(service, session)}), []

    return write_and_reply(service, exchange, namespace, run, make=False, limited=False)


def keep_for_undo(service, session):
    service.namespaces.keep_for_undo(session, count_all(service, session))


# --- snapshots --------------------------------------------------------------------------------------
def list_snapshots(service, exchange, namespace):
    exchange.check_request()
    with service.namespaces.read(namespace) as session:
        snapshots = service.namespaces.snapshots(session)
    return exchange.reply_readable(_document(exchange, {"snapshots": snapshots}))


def take_snapshot(service, exchange, namespace):
    exchange.negotiate(has_body=False)
    exchange.refuse_args(known=("name",))
    name = _argument(exchange, "name")
    if name is None or not ID.fullmatch(name):
        came = "is missing" if name is None else f"cannot be {shown(name)}"
        exchange.findings.add(
            InvalidParameter(
                f"The snapshot's name {came}: write ?name=before-the-exam, with 1 to 64 of the characters A-Z a-z 0-9 - _ . "
                "beginning with a letter or digit.",
                parameter="name",
            )
        )
    exchange.findings.check()

    def run(session):
        present = service.namespaces.snapshots(session)
        if any(snapshot["name"] == name for snapshot in present):
            raise SnapshotTaken(
                f"There is a snapshot '{name}' already: choose another name, or DELETE …/snapshots/{name} first.",
                parameter="name",
            )
        if len(present) >= MAX_SNAPSHOTS:
            raise QuotaExceeded(
                f"A namespace keeps {MAX_SNAPSHOTS} snapshots at most, and there are {len(present)}: delete one of "
                f"{listed(snapshot['name'] for snapshot in present)} first.",
                meta={"limit": "snapshots", "maximum": MAX_SNAPSHOTS},
            )
        counts = count_all(service, session)
        created_at = service.namespaces.take_snapshot(session, name, counts)
        snapshot = {"name": name, "created-at": created_at, "counts": counts}
        return 201, _document(exchange, {"snapshot": snapshot}), []

    return write_and_reply(service, exchange, namespace, run)


def restore_snapshot(service, exchange, namespace, name):
    exchange.check_request()

    def run(session):
        _check_snapshot(service, session, name)
        service.namespaces.restore(session, name, count_all(service, session))
        return 200, _document(exchange, {"restored": name, "counts": count_all(service, session)}), []

    return write_and_reply(service, exchange, namespace, run, make=False)


def delete_snapshot(service, exchange, namespace, name):
    exchange.check_request()

    def run(session):
        _check_snapshot(service, session, name)
        service.namespaces.drop_snapshot(session, name)
        return 204, b"", []

    return write_and_reply(service, exchange, namespace, run, make=False, limited=False)


def _check_snapshot(service, session, name):
    """Raises UnknownSnapshot."""
    names = [snapshot["name"] for snapshot in service.namespaces.snapshots(session)]
    if name not in names:
        hint, suggestions = did_you_mean(name, names)
        there = (
            f"; there are {listed(names)}." if names else "; there is none yet: POST …/snapshots?name=<name> takes one."
        )
        raise UnknownSnapshot(
            f"There is no snapshot {shown(name)}{hint or there}", suggestions=suggestions, allowed=names
        )


# --- export and import ------------------------------------------------------------------------------
def export(service, exchange, namespace):
    exchange.check_request()
    with service.namespaces.read(namespace) as session:
        body = exported(service, session, exchange.links, exchange.meta)
    return exchange.reply_readable(body)


def import_(service, exchange, namespace):
    exchange.negotiate(has_body=True)
    exchange.refuse_args()
    document = exchange.document(service.settings["NAMESPACE_MAX_BYTES"])
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        service.namespaces.check_room_for(len(document["data"]))
    found = portable.load(service.registry, document, exchange.findings)

    def run(session):
        import_in(service, session, found, exchange.findings)
        del exchange.findings.warnings[MAX_WARNINGS:]
        return 200, _document(exchange, {"imported": True, "counts": count_all(service, session)}), []

    return write_and_reply(service, exchange, namespace, run)


def import_in(service, session, found, findings):
    """A portable.Import in the place of everything in the namespace of the open write transaction."""
    keep_for_undo(service, session)
    service.namespaces.clear(session)
    portable.write(session, service.registry, found, findings)


def exported(service, session, links=None, more_meta=dict):
    """The bytes of the document with everything; `more_meta(meta)` is what the exchange adds to its meta."""
    objects, meta = portable.dump(session, service.registry)
    return render.document(links=links, data=b"[%b]" % b",".join(objects), meta=more_meta(meta))


# --- for all of them --------------------------------------------------------------------------------
def count_all(service, session):
    return {resource.type: reader.count_all(session, resource) for resource in service.registry}


def _document(exchange, meta):
    return render.document(links=exchange.links, meta=exchange.meta(meta))


def _argument(exchange, name):
    """The value of a parameter, None where it is not there. Raises InvalidParameter where it is there twice."""
    values = [value for key, value in exchange.args if key == name]
    if len(values) > 1:
        raise InvalidParameter(f"'{name}' is given {len(values)} times; give it once.", parameter=name)
    return values[0] if values else None
