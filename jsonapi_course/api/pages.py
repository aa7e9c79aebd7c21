"""The start page for people; the OpenAPI description for machines."""

from functools import lru_cache

import orjson
from flask import Blueprint, current_app, request

from ..errors import Fault, Faults, InvalidNamespace
from ..namespaces import check_namespace_id
from .checkin.openapi import describe_all
from .exchange import root_url
from .site import of_errors, page

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start():
    """`?id=` chooses the namespace of the examples where there is no JavaScript to keep it."""
    service = current_app.extensions["jsonapi_course"]
    asked, chosen, refused = request.args.get("id", "").strip(), None, None
    if asked:
        try:
            check_namespace_id(asked)
            chosen = asked
        except InvalidNamespace as fault:
            refused = of_errors(fault.detail)
    return page(
        "start.html",
        asked=asked,
        chosen=chosen,
        refused=refused,
        namespaces=_namespaces(service),
        settings=service.settings,
    )


def _namespaces(service):
    """How many there are, or None where the storage cannot be read."""
    try:
        return len(service.namespaces.ids())
    except (OSError, Fault, Faults):
        return None


@blueprint.get("/openapi.json")
def openapi():
    registry = current_app.extensions["jsonapi_course"].registry
    response = current_app.response_class(
        _description(registry, root_url(request.environ)), mimetype="application/json"
    )
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    return response.make_conditional(request)


@lru_cache(maxsize=16)
def _description(registry, root):
    """The description's bytes: 30 ms to make, so once for each root URL. A Host header can be anything: few are kept."""
    return orjson.dumps(describe_all(registry, root))
