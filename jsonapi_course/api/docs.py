"""The documentation for people: the guides, a page for each type, every error, the settings, the interactive reference."""

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.exceptions import NotFound

from ..config import PREFIX, SETTINGS
from ..engine.openapi import example_of
from ..errors import catalogue
from . import guides
from .exchange import root_url
from .site import page

blueprint = Blueprint("docs", __name__, url_prefix="/docs")


@blueprint.get("")
def index():
    return page("docs.html", guides=guides.all_guides())


@blueprint.get("/errors")
def errors():
    return page("errors.html", rows=catalogue())


@blueprint.get("/settings")
def settings():
    return page("settings.html", settings=SETTINGS, prefix=PREFIX)


@blueprint.get("/reference")
def reference():
    return page("reference.html")


@blueprint.get("/types/<type_>")
def type_page(type_):
    registry = current_app.extensions["jsonapi_course"].registry
    if type_ not in registry:
        raise NotFound
    resource = registry[type_]
    return page(
        "type.html", resource=resource, example=example_of(resource), removals=list(_removals(registry, resource))
    )


def _removals(registry, resource):
    """(relation, what a deletion of this type's resource does to it): "goes", "stays" or "keeps"."""
    for other in registry:
        for relation in other.to_one.values():
            if relation.target is resource:
                rule = next(iter(relation.column.foreign_keys)).ondelete
                yield relation, {"CASCADE": "goes", "SET NULL": "stays"}.get(rule, "keeps")


@blueprint.get("/<guide>")
def guide(guide):
    if guide.endswith(".md"):
        return redirect(url_for(".guide", guide=guide.removesuffix(".md")))
    found = guides.find(guide)
    if found is None:
        raise NotFound
    body = found.html(root_url(request.environ), _url_of)
    return page("guide.html", guide=found, body=body, guides=guides.all_guides(), content_language="en")


def _url_of(link):
    """Where a link between the files of the guides leads on this site; None where that is no page."""
    file, mark, anchor = link.partition("#")
    if file == "../README.md" and anchor == "settings":
        return url_for(".settings")
    name = file.removesuffix(".md")
    return url_for(".guide", guide=name) + mark + anchor if guides.find(name) else None
