"""Pages for people: the start page and the error catalogue. For machines: the OpenAPI description."""

import re
from functools import lru_cache

import orjson
from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup, escape

from ..errors import catalogue
from .checkin.openapi import describe_all
from .exchange import root_url

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start():
    return render_template("start.html")


@blueprint.get("/docs/errors")
def errors():
    return render_template("errors.html", rows=catalogue())


@blueprint.app_template_filter()
def with_code(text):
    """`name` in a text as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


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
