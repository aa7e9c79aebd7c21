"""A JSON answer as a page, for a person whose browser opened an API URL. Made of the finished answer; its status stays."""

import json
import re
from urllib.parse import parse_qsl, quote
from urllib.request import parse_http_list

from flask import Blueprint, current_app, g, render_template, request
from markupsafe import Markup, escape
from werkzeug.http import parse_options_header

from ..engine.openapi import example_of, sample_of
from ..engine.query import query_text
from ..engine.resource import Relation, Resource
from ..errors import Fault, Faults, catalogue
from ..namespaces import VERSIONS
from . import jsonapi, negotiation
from .exchange import root_url
from .site import as_page

JSON_TYPES = (negotiation.MEDIA_TYPE, "application/json")
ROWS = {row.code: row for row in catalogue()}
SHOWN_BYTES = 400_000  # of a document; of a larger one the page shows the first resources
SHOWN_RESOURCES = 50

blueprint = Blueprint("browse", __name__)


def prefers_html(accept):
    """Whether text/html is what Accept prefers: before every other range, and JSON is not as welcome.

    `*/*`, which programs send, does not prefer it, and neither does a missing header.
    """
    if not accept or "text/html" not in accept.lower():
        return False
    if accept.startswith("text/html, image/gif, image/jpeg, *"):
        return False  # what Java's HttpURLConnection sends by itself
    ranges = {}
    for part in parse_http_list(accept):
        type_, parameters = parse_options_header(part)
        ranges.setdefault(type_.lower(), _quality(parameters.get("q", "1")))
    html = ranges.get("text/html", 0)
    best = next(type_ for type_, quality in ranges.items() if quality == max(ranges.values()))
    rivals = [quality for type_, quality in ranges.items() if type_ in (*JSON_TYPES, "application/*")]
    return best == "text/html" and 0 < html > max(rivals, default=0)


def _quality(text):
    try:
        return float(text)
    except ValueError:
        return 0


@blueprint.before_app_request
def read_anew():
    """A page is no 304: a browser that has the document from a fetch() asks for the page with the document's ETag."""
    if "HTTP_IF_NONE_MATCH" in request.environ and prefers_html(request.headers.get("Accept")) and _may_be_shown():
        del request.environ["HTTP_IF_NONE_MATCH"]


def _may_be_shown():
    """Whether the request is none for a file or the description, which are the same for every reader."""
    return request.blueprint != "site" and request.endpoint != "pages.openapi"


@blueprint.after_app_request
def show(response):
    """The page in place of a JSON answer, where a browser asked."""
    if (
        not prefers_html(request.headers.get("Accept"))
        or response.mimetype not in JSON_TYPES
        or not _may_be_shown()
        or "Content-Disposition" in response.headers
    ):
        return response
    headers = [(name, value) for name, value in response.headers if name not in ("Content-Length", "Vary")]
    document = json.loads(response.get_data())
    shown, left_out = _shortened(document, response.content_length or 0)
    try:
        root = root_url(request.environ)
    except Faults:
        root = ""
    answer = {
        "status": response.status,
        "failed": response.status_code >= 400,
        "headers": headers,
        "text": coloured(shown, root),
        "left_out": left_out,
        "findings": list(_findings(document)),
        "pages": _pages(document),
    }
    response.set_data(
        render_template("answer.html", answer=answer, asked=_request(root), trail=_trail(), more=_more(root, document))
    )
    response.headers.pop("ETag", None)  # it is the document's, not the page's
    return as_page(response)


def _shortened(document, size):
    """(the document, how many resources are left out): the first ones of a large one."""
    if size <= SHOWN_BYTES or not isinstance(document, (dict, list)):
        return document, 0
    if isinstance(document, list):
        return document[:SHOWN_RESOURCES], max(0, len(document) - SHOWN_RESOURCES)
    lists = {name: value for name, value in document.items() if name != "errors" and isinstance(value, list)}
    short = document | {name: value[:SHOWN_RESOURCES] for name, value in lists.items()}
    return short, sum(max(0, len(value) - SHOWN_RESOURCES) for value in lists.values())


# --- the document -----------------------------------------------------------------------------------
def coloured(value, root):
    """A JSON value as HTML, indented, with links where a text is a URL of the service."""
    return Markup("".join(_coloured(value, root, "\n")))


def _coloured(value, root, indent):
    if isinstance(value, (dict, list)) and value:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        yield opening
        items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
        for number, (name, item) in enumerate(items):
            yield f"{',' * (number > 0)}{indent}  "
            if name is not None:
                yield f'<span class="name">{escape(json.dumps(name, ensure_ascii=False))}</span>: '
            yield from _coloured(item, root, indent + "  ")
        yield indent + closing
    elif isinstance(value, str):
        text = escape(json.dumps(value, ensure_ascii=False))
        if root and value.startswith(f"{root}/"):
            text = f'<a href="{escape(value)}">{text}</a>'
        yield f'<span class="text">{text}</span>'
    else:
        kind = "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else "word"
        yield f'<span class="{kind}">{escape(json.dumps(value))}</span>'


def _findings(document):
    """Each error and warning with its row of the catalogue; the check-in API's errors have a message and no code."""
    if not isinstance(document, dict):
        return
    meta = document.get("meta")
    for kind, found in (("error", document.get("errors")), ("warning", meta and meta.get("warnings"))):
        for finding in found if isinstance(found, list) else []:
            source = " ".join(finding.get("source", {}).values())
            yield {"kind": kind, "where": source, "row": ROWS.get(finding["code"]), **finding}
    if "message" in document:
        for fault in g.get("checkin_faults", ()):
            yield {"kind": "error", "where": fault.member or "", "row": ROWS[fault.code], **fault.as_object("")}


def _pages(document):
    """[(name, URL)] of the pages of a collection."""
    links = document.get("links") if isinstance(document, dict) else None
    return [(name, links[name]) for name in ("first", "prev", "next", "last") if (links or {}).get(name)]


# --- the request ------------------------------------------------------------------------------------
def _args():
    """The query as [(name, value)], without passwords."""
    secret = current_app.extensions["jsonapi_course"].registry.secret_names
    args = parse_qsl(request.environ.get("QUERY_STRING", ""), keep_blank_values=True, errors="replace")
    return [arg for arg in args if not secret & set(re.split(r"[\[\].]", arg[0]))]


def _url(root, args, path=None):
    query = query_text(args).replace("%5B", "[").replace("%5D", "]")
    return f"{root}{path or _path()}" + (f"?{query}" if query else "")


def _path():
    return quote(request.path, safe="/-._~!$&()*+,;=:@")


def _request(root):
    """How programs send the same request."""
    method, url = request.method, _url(root, _args())
    flags = "-g " if "[" in url else ""
    if method not in ("GET", "HEAD"):
        return {"method": method, "url": url, "curl": f"curl {flags}-X {method} '{url}'", "fetch": None}
    fetch = f"const answer = await fetch('{url}');\nconsole.log(answer.status, await answer.json());"
    return {"method": method, "url": url, "curl": f"curl {flags}'{url}'", "fetch": fetch}


def _trail():
    """[(name, path)] of the URLs above this one, and this one."""
    segments = _path().strip("/").split("/")
    whole = [(name, "/" + "/".join(segments[: number + 1])) for number, name in enumerate(segments)]
    return [(name, path) for name, path in whole if name not in ("api", *VERSIONS, "relationships")]


# --- what else can be asked -------------------------------------------------------------------------
def _more(root, document):
    """What can be asked here, each with the URL that asks it; None where the path is nothing of JSON:API."""
    service = current_app.extensions["jsonapi_course"]
    if request.blueprint != jsonapi.blueprint.name:
        return None
    try:
        endpoint = jsonapi.endpoint_of(service, request.view_args["your_id"], request.view_args["path"])
    except (Fault, Faults):
        return None
    more = {"allow": endpoint.allow, "methods": list(endpoint.methods), "resource": None}
    first = endpoint.arguments[0] if endpoint.arguments else None
    if not isinstance(first, (Resource, Relation)):
        return more
    views = endpoint.methods.values()
    if jsonapi.show_relationship in views:
        return more | {"resource": first.source}
    resource = getattr(first, "target", first)
    more |= {
        "resource": resource,
        "include": list(_includes(root, resource)),
        "fields": _with(root, f"fields[{resource.type}]", ",".join(resource.fields[:2])),
    }
    if jsonapi.list_resources in views or jsonapi.list_related in views:
        samples = _samples(resource, document)
        more["attributes"] = [
            {
                "name": name,
                "field": field,
                "filter": _with(root, f"filter[{name}]", samples[name]),
                "sample": samples[name],
                "operators": field.operators,
                "up": _with(root, "sort", name),
                "down": _with(root, "sort", f"-{name}"),
            }
            for name, field in resource.visible.items()
        ]
        more["page"] = _with(root, "page[size]", "2", without="page[")
        more["create"] = {"data": example_of(resource)}
    return more


def _with(root, name, value, without=None):
    """This URL with another value of a parameter."""
    kept = [arg for arg in _args() if arg[0] != name and not (without and arg[0].startswith(without))]
    return _url(root, [*kept, (name, value)])


def _includes(root, resource):
    """(name, whether it is asked for, the URL with it or without it)."""
    asked = [name for key, value in _args() if key == "include" for name in value.split(",") if name]
    for name in resource.relationships:
        rest = [other for other in asked if other != name]
        names = rest if name in asked else [*rest, name]
        others = [arg for arg in _args() if arg[0] != "include"]
        yield name, name in asked, _url(root, [*others, ("include", ",".join(names))] if names else others)


def _samples(resource, document):
    """A value of each attribute for the example of a filter: the first resource's, or one that it could have."""
    data = document.get("data")
    first = data[0].get("attributes", {}) if data and isinstance(data, list) else {}
    samples = {}
    for name, field in resource.visible.items():
        value = first.get(name)
        value = sample_of(field) if value in (None, "") else value
        samples[name] = value if isinstance(value, str) else json.dumps(value)
    return samples
