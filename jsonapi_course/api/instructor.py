"""The instructor's pages at /instructor: all namespaces or a class, one of them, and what is done to many at once.

They are there where INSTRUCTOR_TOKEN is set, work without JavaScript (which does the same in small batches, with a
bar), and use the functions of the command line.
"""

import re
import zipfile
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, g, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from ..errors import Fault, Faults, NewerDatabase
from . import bulk, fixtures
from .activity import HOUR_SECONDS, KEPT_HOURS, Use
from .namespace_admin import count_all
from .signin import COOKIE, SESSION_SECONDS, SignIn, is_from_elsewhere
from .site import page

PAGE_SIZE = 50
AT_ONCE = 50  # namespaces that one request does something to
BATCH = 5  # that one request of instructor.js does it to
MAX_ROSTER = 2000
KEPT_LOOKS = 20_000
MAX_FORM_BYTES = 1 << 20
MAX_SIGN_IN_BYTES = 4096
DAY_HOURS = 24
EVERYTHING_ELSE = re.compile(r"(?!/instructor(/|\Z))")  # the paths that pages of other origins may read
SORTS = ("id", "rows", "bytes", "used", "requests", "errors", "state")

# An action: (what it does to one namespace, whether something is lost)
ACTIONS = {
    "create": (lambda service, id_, fixture: bulk.create(service, id_), False),
    "reset": (lambda service, id_, fixture: bulk.reset(service, id_), True),
    "seed": (lambda service, id_, fixture: bulk.reset(service, id_, fixture), True),
    "undo": (lambda service, id_, fixture: bulk.undo(service, id_), True),
    "export": (lambda service, id_, fixture: ("exported", {"content": bulk.export(service, id_)}), False),
    "delete": (lambda service, id_, fixture: bulk.delete(service, id_), True),
}

_looks = {}  # (path, when it changed) → what _look told
blueprint = Blueprint("instructor", __name__, url_prefix="/instructor")


class Refused(Exception):
    """A request that is not carried out, and the kind of page that says why."""

    def __init__(self, reason, status, told=()):
        super().__init__(reason)
        self.reason, self.status, self.told = reason, status, told


# --- who asks ---------------------------------------------------------------------------------------
@blueprint.record
def _prepare(state):
    service = state.app.extensions["jsonapi_course"]
    state.app.extensions["jsonapi_course.instructor"] = SignIn(service.settings, service.activity)


def _sign_in():
    return current_app.extensions["jsonapi_course.instructor"]


def _service():
    return current_app.extensions["jsonapi_course"]


@blueprint.before_request
def _check():
    """Lets through who has a session, and of POSTs those that a page of that session sent."""
    g.session = _sign_in().session_of(request.cookies.get(COOKIE))
    signs_in = request.endpoint == "instructor.sign_in"
    limit = MAX_SIGN_IN_BYTES if signs_in else MAX_FORM_BYTES
    request.max_content_length = request.max_form_memory_size = limit
    if request.method == "POST" and is_from_elsewhere(request.headers, request.host):
        raise Refused("elsewhere", 403)
    if signs_in or (g.session is None and request.endpoint == "instructor.index"):
        return None
    if g.session is None:
        return _sign_in_page("ended", 403)
    if request.method == "POST" and not _sign_in().is_form_of(g.session, request.form.get("form_token", "")):
        raise Refused("no-form", 403)
    return None


@blueprint.after_request
def _private(response):
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.context_processor
def _of_these_pages():
    zone = ZoneInfo(_service().settings["TIMEZONE"])
    return {
        "form_token": _sign_in().form_token(g.session) if g.get("session") else None,
        "moment": lambda seconds: datetime.fromtimestamp(seconds, UTC).astimezone(zone),
    }


@blueprint.post("/sign-in")
def sign_in():
    wait_seconds = _sign_in().wait_seconds(request.remote_addr or "")
    if wait_seconds:
        response = _sign_in_page("too-many", 429)
        response.headers["Retry-After"] = str(wait_seconds)
        return response
    if not _sign_in().is_token(request.form.get("token", "").strip()):
        return _sign_in_page("wrong", 403)
    response = redirect(url_for(".index"), 303)
    response.set_cookie(
        COOKIE,
        _sign_in().new_cookie(),
        max_age=SESSION_SECONDS,
        path=_path_of_cookie(),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return response


@blueprint.post("/sign-out")
def sign_out():
    _sign_in().end(g.session)
    response = redirect(url_for(".index"), 303)
    response.delete_cookie(COOKIE, path=_path_of_cookie(), secure=request.is_secure, httponly=True, samesite="Strict")
    return response


def _path_of_cookie():
    return f"{request.script_root}/instructor"


def _sign_in_page(reason=None, status=200):
    return page("instructor_sign_in.html", status, reason=reason)


@blueprint.errorhandler(Refused)
def _refused(refused):
    return page("instructor_refused.html", refused.status, reason=refused.reason, told=refused.told)


@blueprint.errorhandler(RequestEntityTooLarge)
def _too_large(_error):
    return _refused(Refused("too-large", 413))


@blueprint.errorhandler(Fault)
@blueprint.errorhandler(Faults)
def _failed(error):
    return _refused(Refused("failed", error.status, bulk.told(error)))


# --- all of them, or a class ------------------------------------------------------------------------
@blueprint.get("")
def index():
    if g.session is None:
        return _sign_in_page()
    asked = request.args.get("q", "").strip().lower()
    return _list_page(_found(asked), request.args.get("sort", ""), asked=asked)


@blueprint.post("/roster")
def roster():
    """The namespaces of a class list, those that nobody wrote to as well."""
    file = request.files.get("file")
    text = file.read().decode(errors="replace") if file and file.filename else request.form.get("roster", "")
    try:
        ids, wrong = bulk.sort_ids(bulk.ids_in_roster(text))
    except bulk.CannotDo as error:
        raise Refused("roster", 400, [f"The list {error}"]) from error
    if not ids and not wrong:
        raise Refused("roster", 400, ["The list has no ids."])
    return _list_page(ids[:MAX_ROSTER], request.form.get("sort", ""), wrong=wrong, left_out=len(ids[MAX_ROSTER:]))


def _found(asked):
    return [id_ for id_ in _service().namespaces.ids() if asked in id_]


def _list_page(ids, sort, asked=None, wrong=(), left_out=0):
    """`asked` is what was searched for, None where `ids` are those of a roster, which is on one page."""
    service = _service()
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        # a roster stays in its order
        name, down = "id" if asked is not None else None, False
    uses = service.activity.recent()
    rows = [_known(service, id_, uses.get(id_, Use())) for id_ in ids]
    if name in ("rows", "bytes", "state"):
        rows = [row | _remembered(service, row["id"]) for row in rows]
    if name == "id":
        rows.sort(key=lambda row: row["id"], reverse=down)
    elif name:
        rows.sort(key=lambda row: (row[name] is not None, row[name]), reverse=down)
    pages = max(1, -(-len(rows) // PAGE_SIZE)) if asked is not None else 1
    number = min(max(1, request.args.get("page", 1, int)), pages)
    if pages > 1:
        rows = rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    shown = [row | _look(service, row["id"]) for row in rows]
    return page(
        "instructor.html",
        rows=shown,
        total=len(ids),
        asked=asked,
        roster=ids if asked is None else None,
        wrong=wrong,
        left_out=left_out,
        not_begun=sum(row["state"] == "new" for row in shown) if asked is None else 0,
        sorted_by=name,
        sorted_down=down,
        page_number=number,
        page_count=pages,
        query=lambda **more: "?" + urlencode({"q": asked, "sort": sort, **more}),
        plot=_plot(DAY_HOURS, ids if asked is None else None),
    )


def _known(service, id_, use):
    """What is known of a namespace without opening it."""
    try:
        used = max(filter(None, (service.namespaces.changed_at(id_), use.last)), default=None)
    except OSError:
        used = use.last
    errors = use.errors / use.requests if use.requests else None
    return {"id": id_, "used": used, "requests": use.requests, "errors": errors}


def _look(service, id_):
    """What opening it tells: a new one, one of a later version and a damaged one have no size."""
    size = {"rows": None, "bytes": None}
    try:
        if not service.namespaces.exists(id_):
            return size | {"state": "new"}
        with service.namespaces.read(id_) as session:
            size = {"rows": service.namespaces.rows(session), "bytes": service.namespaces.bytes(session)}
            return size | {"state": "sound"}
    except NewerDatabase:
        return size | {"state": "newer"}
    except (OSError, Fault, Faults):
        return size | {"state": "damaged" if _is_damaged(service, id_) else "unreadable"}


def _remembered(service, id_):
    """What _look told since the namespace changed: to open 2,000 of them, for their order, takes 2 s."""
    try:
        changed_at = service.namespaces.changed_at(id_)
    except OSError:
        return _look(service, id_)
    place = (service.namespaces.path(id_), changed_at)
    if place not in _looks:
        if len(_looks) >= KEPT_LOOKS:
            _looks.clear()
        _looks[place] = _look(service, id_)
    return _looks[place]


def _is_damaged(service, id_):
    try:
        return service.namespaces.condition(id_) == "damaged"
    except (OSError, Fault, Faults):
        return False


# --- one of them ------------------------------------------------------------------------------------
@blueprint.get("/namespaces/<your_id>")
def show(your_id):
    service, id_ = _service(), _checked(your_id)
    limits, more, trouble = service.namespaces.limits, {}, []
    row = _known(service, id_, service.activity.recent().get(id_, Use())) | _look(service, id_)
    if row["state"] == "sound":
        with service.namespaces.read(id_) as session:
            more = {"counts": count_all(service, session), "snapshots": service.namespaces.snapshots(session)}
    elif row["state"] != "new":
        try:
            with service.namespaces.read(id_):
                pass
        except (OSError, Fault, Faults) as error:
            trouble = bulk.told(error)
    return page(
        "instructor_namespace.html",
        row=row,
        limits=limits,
        trouble=trouble,
        plots=[_plot(DAY_HOURS, [id_]), _plot(KEPT_HOURS, [id_])],
        **more,
    )


@blueprint.get("/namespaces/<your_id>/export")
def export_one(your_id):
    return _download(_checked(your_id))


def _checked(your_id):
    """The id of a URL. Raises Refused."""
    ids, wrong = bulk.sort_ids([your_id])
    if wrong:
        raise Refused("failed", 404, wrong)
    return ids[0]


def _download(id_):
    content = bulk.export(_service(), id_)
    headers = {"Content-Disposition": f'attachment; filename="{id_}.json"'}
    return Response(content, mimetype="application/json", headers=headers)


# --- doing something --------------------------------------------------------------------------------
@blueprint.post("/confirm")
def confirm():
    """Says what would be done to which; nothing is done yet."""
    action = _action()
    if "all" not in request.form:
        chosen = request.form.getlist("chosen")
    elif "roster" in request.form:
        chosen = request.form["roster"].split()
    else:
        chosen = _found(request.form.get("q", ""))
    return _confirm_page(action, _ids(chosen))


@blueprint.post("/run")
def run():
    """Does it to the first of the ids and tells what came of each; what is left is offered again."""
    service, action = _service(), _action()
    ids, fixture = _ids(request.form.get("ids", "").split()), request.form.get("fixture")
    if action == "seed":
        try:
            fixtures.load_fixture(service, fixture or "")
        except Fault as fault:
            return _confirm_page(action, ids, bulk.told(fault), fault.status)
    work, _ = ACTIONS[action]
    entries = [bulk.attempt(id_, lambda id_: work(service, id_, fixture)) for id_ in ids[:AT_ONCE]]
    return page(
        "instructor_results.html",
        action=action,
        fixture=fixture,
        entries=entries,
        done=ids[:AT_ONCE],
        left=ids[AT_ONCE:],
        failed=sum(not entry["ok"] for entry in entries),
    )


@blueprint.post("/export")
def export():
    ids = _ids(request.form.get("ids", "").split())
    if len(ids) == 1:
        return _download(ids[0])
    name = f"namespaces-{datetime.now(UTC):%Y-%m-%d}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_zipped(_service(), ids), mimetype="application/zip", headers=headers)


def _action():
    action = request.form.get("action")
    if action not in ACTIONS:
        raise Refused("nothing", 400)
    return action


def _ids(texts):
    """Raises Refused where there is none."""
    ids, _ = bulk.sort_ids(texts)
    if not ids:
        raise Refused("nothing", 400)
    return ids


def _confirm_page(action, ids, trouble=(), status=200):
    service = _service()
    return page(
        "instructor_confirm.html",
        status,
        action=action,
        ids=ids,
        destroys=ACTIONS[action][1],
        held=sum(_look_exists(service, id_) for id_ in ids),
        fixtures=fixtures.names(service.settings),
        fixture=request.form.get("fixture", "demo"),
        trouble=trouble,
        at_once=AT_ONCE,
        batch=BATCH,
    )


def _look_exists(service, id_):
    try:
        return service.namespaces.exists(id_)
    except OSError:
        return True


def _zipped(service, ids):
    """The pieces of a zip with a document for each namespace, made while they are sent; failed.txt tells what is missing."""
    sink, failed = _Sink(), []
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for id_ in ids:
            entry = bulk.attempt(id_, lambda id_: ("exported", {"content": bulk.export(service, id_)}))
            if entry["ok"]:
                archive.writestr(f"{id_}.json", entry["content"])
            else:
                failed.append(f"{id_}: {' '.join(entry['errors'])}\n")
            yield sink.taken()
        if failed:
            archive.writestr("failed.txt", "".join(failed))
    yield sink.taken()


class _Sink:
    """A file that can only be written to, whose content is taken away piece by piece."""

    def __init__(self):
        self._pieces = []

    def write(self, piece):
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self):
        pass

    def taken(self):
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


# --- the use of them --------------------------------------------------------------------------------
@blueprint.get("/activity")
def activity():
    return page("instructor_activity.html", plots=[_plot(DAY_HOURS), _plot(KEPT_HOURS)])


def _plot(hours, ids=None):
    """A plot of requests by the hour, in the units of its SVG: bars with their parts from the bottom, and the axes."""
    zone = ZoneInfo(_service().settings["TIMEZONE"])
    counts = _service().activity.by_hour(hours, ids)
    left, top, width, height = 48, 10, 700, 150
    most = _round_up(max(count for _, count, _, _ in counts))
    step = width / hours
    bars, labels, rows = [], [], []
    for number, (hour, count, client_errors, server_errors) in enumerate(counts):
        begin = datetime.fromtimestamp(hour * HOUR_SECONDS, UTC).astimezone(zone)
        x = left + number * step
        if hours <= DAY_HOURS and begin.hour % 3 == 0:
            labels.append((_short(x + step / 2), f"{begin:%H:%M}"))
        elif hours > DAY_HOURS and begin.hour == 12:
            labels.append((_short(x), f"{begin:%m-%d}"))
        if not count:
            continue
        rows.append((begin, count, client_errors, server_errors))
        parts, bottom = [], top + height
        well = count - client_errors - server_errors
        for kind, part in (("well", well), ("client", client_errors), ("server", server_errors)):
            if part:
                tall = part / most * height
                bottom -= tall
                parts.append((kind, _short(bottom), _short(tall)))
        bars.append({"x": _short(x + step * 0.1), "width": _short(step * 0.8), "parts": parts, "row": rows[-1]})
    return {
        "hours": hours,
        "box": f"0 0 {left + width + 8} {top + height + 26}",
        "left": left,
        "right": left + width,
        "bottom": top + height,
        "bars": bars,
        "labels": labels,
        "lines": [(_short(top + height * (1 - part)), int(most * part)) for part in (0, 0.5, 1)],
        "rows": rows,
        "requests": sum(row[1] for row in rows),
        "errors": sum(row[2] + row[3] for row in rows),
    }


def _round_up(number):
    """The first of 2, 4, 6, 8, 10, 20, 40 … that is not less: its half is a whole number, too."""
    scale = 1
    while number > 10 * scale:
        scale *= 10
    return next(digit * scale for digit in (2, 4, 6, 8, 10) if digit * scale >= number)


def _short(number):
    return round(number, 2)
