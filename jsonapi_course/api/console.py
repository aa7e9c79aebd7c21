"""The console of a namespace: its page, its last requests, and its fault lab."""

import logging
import sqlite3

from flask import Blueprint, current_app, request

from ..engine import render
from ..errors import Fault, InvalidParameter, StorageFailed
from ..namespaces import check_namespace_id
from . import fault_lab, fixtures
from .exchange import about_errors, check_slashes, error_response
from .site import page

log = logging.getLogger(__name__)

blueprint = Blueprint("console", __name__)


@blueprint.get("/api/<your_id>/console", provide_automatic_options=False)
def show(your_id):
    check_slashes(request.environ)
    names = fixtures.names(current_app.extensions["jsonapi_course"].settings)
    return page("console.html", your_id=check_namespace_id(your_id), fixtures=names)


@blueprint.errorhandler(Fault)
def _refused(fault):
    return error_response([fault], about_errors(request.environ))


def _page(service, exchange, namespace):
    """None: show() answers, as a page is made in Flask only."""


# --- requests ---------------------------------------------------------------------------------------
def list_requests(service, exchange, namespace):
    """The requests after a number, and the faults; whoever asks has the next ones recorded."""
    exchange.negotiate(has_body=False)
    exchange.refuse_args(("after",))
    after = _after(exchange)
    exchange.findings.check()
    _stored(service.recordings.watch, namespace)
    last, requests, faults = _stored(service.recordings.list, namespace, after)
    return _answer(exchange, {"last": last, "requests": requests, "faults": fault_lab.described(faults)})


def forget_requests(service, exchange, namespace):
    exchange.check_request()
    _stored(service.recordings.forget, namespace)
    return exchange.reply(204)


def _after(exchange):
    values = [value for name, value in exchange.args if name == "after"]
    if not values:
        return 0
    if len(values) > 1 or not (values[0].isascii() and values[0].isdigit() and len(values[0]) <= 15):
        exchange.findings.add(
            InvalidParameter(
                "'after' is the number of the last request that you have, given once: ?after=17.", parameter="after"
            )
        )
        return 0
    return int(values[0])


# --- faults -----------------------------------------------------------------------------------------
def show_faults(service, exchange, namespace):
    exchange.check_request()
    return _answer(exchange, fault_lab.described(_stored(service.recordings.faults, namespace)) or {"kind": None})


def set_faults(service, exchange, namespace):
    exchange.negotiate(has_body=True)
    exchange.refuse_args()
    faults = fault_lab.load(exchange.document(), exchange.findings)
    exchange.findings.check()
    if not exchange.dry_run:
        _stored(service.recordings.set_faults, namespace, faults)
    return _answer(exchange, fault_lab.described(faults))


def end_faults(service, exchange, namespace):
    exchange.check_request()
    _stored(service.recordings.end_faults, namespace)
    return exchange.reply(204)


# --- for all of them --------------------------------------------------------------------------------
def _stored(do, namespace, *arguments):
    """What Recordings does; a second time where the file was damaged, which is then a new one."""
    for attempt in (1, 2):
        try:
            return do(namespace, *arguments)
        except sqlite3.ProgrammingError:
            raise
        except (sqlite3.Error, ValueError, TypeError, KeyError) as error:
            log.warning("The console of %s, attempt %s: %s", namespace, attempt, error)
    raise StorageFailed(
        "The console cannot write down what it shows now; your data is not affected. Try again in some seconds.",
        headers={"Retry-After": "5"},
    )


def _answer(exchange, meta):
    body = render.document(links=exchange.links, meta=exchange.meta(meta))
    return exchange.reply(200, body, [("Cache-Control", "no-store")])


VIEWS = {
    "console": {"GET": _page},
    "console/requests": {"GET": list_requests, "DELETE": forget_requests},
    "console/faults": {"GET": show_faults, "PUT": set_faults, "DELETE": end_faults},
}
