"""Pages for people: the start page and the error catalogue."""

from flask import Blueprint, render_template

from ..errors import catalogue

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def start():
    return render_template("start.html")


@blueprint.get("/docs/errors")
def errors():
    return render_template("errors.html", rows=catalogue())
