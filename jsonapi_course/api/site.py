"""What every page for people shares: base template, static files, language, headers. The pages are in the other modules.

A page extends templates/base.html and is answered with `page("name.html", …)`. Its sentences stand in the template
in English, between {% trans %} or in _("…"), and in german.py in German.
"""

import json
import re
from importlib.metadata import version
from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, current_app, g, make_response, render_template, request, send_from_directory, url_for
from markupsafe import Markup, escape
from werkzeug.routing import BuildError

from ..errors import Faults
from .exchange import root_url
from .german import GERMAN
from .language import in_german, language_of

CONTENT_SECURITY_POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
PLACEHOLDER = "s1234"  # the namespace id of every example

blueprint = Blueprint("site", __name__, static_folder="../static", static_url_path="/static")


def page(template, status=200, **values):
    """A page: the template's text in the reader's language, with the headers of every page."""
    return as_page(make_response(render_template(template, **values), status))


def as_page(response):
    """Sets the headers of every page: assets, scripts and requests are the service's own or none."""
    response.content_type = "text/html; charset=utf-8"
    response.headers.setdefault("Cache-Control", "no-cache")
    response.headers["Content-Language"] = language()
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.update(["Accept", "Accept-Language"])
    return response


@blueprint.get("/static/swagger-ui/<path:filename>")
def swagger_ui(filename):
    """The viewer of the description, from its package: classrooms may be offline."""
    return send_from_directory(SWAGGER_UI, filename)


# --- language ---------------------------------------------------------------------------------------
def language():
    """The language of the page: German where the browser prefers it to English."""
    if "language" not in g:
        g.language = language_of(request.environ)
    return g.language


def _translated(text):
    return GERMAN[text] if language() == "de" else text


def of_errors(text):
    """A sentence of an error in the language of the page."""
    return in_german(text) if language() == "de" else text


def _translated_count(one, many, count):
    return _translated(one if count == 1 else many)


# --- what templates may use -------------------------------------------------------------------------
@blueprint.record_once
def _prepare(state):
    environment = state.app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(_translated, _translated_count, newstyle=True)
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters["with_code"] = with_code
    environment.filters["of_errors"] = of_errors
    environment.filters["with_id"] = with_id
    environment.filters["for_shell"] = for_shell


@blueprint.app_context_processor
def _of_every_page():
    try:
        root = root_url(request.environ)
    except Faults:  # the page that says that the Host header is wrong
        root = ""
    return {
        "root": root,
        "language": language(),
        "version": version("jsonapi-course"),
        "registry": current_app.extensions["jsonapi_course"].registry,
        "placeholder": PLACEHOLDER,
        "has_console": _has_page("console.show", your_id=PLACEHOLDER),
    }


def _has_page(endpoint, **values):
    try:
        return url_for(endpoint, **values)
    except BuildError:
        return None


def with_code(text):
    """`name` in a text as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def with_id(text, chosen=PLACEHOLDER):
    """The text of an example in which the namespace id is the chosen one, where site.js finds it."""
    span = f'<span class="your-id">{escape(chosen)}</span>'
    return Markup(re.sub(rf"\b{PLACEHOLDER}\b", lambda _: span, str(escape(text))))


def for_shell(value):
    """A JSON value as text between single quotes of a shell."""
    return json.dumps(value, ensure_ascii=False, indent=2).replace("'", "'\\''")
