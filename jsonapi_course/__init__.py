"""create_app(): settings, namespaces, the faces."""

import logging
from dataclasses import dataclass
from functools import partial

from flask import Flask, current_app, request
from flask_cors import CORS
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from .api import browse, console, docs, journal, jsonapi, machine, pages, site
from .api.cache import AnswerCache
from .api.checkin import call, v3
from .api.checkin.v1 import dispatch as v1
from .api.exchange import error_response, root_url
from .api.front import Front
from .api.recording import Recorder
from .api.refusals import EXPOSED
from .config import load_settings
from .engine.resource import Registry
from .errors import Faults, InvalidRequest, MethodNotAllowed
from .namespaces import Limits, Namespaces, Recordings
from .resources import load_registry

DAY_SECONDS = 86400
CHECKIN = (v1.blueprint.name, v3.blueprint.name)  # whose errors have a shape of their own


@dataclass
class Service:
    """What the views need, in app.extensions["jsonapi_course"]."""

    settings: dict
    registry: Registry
    namespaces: Namespaces
    recordings: Recordings
    activity: object = None  # Activity, where there are instructor's pages


def create_app(config=None, load_registry=load_registry):
    """The WSGI application. `config` overrides settings by their names without prefix. Raises InvalidSetting.

    `load_registry(settings)` gives the types; tests of the protocol bring toy types.
    """
    settings = load_settings(config)
    journal.configure(settings["LOG_FORMAT"], settings["LOG_LEVEL"])
    app = Flask(__name__, static_folder=None)
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    registry = load_registry(settings)
    limits = Limits(
        max_rows=settings["NAMESPACE_MAX_ROWS"],
        max_bytes=settings["NAMESPACE_MAX_BYTES"],
        max_namespaces=settings["MAX_NAMESPACES"],
        new_per_hour=settings["NEW_NAMESPACES_PER_HOUR"],
        address=journal.address,
    )
    namespaces = Namespaces(settings["INSTANCE_PATH"], registry.tables, registry.seed, registry.reference_text, limits)
    recordings = Recordings(settings["INSTANCE_PATH"])
    service = app.extensions["jsonapi_course"] = Service(settings, registry, namespaces, recordings)
    for face in (jsonapi, v3, v1):
        app.register_blueprint(face.blueprint)
    for part in (site, pages, docs, browse, machine, console):
        app.register_blueprint(part.blueprint)
    shared = "/*"  # what pages of other origins may read
    if settings["INSTRUCTOR_TOKEN"]:
        from .api import activity, instructor  # here, as few services have them and all would load them

        service.activity = activity.Activity(settings["INSTANCE_PATH"], namespaces)
        app.register_blueprint(instructor.blueprint)
        shared = instructor.EVERYTHING_ELSE
    app.register_error_handler(Exception, _unexpected)
    CORS(
        app,
        resources=shared,
        send_wildcard=True,
        methods=["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"],
        expose_headers=EXPOSED,
        max_age=DAY_SECONDS,
        allow_private_network=True,
    )
    answers = AnswerCache(app.wsgi_app, namespaces, partial(jsonapi.find_answer, service))
    app.wsgi_app = Front(Recorder(answers, recordings), settings, service.activity)
    if settings["TRUSTED_PROXIES"]:
        count = settings["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count)
    return app


def _unexpected(error):
    """Every other error as a JSON:API error document; the trace goes to the log and nowhere else."""
    try:
        about = f"{root_url(request.environ)}/docs/errors"
    except Faults as faults:
        return error_response(faults.faults, "/docs/errors")
    if not isinstance(error, HTTPException):
        logging.getLogger(__name__).exception("unexpected error: %s %s", request.method, request.path)
        fault = machine.fault_of(error)
        return call.error_reply(fault) if request.blueprint in CHECKIN else error_response([fault], about)
    if request.method == "OPTIONS":
        return "", 204
    if error.code == 404:
        fault = jsonapi.unknown_path(current_app.extensions["jsonapi_course"].registry, request.path)
    elif error.code == 405 and (found := jsonapi.refusal_of(request.environ)):
        return found
    elif error.code == 405:
        allow = ", ".join(sorted(error.valid_methods or []))
        fault = MethodNotAllowed(f"{request.method} is not offered here; there are {allow}.", headers={"Allow": allow})
    else:
        fault = InvalidRequest(f"The request cannot be understood: {error.name}.")
    return error_response([fault], about)
