"""What is wrong with the machine, as faults of the table; and whether anything is: /healthz, /readyz, /metrics."""

import errno

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from ..errors import Fault, ServiceFull, StorageFailed
from . import journal
from .exchange import error_response

blueprint = Blueprint("machine", __name__)

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def fault_of(error):
    """The fault for an exception that nobody expected. What failed in the machine may be over soon: 503."""
    if isinstance(error, OSError):
        if error.errno in _FULL:
            return ServiceFull("The disk of the service is full, so nothing was written: tell your instructor.")
        return StorageFailed(
            "The machine cannot carry out the request now; try again in some seconds.", headers={"Retry-After": "5"}
        )
    return Fault("The service failed; the request may not have been carried out.")


@blueprint.errorhandler(Fault)
def _refused(fault):
    return error_response([fault], "/docs/errors")


@blueprint.get("/healthz")
def healthz():
    """Whether the process answers."""
    return _answer({"status": "ok"})


@blueprint.get("/readyz")
def readyz():
    """Whether the storage can be written. Raises a fault of 503 or 507 where it cannot."""
    current_app.extensions["jsonapi_course"].namespaces.check_writable()
    return _answer({"status": "ready"})


@blueprint.get("/metrics")
def metrics():
    folder = current_app.extensions["jsonapi_course"].settings["INSTANCE_PATH"]
    return Response(journal.metrics(folder), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _answer(value):
    response = current_app.json.response(value)
    response.headers["Cache-Control"] = "no-store"
    return response
