"""The JSON:API face: /api/<your_id>/<type>… A view is parse, do, reply."""

from typing import NamedTuple

from flask import Blueprint, current_app, request

from ..engine import cursor, document, reader, render, writer
from ..engine.query import COLLECTION, NOTHING, RESOURCE, order_name, query_from_args
from ..engine.suggest import did_you_mean, listed, mistaken_id, near, shown
from ..errors import (
    Fault,
    Faults,
    MethodNotAllowed,
    PreconditionFailed,
    UnknownPath,
    UnknownRelationship,
    UnknownType,
)
from ..namespaces import RULE, VERSIONS, check_namespace_id
from . import console, namespace_admin, negotiation, operations
from .exchange import Answer, Exchange, about_errors, check_slashes, error_response, etag_of, names_etag
from .writing import write_and_reply

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

blueprint = Blueprint("jsonapi", __name__, url_prefix="/api")


@blueprint.route("/<your_id>", defaults={"path": ""}, methods=METHODS, provide_automatic_options=False)
@blueprint.route("/<your_id>/<path:path>", methods=METHODS, provide_automatic_options=False)
def dispatch(your_id, path):
    """Flask's way to answer(), or to what find_answer() found already."""
    environ = request.environ
    found = environ.pop(FOUND, None) or answer(current_app.extensions["jsonapi_course"], environ, your_id, path)
    if isinstance(found, Refusal):
        return _refused(*found)
    status, headers, body = found.unless_known(environ) if request.method in ("GET", "HEAD") else found
    response = current_app.response_class(body, status, headers)
    if "Content-Type" not in dict(headers):
        del response.headers["Content-Type"]  # Flask's default is text/html
    return response


class Refusal(NamedTuple):
    faults: list
    exchange: Exchange | None


def answer(service, environ, your_id, path):
    """The Answer to a request, or its Refusal. Finds the endpoint by the path's segments; one slash may end it."""
    exchange = None
    method = environ["REQUEST_METHOD"]
    try:
        exchange = Exchange(service, environ, your_id)
        check_slashes(environ)
        namespace = check_namespace_id(your_id)
        endpoint = endpoint_of(service, your_id, path)
        if method == "OPTIONS":
            return Answer(204, [("Allow", endpoint.allow)])
        view = endpoint.methods.get("GET" if method == "HEAD" else method)
        if view is None:
            raise _not_allowed(service.registry, endpoint, your_id, method)
        return view(service, exchange, namespace, *endpoint.arguments)
    except Faults as error:
        return Refusal(error.faults, exchange)
    except Fault as fault:
        return Refusal([fault], exchange)


def find_answer(service, environ):
    """The Answer to a request of this face, for api/cache.py; None where Flask shall answer it, as it does errors."""
    your_id, _, path = environ["PATH_INFO"].removeprefix("/api/").partition("/")
    first = path.partition("/")[0]
    ours = first in service.registry or (first or not path) and first in _OF_NAMESPACE
    if not ours and (environ["REQUEST_METHOD"] in METHODS or first in VERSIONS):
        return None  # another face's, or unknown; of a method that Flask does not know, refusal_of() needs the answer
    found = answer(service, environ, your_id, path)
    if isinstance(found, Refusal):
        environ[FOUND] = found
        return None
    return found


FOUND = "jsonapi_course.found"  # in an environ: what dispatch() need not find again


def refusal_of(environ):
    """The response of a refusal that find_answer() made of a method which Flask does not know, else None."""
    found = environ.pop(FOUND, None)
    return _refused(*found) if found else None


def _refused(faults, exchange):
    if request.method == "OPTIONS":
        # a preflight that fails would hide from the page what the request itself is told
        response = current_app.response_class(status=204)
        del response.headers["Content-Type"]
        return response
    return error_response(faults, about_errors(request.environ), exchange)


# --- endpoints --------------------------------------------------------------------------------------
class Endpoint:
    """The views of one URL by method, and what they are called with."""

    def __init__(self, methods, *arguments):
        self.methods = methods
        self.arguments = arguments

    @property
    def allow(self):
        names = [*self.methods, "OPTIONS"]
        return ", ".join(["GET", "HEAD", *names[1:]] if "GET" in self.methods else names)


def endpoint_of(service, your_id, path):
    """The Endpoint of a path below the namespace. Raises UnknownType, UnknownRelationship or UnknownPath."""
    segments = path.removesuffix("/").split("/")
    if segments == ["operations"]:
        return Endpoint({"POST": carry_out_operations})
    if segments[0] in _OF_NAMESPACE and (found := _namespace_endpoint(segments)):
        return found
    if segments[0] not in service.registry:
        raise _unknown_type(service.registry, your_id, segments)
    resource = service.registry[segments[0]]
    if len(segments) == 1:
        return Endpoint({"GET": list_resources, "POST": create_resource}, resource)
    if "" in segments or len(segments) > 4 or len(segments) == 4 and segments[2] != "relationships":
        hint, suggestions = _path_hint(resource, segments)
        raise UnknownPath(
            f"There is nothing at this path{hint} A {resource.type} path has the forms /{resource.type}, "
            f"/{resource.type}/<id>, /{resource.type}/<id>/<relationship> and "
            f"/{resource.type}/<id>/relationships/<relationship>.",
            suggestions=suggestions,
        )
    id_ = segments[1]
    if len(segments) == 2:
        return Endpoint({"GET": show_resource, "PATCH": update_resource, "DELETE": delete_resource}, resource, id_)
    relation = _relation(resource, segments[-1])
    if len(segments) == 3:
        return Endpoint({"GET": list_related if relation.many else show_related}, relation, id_)
    return Endpoint(
        {
            "GET": show_relationship,
            "PATCH": write_relationship,
            "POST": write_relationship,
            "DELETE": write_relationship,
        },
        relation,
        id_,
    )


# What is below the namespace beside the types: {path: views by method}.
_OF_NAMESPACE = {
    "": {"GET": namespace_admin.show_namespace},
    "reset-db": {"POST": namespace_admin.reset},
    "undo-reset": {"POST": namespace_admin.undo_reset},
    "snapshots": {"GET": namespace_admin.list_snapshots, "POST": namespace_admin.take_snapshot},
    "export": {"GET": namespace_admin.export},
    "import": {"POST": namespace_admin.import_},
    **console.VIEWS,
}


def _namespace_endpoint(segments):
    """The Endpoint of the namespace as a whole, or of a snapshot; None where there is nothing."""
    if "/".join(segments) in _OF_NAMESPACE:
        return Endpoint(_OF_NAMESPACE["/".join(segments)])
    if segments[0] == "snapshots" and len(segments) == 2 and segments[1]:
        return Endpoint({"DELETE": namespace_admin.delete_snapshot}, segments[1])
    if segments[0] == "snapshots" and segments[2:] == ["restore"] and segments[1]:
        return Endpoint({"POST": namespace_admin.restore_snapshot}, segments[1])
    return None


def _path_hint(resource, segments):
    """(end of a sentence, suggestions) for a path that begins with a type and is none."""
    if "" in segments:
        return f": {_EMPTY_SEGMENT}.", []
    relation = resource.relationships.get(segments[2])
    if relation and len(segments) == 4:
        meant = f"/{relation.target.type}/{segments[3]}"
    elif near(segments[2], ["relationships"]):
        meant = f"/{'/'.join([*segments[:2], 'relationships', *segments[3:4]])}"
    else:
        return ".", []
    return f"; did you mean {meant}?", [meant]


_EMPTY_SEGMENT = "it has two slashes in a row, so a variable in the URL is probably empty"


def unknown_path(registry, path):
    """The fault for a path that is in no namespace."""
    segments = path.strip("/").split("/")
    types = [index for index, name in enumerate(segments) if name.lower() in registry]
    hint, meant = ".", []
    if "//" in path:
        hint = f": {_EMPTY_SEGMENT}."
    elif types and types[0] <= 2:
        before = [name for name in segments[: types[0]] if not near(name, ["api"])] or ["<your_id>"]
        meant = ["/".join(["/api", before[-1], *segments[types[0] :]])]
        hint = f"; did you mean {meant[0]}?"
    return UnknownPath(
        f"There is nothing at '{path[:100]}'{hint} The API is at /api/<your_id>/<type>, where <your_id> is your student "
        f"number or any other id of your own; {RULE}.",
        suggestions=meant,
    )


def _without_namespace(registry, your_id, path):
    """(sentence, suggestions) where the namespace id was left out, so that a type stands in its place."""
    if your_id.lower() not in registry:
        return "", []
    mended = f"/api/<your_id>/{your_id.lower()}{path}"
    return f" '{your_id}' was taken for the namespace id: it seems to be missing; did you mean {mended}?", [mended]


def _unknown_type(registry, your_id, segments):
    name = segments[0]
    known = [resource.type for resource in registry]
    hint, suggestions = did_you_mean(name, [*known, "operations", *filter(None, _OF_NAMESPACE)])
    missing, mended = _without_namespace(registry, your_id, "/" + "/".join(segments))
    if missing:
        hint, suggestions = f".{missing}", mended
    elif segments[:2] == ["api", your_id]:
        hint = f": /api/{your_id} stands twice in the URL."
    elif name == "":
        hint = f" in this path: {_EMPTY_SEGMENT}."
    elif mistaken_id(name):
        hint = f".{mistaken_id(name)}"
    return UnknownType(
        f"There is no type {shown(name)}{hint or '; there are ' + listed(known) + '.'}",
        suggestions=suggestions,
        allowed=known,
    )


def _relation(resource, name):
    relation = resource.relationships.get(name)
    if relation is None:
        if name == "relationships":
            raise UnknownPath(f"A relationship's name is missing: /{resource.type}/<id>/relationships/<relationship>.")
        hint, suggestions = did_you_mean(name, resource.relationships)
        if meant := resource.by_alias(name):
            hint, suggestions = f"; did you mean '{meant.name}'?", [meant.name]
        if name in resource.visible:
            hint, suggestions = f"; it is an attribute, so read it in /{resource.type}/<id>.", []
        raise UnknownRelationship(
            f"'{resource.type}' has no relationship {shown(name)}"
            f"{hint or '; it has ' + listed(resource.relationships) + '.'}",
            suggestions=suggestions,
            allowed=list(resource.relationships),
        )
    return relation


def _not_allowed(registry, endpoint, your_id, method):
    views = endpoint.methods.values()
    type_ = getattr(endpoint.arguments[0], "type", None) if endpoint.arguments else None
    hint = ""
    if namespace_admin.show_namespace in views:
        hint, _ = _without_namespace(registry, your_id, "")
    elif create_resource in views:
        hint = f" POST makes a new resource; to change or delete one put its id into the path: /{type_}/<id>."
    elif show_resource in views and method == "POST":
        hint = f" POST goes to the collection, /{type_}; PATCH changes this resource."
    elif method == "PUT":
        hint = " JSON:API has no PUT: PATCH changes what it names and leaves the rest."
    elif show_related in views or list_related in views:
        relation, id_ = endpoint.arguments
        hint = f" A relationship is written at /{relation.source.type}/{id_}/relationships/{relation.name}."
    elif method == "GET":
        hint = " A browser's address bar always sends GET: use curl -X POST, or fetch with method: 'POST'."
    return MethodNotAllowed(
        f"{method} is not offered here; there are {endpoint.allow}.{hint}",
        allowed=endpoint.allow.split(", "),
        headers={"Allow": endpoint.allow},
    )


# --- documents --------------------------------------------------------------------------------------
def _resource_document(session, exchange, compound, query):
    """The document of one resource (or of none)."""
    return render.document(
        links=exchange.links,
        data=render.primary_data(compound, query, exchange.base, many=False),
        included=_included(session, exchange, compound, query),
        meta=exchange.meta(),
    )


def _included(session, exchange, compound, query):
    """The member `included`, None where the client did not ask for it."""
    if query.include is None:
        return None
    reader.include_rows(session, compound, query)
    return render.included(compound, query, exchange.base)


def _collection_document(session, exchange, compound, query):
    links = exchange.links
    page = {"total": compound.total}
    if compound.window:
        exchange.profile = cursor.PROFILE
        links |= _window_links(exchange, query, compound)
        if compound.window.truncated:
            page["rangeTruncated"] = True
    elif query.page:
        links |= _page_links(exchange, query.page, compound.total)
    return render.document(
        profile=exchange.profile,
        links=links,
        data=render.primary_data(compound, query, exchange.base, many=True),
        included=_included(session, exchange, compound, query),
        meta=exchange.meta({"page": page}),
    )


def _page_links(exchange, page, total):
    """first, last, prev and next in the style that the client used; one that does not apply is left out."""
    size = page.limit
    last = max(0, (total - 1) // size * size)
    starts = {"first": 0, "last": last}
    if page.offset > 0:
        starts["prev"] = min(max(0, page.offset - size), last) if page.offset > last else max(0, page.offset - size)
    if page.offset + size < total:
        starts["next"] = page.offset + size
    if page.style == "offset":
        return {name: exchange.page_url(offset=start, limit=size) for name, start in starts.items()}
    return {name: exchange.page_url(number=start // size + 1, size=size) for name, start in starts.items()}


def _window_links(exchange, query, compound):
    """first, last, prev and next of the cursor profile; prev and next are null where there is no such page."""
    page, window, size = query.page, compound.window, query.page.limit
    first, last = (cursor.encode(order_name(query), end) for end in cursor.ENDS)
    prev, next_ = window.before_first, window.after_last
    if compound.total and not compound.primary:
        # an empty page has no item to go on from: what comes before and after it is told by its own cursors
        if page.after not in (None, cursor.START) and page.before != cursor.START:
            prev = last if page.before is None else cursor.encode(order_name(query), page.before)
        if page.before not in (None, cursor.END) and page.after != cursor.END:
            next_ = first if page.after is None else cursor.encode(order_name(query), page.after)
    return {
        "first": exchange.page_url(after=first, size=size),
        "last": exchange.page_url(before=last, size=size),
        "prev": prev and exchange.page_url(before=prev, size=size),
        "next": next_ and exchange.page_url(after=next_, size=size),
    }


# --- reading ----------------------------------------------------------------------------------------
def list_resources(service, exchange, namespace, resource, scope=None):
    exchange.negotiate(has_body=False)
    cursors = exchange.wants_profile(cursor.PROFILE)
    query = query_from_args(resource, exchange.args, exchange.findings, COLLECTION, cursors)
    exchange.findings.check()
    with service.namespaces.read(namespace) as session:
        if scope and not reader.row_exists(session, scope.relation.source, scope.owner):
            raise reader.unknown_resource(session, scope.relation.source, scope.owner)
        compound = reader.find_many(session, query, resource, scope, reader.linked_names(resource, query))
        body = _collection_document(session, exchange, compound, query)
    return exchange.reply_readable(body)


def show_resource(service, exchange, namespace, resource, id_):
    exchange.negotiate(has_body=False)
    query = query_from_args(resource, exchange.args, exchange.findings, RESOURCE)
    exchange.findings.check()
    with service.namespaces.read(namespace) as session:
        body = _read_resource(session, exchange, resource, id_, query)
    return exchange.reply_readable(body)


def _read_resource(session, exchange, resource, id_, query):
    compound = reader.find_one(session, resource, id_, reader.linked_names(resource, query))
    if compound is None:
        raise reader.unknown_resource(session, resource, id_)
    return _resource_document(session, exchange, compound, query)


def list_related(service, exchange, namespace, relation, owner):
    return list_resources(service, exchange, namespace, relation.target, reader.Scope(relation, owner))


def show_related(service, exchange, namespace, relation, owner):
    exchange.negotiate(has_body=False)
    query = query_from_args(relation.target, exchange.args, exchange.findings, RESOURCE)
    exchange.findings.check()
    with service.namespaces.read(namespace) as session:
        compound = reader.find_related_one(session, relation, owner, reader.linked_names(relation.target, query))
        if not compound.primary and not reader.row_exists(session, relation.source, owner):
            raise reader.unknown_resource(session, relation.source, owner)
        body = _resource_document(session, exchange, compound, query)
    return exchange.reply_readable(body)


def show_relationship(service, exchange, namespace, relation, owner):
    exchange.negotiate(has_body=False)
    query_from_args(relation.source, exchange.args, exchange.findings, NOTHING)
    exchange.findings.check()
    with service.namespaces.read(namespace) as session:
        if not reader.row_exists(session, relation.source, owner):
            raise reader.unknown_resource(session, relation.source, owner)
        body = _relationship_document(session, exchange, relation, owner)
    return exchange.reply_readable(body)


def _relationship_document(session, exchange, relation, owner):
    url = f"{exchange.base}/{relation.source.type}/{owner}"
    return render.document(
        links={**exchange.links, "related": f"{url}/{relation.name}"},
        data=render.linkage_bytes(relation, reader.linkage_of(session, relation, owner)),
        meta=exchange.meta(),
    )


# --- writing ----------------------------------------------------------------------------------------
def create_resource(service, exchange, namespace, resource):
    exchange.negotiate(has_body=True)
    query = query_from_args(resource, exchange.args, exchange.findings, RESOURCE)
    change = document.load_resource(resource, exchange.document(), exchange.findings)
    _prepare(change, exchange.findings)

    def run(session):
        id_ = writer.create(session, change, exchange.findings)
        body = _read_resource(session, exchange, resource, id_, query)
        return 201, body, [("Location", f"{exchange.base}/{resource.type}/{id_}")]

    return write_and_reply(service, exchange, namespace, run)


def _prepare(change, findings):
    """What can be done before the transaction. Raises Faults where the document holds no change at all."""
    if change is None:
        findings.check()
    if not findings.faults:
        writer.prepare(change)


def update_resource(service, exchange, namespace, resource, id_):
    exchange.negotiate(has_body=True)
    query = query_from_args(resource, exchange.args, exchange.findings, RESOURCE)
    change = document.load_resource(resource, exchange.document(), exchange.findings, id_)
    _prepare(change, exchange.findings)

    def run(session):
        current = reader.find_one(session, resource, id_)
        if current is None:
            raise reader.unknown_resource(session, resource, id_)
        _check_if_match(exchange, lambda: _read_resource(session, exchange, resource, id_, query))
        change.current = current.primary[0]
        writer.modify(session, change, exchange.findings)
        body = _read_resource(session, exchange, resource, id_, query)
        return 200, body, _etag_header(exchange, body)

    return write_and_reply(service, exchange, namespace, run, make=False)


def delete_resource(service, exchange, namespace, resource, id_):
    exchange.negotiate(has_body=False)
    query = query_from_args(resource, exchange.args, exchange.findings, NOTHING)
    exchange.findings.check()

    def run(session):
        current = reader.find_one(session, resource, id_)
        if current is None:
            raise reader.unknown_resource(session, resource, id_)
        _check_if_match(exchange, lambda: _read_resource(session, exchange, resource, id_, query))
        writer.remove(session, resource, current.primary[0])
        return 204, b"", []

    return write_and_reply(service, exchange, namespace, run, make=False, limited=False)


def write_relationship(service, exchange, namespace, relation, owner):
    exchange.negotiate(has_body=True)
    query_from_args(relation.source, exchange.args, exchange.findings, NOTHING)
    writer.check_writable(relation, exchange.method, exchange.findings)
    linkage = document.load_linkage(relation, exchange.document(), exchange.findings)
    exchange.findings.check()

    def run(session):
        current = reader.find_one(session, relation.source, owner)
        if current is None:
            raise reader.unknown_resource(session, relation.source, owner)
        _check_if_match(exchange, lambda: _relationship_document(session, exchange, relation, owner))
        writer.write_linkage(session, relation, current.primary[0], exchange.method, linkage, exchange.findings)
        body = _relationship_document(session, exchange, relation, owner)
        return 200, body, _etag_header(exchange, body)

    return write_and_reply(service, exchange, namespace, run, make=False)


def carry_out_operations(service, exchange, namespace):
    loaded = operations.load_operations(service, exchange)
    exchange.ext = negotiation.ATOMIC

    def run(session):
        results = operations.run(service, exchange, session, loaded)
        return 200, render.document(links=exchange.links, results=results, meta=exchange.meta(), ext=exchange.ext), []

    return write_and_reply(service, exchange, namespace, run)


def _check_if_match(exchange, read):
    """412 where If-Match names another state than a GET of this URL would show; `read` gives that."""
    header = exchange.environ.get("HTTP_IF_MATCH")
    if header is None:
        return
    with exchange.as_get():
        etag = etag_of(read())
    if not names_etag(header, etag, weakly=False):
        cause = "it was changed after you read it, or that is the ETag of another URL"
        if '"' not in header:
            cause = "an ETag is sent with its quotation marks"
        elif etag in header:
            cause = "a weak ETag, with W/ before it, does not count here"
        raise PreconditionFailed(
            f"If-Match is {shown(header)}, but the resource's ETag is {etag} now: {cause}. GET it again and send the "
            "change with the new ETag.",
            header="If-Match",
        )


def _etag_header(exchange, body):
    """The ETag that a GET of this URL would have; warnings and dryRun (false, too) would not be in that."""
    differs = exchange.findings.warnings or "dryRun=" in exchange.self_url
    return [] if differs else [("ETag", etag_of(body))]
