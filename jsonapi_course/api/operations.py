"""POST /api/<your_id>/operations: the atomic-operations extension, one transaction for all.

All operations are read before the transaction begins, so that all faults of their structure and content are
found together and passwords are hashed outside it; a lid is a LocalId until then. They are carried out in their
order, up to the first that fails. A linkage may name by `lid` a resource that only a later operation makes: ids
are given out beforehand, and what names such a resource is completed and checked again at the end.
"""

from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from ..engine import document, reader, render, writer
from ..engine.document import Change
from ..engine.findings import Findings
from ..engine.query import Query
from ..engine.suggest import did_you_mean, listed, shown
from ..errors import (
    Fault,
    Faults,
    InvalidDocument,
    InvalidOperation,
    TooManyOperations,
    UnknownLocalId,
    UnknownRelationship,
    UnknownType,
    UnsupportedMediaType,
)
from . import negotiation

MAX_OPERATIONS = 500
MEMBER = "atomic:operations"
_OTHER_OPS = {"create": "add", "post": "add", "replace": "update", "patch": "update", "delete": "remove"}
EXAMPLE = '{"atomic:operations": [{"op": "add", "data": {"type": "rooms", "attributes": {…}}}]}'


METHODS = {"add": "POST", "update": "PATCH", "remove": "DELETE"}  # of the request that does the same alone


class LocalId(str):
    """Stands for the id of a resource that the same request makes, until that id is given. Has a colon, as no id has."""


@dataclass
class Operation:
    """One operation as its object says. `id` is that of the target, None for a new resource."""

    op: str
    pointer: str
    resource: object
    id: str | None = None
    relation: object = None
    change: Change | None = None
    linkage: object = None


def load_operations(service, exchange):
    """The Operations of the request. Raises Faults of 413, 415 and of all that can be told without the database."""
    exchange.negotiate(has_body=True)
    if negotiation.ATOMIC not in negotiation.extensions(exchange.environ.get("CONTENT_TYPE")):
        wanted = negotiation.media_type(ext=negotiation.ATOMIC)
        raise UnsupportedMediaType(
            f"Operations need the extension in the header: Content-Type: {wanted} (and the same in Accept).",
            header="Content-Type",
        )
    exchange.refuse_args()
    items = _items(exchange.document(), exchange.findings)
    operations = _Parser(service.registry, exchange.base, exchange.findings).parse(items)
    exchange.findings.check()
    for operation in operations:
        if operation.change is not None:
            writer.prepare(operation.change)
    return operations


def _items(body, findings):
    """The array of operation objects."""
    if not isinstance(body, dict) or MEMBER not in body:
        hint = " `data` is for single resources." if isinstance(body, dict) and "data" in body else ""
        findings.add(InvalidDocument(f"The body must be like {EXAMPLE}.{hint}", pointer=""))
        return []
    for name in ("data", "included", "errors", "atomic:results"):
        if name in body:
            findings.add(InvalidDocument(f"{name} cannot stand beside {MEMBER}: leave it out.", pointer=f"/{name}"))
    items = body[MEMBER]
    if not isinstance(items, list) or not items:
        findings.add(
            InvalidDocument(
                f"{MEMBER} must be an array of at least one operation, not {shown(items)}.", pointer=f"/{MEMBER}"
            )
        )
        return []
    if len(items) > MAX_OPERATIONS:
        findings.add(
            TooManyOperations(
                f"There are {len(items)} operations; one request takes {MAX_OPERATIONS}.", pointer=f"/{MEMBER}"
            )
        )
        return []
    return items


def run(service, exchange, session, operations):
    """Carries the operations out in the open transaction; the rendered result objects. Raises Faults."""
    findings = exchange.findings
    service.namespaces.defer_foreign_keys(session)
    _give_ids(session, operations)
    results = [_carry_out(session, exchange, operation) for operation in operations]
    forward = [index for index, operation in enumerate(operations) if operation.change and operation.change.forward]
    for operation in (operations[index] for index in forward):
        at = f"{operation.pointer}/data" if operation.relation is not None else None
        writer.complete_forward(session, operation.change, findings, at)
    findings.check()
    for index in forward:
        results[index] = _result(session, exchange, operations[index]) or results[index]
    return results


def _give_ids(session, operations):
    """Gives every new resource its id, in the order of the operations, and replaces the LocalIds by them."""
    new = [operation.change for operation in operations if operation.change is not None and operation.change.creating]
    chosen = {(change.resource.type, change.id) for change in new if not isinstance(change.id, LocalId)}
    given = {}
    for change in new:
        type_, local = change.resource.type, change.id
        if local is None or isinstance(local, LocalId):
            change.id = writer.next_id(session, change.resource)
            while (type_, change.id) in chosen:
                change.id = writer.next_id(session, change.resource)
            given[type_, local] = change.id
        if change.lid is not None:
            session.pending.add((type_, change.id))

    def real(type_, value):
        if isinstance(value, list):
            return [real(type_, item) for item in value]
        return given[type_, value] if isinstance(value, LocalId) else value

    for operation in operations:
        operation.id = real(operation.resource.type, operation.id)
        if operation.relation is not None:
            operation.linkage = real(operation.relation.target.type, operation.linkage)
        elif operation.change is not None:
            change = operation.change
            change.id = real(change.resource.type, change.id)
            for name, value in change.relationships.items():
                change.relationships[name] = real(change.resource.relationships[name].target.type, value)


class _Parser:
    """Operation objects to Operations.

    `lids` is {(type, lid): id} of what the request makes, the id a LocalId unless the client chose one;
    `made_by` is {(type, lid): index of the operation}.
    """

    def __init__(self, registry, base, findings):
        self.registry = registry
        self.base = base
        self.findings = findings
        self.lids = {}
        self.made_by = {}

    def parse(self, items):
        for index, item in enumerate(items):
            self._note_lid(item, index)
        parsed = [self._operation(item, index) for index, item in enumerate(items)]
        return [operation for operation in parsed if operation is not None]

    def _note_lid(self, item, index):
        """The lid of the resource that an `add` makes."""
        data = item.get("data") if isinstance(item, dict) and item.get("op") == "add" and "ref" not in item else None
        if not isinstance(data, dict) or "lid" not in data:
            return
        type_, lid, pointer = data.get("type"), data["lid"], f"/{MEMBER}/{index}/data/lid"
        if not isinstance(lid, str):
            self.fault(f"lid must be a string, not {shown(lid)}.", pointer)
        elif isinstance(type_, str):
            if (type_, lid) in self.lids:
                self.fault(f"The lid {shown(lid)} is given to two resources of type {shown(type_)}.", pointer)
                return
            given = data.get("id")
            self.lids[type_, lid] = given if isinstance(given, str) and given else LocalId(f"lid:{lid}")
            self.made_by[type_, lid] = index

    def fault(self, detail, pointer, row=InvalidOperation, **more):
        self.findings.add(row(detail, pointer=pointer, **more))

    def _operation(self, item, index):
        pointer = f"/{MEMBER}/{index}"
        if not isinstance(item, dict):
            self.fault(f"An operation is an object such as {EXAMPLE[23:-2]}, not {shown(item)}.", pointer)
            return None
        op = item.get("op")
        if op not in ("add", "update", "remove"):
            came = shown(op) if "op" in item else "missing"
            self.fault(
                f"op is one of 'add', 'update' and 'remove'; it is {came}.",
                f"{pointer}/op" if "op" in item else pointer,
                suggestions=[_OTHER_OPS[op]] if isinstance(op, str) and op in _OTHER_OPS else [],
                allowed=["add", "update", "remove"],
            )
            return None
        if "ref" in item and "href" in item:
            self.fault("An operation has ref or href, not both.", pointer)
            return None
        try:
            target = self._target(item, op, index, pointer)
        except Fault as fault:
            self.findings.add(fault)
            return None
        if target is None:
            return None
        return self._with_data(item, op, pointer, *target)

    # --- the target ---------------------------------------------------------------------------------
    def _target(self, item, op, index, pointer):
        """(resource, id, relation), or None with a fault."""
        if "ref" in item:
            return self._ref(item["ref"], op, index, f"{pointer}/ref")
        if "href" in item:
            return self._href(item["href"], f"{pointer}/href")
        data = item.get("data")
        if op == "remove" or not isinstance(data, dict):
            self.fault(
                f"An operation '{op}' needs {'ref or href' if op == 'remove' else 'data that is an object, or ref'}.",
                pointer,
            )
            return None
        resource = self._resource(data.get("type"), f"{pointer}/data/type" if "type" in data else f"{pointer}/data")
        return resource, None if op == "add" else self._id(resource, data, index, f"{pointer}/data"), None

    def _resource(self, type_, pointer):
        if not isinstance(type_, str):
            raise InvalidOperation(f"type must be a string such as 'rooms', not {shown(type_)}.", pointer=pointer)
        if type_ not in self.registry:
            hint, suggestions = self.registry.suggest(type_)
            known = [resource.type for resource in self.registry]
            raise UnknownType(
                f"There is no type {shown(type_)}{hint or '; there are ' + listed(known) + '.'}",
                pointer=pointer,
                suggestions=suggestions,
                allowed=known,
            )
        return self.registry[type_]

    def _id(self, resource, identifier, index, pointer):
        """The id in an object with `id` or `lid`."""
        if "id" in identifier:
            if not isinstance(identifier["id"], str):
                raise InvalidOperation(f"id must be a string, not {shown(identifier['id'])}.", pointer=f"{pointer}/id")
            return identifier["id"]
        if "lid" in identifier:
            id_ = document.local_id(resource.type, identifier["lid"], self.lids)
            if id_ is None or self.made_by[resource.type, identifier["lid"]] >= index:
                raise UnknownLocalId(
                    f"No operation before this one makes a resource of type '{resource.type}' with the lid "
                    f"{shown(identifier['lid'])}.",
                    pointer=f"{pointer}/lid",
                )
            return id_
        raise InvalidOperation("The target's id (or lid) is missing.", pointer=pointer)

    def _ref(self, ref, op, index, pointer):
        if not isinstance(ref, dict):
            self.fault(f'ref is an object such as {{"type": "rooms", "id": "1"}}, not {shown(ref)}.', pointer)
            return None
        resource = self._resource(ref.get("type"), f"{pointer}/type" if "type" in ref else pointer)
        if op == "add" and "relationship" not in ref:
            self.fault("An 'add' of a resource has no ref: leave it out, or name a relationship in it.", pointer)
            return None
        id_ = self._id(resource, ref, index, pointer)
        if "relationship" not in ref:
            return resource, id_, None
        return resource, id_, self._relation(resource, ref["relationship"], f"{pointer}/relationship")

    def _relation(self, resource, name, pointer):
        relation = resource.relationships.get(name) if isinstance(name, str) else None
        if relation is None:
            hint, suggestions = did_you_mean(str(name), resource.relationships)
            raise UnknownRelationship(
                f"'{resource.type}' has no relationship {shown(name)}{hint or '.'}",
                pointer=pointer,
                suggestions=suggestions,
                allowed=list(resource.relationships),
            )
        return relation

    def _href(self, href, pointer):
        segments = self._segments(href)
        if len(segments) not in (1, 2, 4) or "" in segments:
            self.fault(
                f"href is a path such as '/rooms', '/rooms/1' or '/rooms/1/relationships/sessions', not {shown(href)}.",
                pointer,
            )
            return None
        resource = self._resource(segments[0], pointer)
        id_ = segments[1] if len(segments) > 1 else None
        if len(segments) < 4:
            return resource, id_, None
        if segments[2] != "relationships":
            self.fault(
                f"There is nothing at {shown(href)}; write '/{resource.type}/{id_}/relationships/<name>'.", pointer
            )
            return None
        return resource, id_, self._relation(resource, segments[3], pointer)

    def _segments(self, href):
        """The path of a URL-reference (RFC 3986) below the namespace; '/rooms' is taken from there too. [] for others."""
        try:
            url = urljoin(f"{self.base}/operations", href) if isinstance(href, str) else "?"
        except ValueError:
            return []
        if "?" in url or "#" in url:
            return []
        if url.lower().startswith(f"{self.base.lower()}/"):  # the case of a namespace's id is free
            path = url[len(self.base) + 1 :]
        elif href.startswith("/") and not href.startswith(("//", "/api/")):
            path = href[1:]
        else:
            return []
        return [unquote(segment) for segment in path.removesuffix("/").split("/")]

    # --- the data -----------------------------------------------------------------------------------
    def _with_data(self, item, op, pointer, resource, id_, relation):
        at = f"{pointer}/data"
        operation = Operation(op, pointer, resource, id_, relation)
        if relation is not None:
            return self._with_linkage(item, operation, at)
        if op == "remove":
            if id_ is None:
                self.fault("A 'remove' names one resource: its id is missing.", pointer)
                return None
            return operation
        data = item.get("data")
        if not isinstance(data, dict):
            self.fault(f"data must be a resource object, not {shown(data)}.", at if "data" in item else pointer)
            return None
        if (op == "add") != (id_ is None):
            add, update = (
                "An 'add' goes to a collection, without an id.",
                "An 'update' names one resource: its id is missing.",
            )
            self.fault(add if op == "add" else update, pointer)
            return None
        if isinstance(id_, LocalId) and not data.keys() & {"id", "lid"}:
            self.fault("data names the same resource as ref: its lid is missing.", at)
            return None
        operation.change = document.load_object(resource, data, self.findings, id_, at, self.lids)
        if op == "add":
            operation.change.lid = data.get("lid")
            operation.change.id = document.local_id(resource.type, data.get("lid"), self.lids) or operation.change.id
        return operation

    def _with_linkage(self, item, operation, at):
        if "data" not in item:
            self.fault("An operation on a relationship needs data: the linkage.", operation.pointer)
            return None
        found = Findings()
        try:
            writer.check_writable(operation.relation, METHODS[operation.op], found)
        except Faults as error:
            self.findings.faults += [fault.under(operation.pointer) for fault in error.faults]
            return None
        operation.linkage = document.load_linkage(
            operation.relation, {"data": item["data"]}, self.findings, at, self.lids
        )
        return None if operation.linkage is ... else operation


# --- carrying out -----------------------------------------------------------------------------------
def _carry_out(session, exchange, operation):
    """One operation; its rendered result object. Raises Faults whose pointers begin with the operation's."""
    resource, findings = operation.resource, exchange.findings
    if operation.op == "add" and operation.relation is None:
        writer.create(session, operation.change, findings)
        return _result(session, exchange, operation)
    current = reader.find_one(session, resource, operation.id)
    if current is None:
        raise reader.unknown_resource(session, resource, operation.id).under(operation.pointer)
    row = current.primary[0]
    if operation.relation is not None:
        method, pointer = METHODS[operation.op], f"{operation.pointer}/data"
        operation.change = writer.write_linkage(
            session, operation.relation, row, method, operation.linkage, findings, pointer
        )
    elif operation.op == "remove":
        try:
            writer.remove(session, resource, row)
        except Fault as fault:
            raise fault.under(operation.pointer)
    else:
        operation.change.current = row
        writer.modify(session, operation.change, findings)
    return _result(session, exchange, operation)


def _result(session, exchange, operation):
    """The result object of an operation that was carried out; None where a later one removed its resource."""
    if operation.relation is not None or operation.op == "remove":
        return b"{}"
    query = Query(type=operation.resource.type)
    linked = reader.linked_names(operation.resource, query)
    compound = reader.find_one(session, operation.resource, operation.change.id, linked)
    if compound is None:
        return None
    return b'{"data":%b}' % render.primary_data(compound, query, exchange.base, many=False)
