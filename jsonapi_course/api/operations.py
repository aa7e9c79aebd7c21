"""POST /api/<your_id>/operations: the atomic-operations extension, one transaction for all.

The structure of every operation is checked before the first is carried out. Operations are carried out in
their order; a linkage may name by `lid` a resource that only a later one makes, so ids are given out
beforehand and what names such a resource is checked again at the end.
"""

from dataclasses import dataclass

from ..engine import document, reader, render, writer
from ..engine.document import Change
from ..engine.findings import Findings
from ..engine.query import NOTHING, Query, query_from_args
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
EXAMPLE = '{"atomic:operations": [{"op": "add", "data": {"type": "rooms", "attributes": {…}}}]}'


@dataclass
class Operation:
    """One operation as far as its structure tells. `id` is that of the target, None for a new resource."""

    op: str
    pointer: str
    resource: object
    id: str | None = None
    relation: object = None
    change: Change | None = None
    linkage: object = None


def load_operations(service, exchange):
    """The Operations of the request, and {(type, lid): id} once assign_ids has run. Raises Faults of the structure."""
    exchange.negotiate(has_body=True)
    if negotiation.ATOMIC not in negotiation.extensions(exchange.environ.get("CONTENT_TYPE")):
        wanted = negotiation.media_type(ext=negotiation.ATOMIC)
        raise UnsupportedMediaType(
            f"Operations need the extension in the header: Content-Type: {wanted} (and the same in Accept).",
            header="Content-Type",
        )
    findings = exchange.findings
    _refuse_args(service, exchange)
    items = _items(exchange.document(), findings)
    findings.check()
    return items


def _refuse_args(service, exchange):
    query_from_args(next(iter(service.registry)), exchange.args, exchange.findings, NOTHING)


def _items(body, findings):
    """The array of operation objects."""
    if not isinstance(body, dict) or MEMBER not in body:
        hint = " `data` is for single resources." if isinstance(body, dict) and "data" in body else ""
        findings.add(InvalidDocument(f"The body must be like {EXAMPLE}.{hint}", pointer=""))
        return []
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


def run(service, exchange, session, items):
    """Carries the operations out in the open transaction; the rendered results. Raises Faults."""
    findings = exchange.findings
    service.namespaces.defer_foreign_keys(session)
    operations = _Parser(service.registry, exchange, session, findings).parse(items)
    findings.check()
    results = [_carry_out(session, exchange, operation) for operation in operations]
    for operation in operations:
        if operation.change is not None and operation.change.forward:
            writer.check_again(session, operation.change, findings)
    findings.check()
    return results


class _Parser:
    """Operation objects to Operations. Every `add` of a resource gets its id here, so that lids can be named."""

    def __init__(self, registry, exchange, session, findings):
        self.registry = registry
        self.exchange = exchange
        self.session = session
        self.findings = findings
        self.lids = {}

    def parse(self, items):
        for index, item in enumerate(items):
            self._give_id(item, f"/{MEMBER}/{index}/data/lid")
        parsed = [self._operation(item, f"/{MEMBER}/{index}") for index, item in enumerate(items)]
        return [operation for operation in parsed if operation is not None]

    def _give_id(self, item, pointer):
        """The id of the resource that an `add` with a lid makes."""
        data = item.get("data") if isinstance(item, dict) and item.get("op") == "add" and "ref" not in item else None
        if not isinstance(data, dict) or "lid" not in data:
            return
        type_, lid = data.get("type"), data["lid"]
        if not isinstance(lid, str) or not isinstance(type_, str) or type_ not in self.registry:
            if not isinstance(lid, str):
                self.findings.add(InvalidOperation(f"lid must be a string, not {shown(lid)}.", pointer=pointer))
            return
        if (type_, lid) in self.lids:
            self.findings.add(
                InvalidOperation(f"The lid {shown(lid)} is given to two resources of type '{type_}'.", pointer=pointer)
            )
            return
        given = data.get("id")
        self.lids[type_, lid] = given if isinstance(given, str) else writer.next_id(self.session, self.registry[type_])
        self.session.pending.add((type_, self.lids[type_, lid]))

    def fault(self, detail, pointer, row=InvalidOperation, **more):
        self.findings.add(row(detail, pointer=pointer, **more))

    def _operation(self, item, pointer):
        if not isinstance(item, dict):
            self.fault(f"An operation is an object such as {EXAMPLE[23:-2]}, not {shown(item)}.", pointer)
            return None
        op = item.get("op")
        if op not in ("add", "update", "remove"):
            came = shown(op) if "op" in item else "missing"
            self.fault(
                f"op is one of 'add', 'update' and 'remove'; it is {came}.",
                f"{pointer}/op" if "op" in item else pointer,
            )
            return None
        if "ref" in item and "href" in item:
            self.fault("An operation has ref or href, not both.", pointer)
            return None
        try:
            target = self._target(item, op, pointer)
        except Fault as fault:
            self.findings.add(fault)
            return None
        if target is None:
            return None
        return self._with_data(item, op, pointer, *target)

    # --- the target ---------------------------------------------------------------------------------
    def _target(self, item, op, pointer):
        """(resource, id, relation), or None with a fault."""
        if "ref" in item:
            return self._ref(item["ref"], op, f"{pointer}/ref")
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
        return resource, None if op == "add" else self._id(resource, data, f"{pointer}/data"), None

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

    def _id(self, resource, identifier, pointer):
        """The id in an object with `id` or `lid`."""
        if "id" in identifier:
            if not isinstance(identifier["id"], str):
                raise InvalidOperation(f"id must be a string, not {shown(identifier['id'])}.", pointer=f"{pointer}/id")
            return identifier["id"]
        if "lid" in identifier:
            id_ = document.local_id(resource.type, identifier["lid"], self.lids)
            if id_ is None:
                raise UnknownLocalId(
                    f"No resource of type '{resource.type}' with the lid {shown(identifier['lid'])} is made in this request.",
                    pointer=f"{pointer}/lid",
                )
            return id_
        raise InvalidOperation("The target's id (or lid) is missing.", pointer=pointer)

    def _ref(self, ref, op, pointer):
        if not isinstance(ref, dict):
            self.fault(f'ref is an object such as {{"type": "rooms", "id": "1"}}, not {shown(ref)}.', pointer)
            return None
        resource = self._resource(ref.get("type"), f"{pointer}/type" if "type" in ref else pointer)
        if op == "add" and "relationship" not in ref:
            self.fault("An 'add' of a resource has no ref: leave it out, or name a relationship in it.", pointer)
            return None
        id_ = self._id(resource, ref, pointer)
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
        """The target of a URL: absolute, or relative to the namespace or to the server."""
        path = href if isinstance(href, str) else ""
        prefix = self.exchange.base[len(self.exchange.root) :]
        path = path.removeprefix(self.exchange.root).removeprefix(prefix).strip("/")
        segments = path.split("/")
        if not path or "?" in path or "#" in path or len(segments) > 4 or len(segments) == 3:
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
        operation.change = document.load_object(resource, data, self.findings, id_, at, self.lids)
        if op == "add" and "lid" in data:
            operation.change.id = document.local_id(resource.type, data["lid"], self.lids)
        if not self.findings.faults:
            writer.prepare(operation.change)
        return operation

    def _with_linkage(self, item, operation, at):
        method = {"add": "POST", "update": "PATCH", "remove": "DELETE"}[operation.op]
        if "data" not in item:
            self.fault("An operation on a relationship needs data: the linkage.", operation.pointer)
            return None
        found = Findings()
        try:
            writer.check_writable(operation.relation, method, found)
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
        return _result(session, exchange, resource, writer.create(session, operation.change, findings))
    current = reader.find_one(session, resource, operation.id)
    if current is None:
        raise reader.unknown_resource(session, resource, operation.id).under(operation.pointer)
    row = current.primary[0]
    if operation.relation is not None:
        method = {"add": "POST", "update": "PATCH", "remove": "DELETE"}[operation.op]
        operation.change = writer.write_linkage(
            session, operation.relation, row, method, operation.linkage, findings, f"{operation.pointer}/data"
        )
        return b"{}"
    if operation.op == "remove":
        writer.remove(session, resource, operation.id)
        return b"{}"
    operation.change.current = row
    writer.modify(session, operation.change, findings)
    return _result(session, exchange, resource, operation.id)


def _result(session, exchange, resource, id_):
    query = Query(type=resource.type)
    compound = reader.gather(session, reader.find_one(session, resource, id_), query)
    return b'{"data":%b}' % render.primary_data(compound, query, exchange.base, many=False)
