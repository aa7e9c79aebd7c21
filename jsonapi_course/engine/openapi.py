"""The OpenAPI 3.1 description of a registry's types: plain data, derived from schemas, kinds and the error table."""

from ..errors import catalogue
from . import cursor
from .portable import FORMAT
from .query import COLLECTION, DEFAULT_PAGE_SIZE, MAX_INCLUDE_DEPTH, MAX_PAGE_SIZE
from .suggest import listed

MEDIA_TYPE = "application/vnd.api+json"
ATOMIC = "https://jsonapi.org/ext/atomic"
MAX_OPERATIONS = 500

ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

# What an endpoint can answer beside its successes. 405 is the answer to methods that are not described.
_READ = (400, 404, 406, 415, 429, 500, 503)
_WRITE = (*_READ, 409, 413, 422, 507)

_OPERATORS = {
    "eq": "is",
    "ne": "is not",
    "in": "is one of a comma list",
    "lt": "is less than",
    "le": "is at most",
    "gt": "is more than",
    "ge": "is at least",
    "like": "contains, ignoring case,",
}
_ID_OPERATORS = ("eq", "ne", "in")


def describe(registry, root):
    """The description for a service whose URL is `root`, as a value for JSON."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The course API",
            "version": "1",
            "description": (
                "A JSON:API 1.1 sandbox: every student has an own, isolated set of data at `/api/<your_id>`. Every GET "
                "is offered as HEAD too, and every path answers OPTIONS; other methods are answered with 405. Query "
                "parameters whose names begin with `_` are ignored. Request members and query parameters that are only "
                "tolerated are listed in `meta.warnings`; `Prefer: handling=strict` makes errors of them. "
                "An error's title and detail are in German where `Accept-Language` prefers German to English."
            ),
        },
        "servers": [{"url": root}],
        "externalDocs": {"description": "Every error with its cause and mend", "url": f"{root}/docs/errors"},
        **_Description(registry).parts(),
    }


class _Description:
    """Collects components by name while paths are written; `_ref` keeps one and gives the reference to it."""

    def __init__(self, registry):
        self.registry = registry
        self.components = {}
        self.listing = {resource.type: self._listing(resource) for resource in registry}

    def parts(self):
        paths = {"/api/{your_id}": self._namespace()}
        for resource in self.registry:
            base = f"/api/{{your_id}}/{resource.type}"
            paths[base] = self._collection(resource)
            paths[f"{base}/{{id}}"] = self._resource(resource)
            for relation in resource.relationships.values():
                paths[f"{base}/{{id}}/{relation.name}"] = self._related(relation)
                paths[f"{base}/{{id}}/relationships/{relation.name}"] = self._relationship(relation)
        paths["/api/{your_id}/operations"] = self._operations()
        paths["/api/{your_id}/reset-db"] = self._reset()
        paths |= self._life_of_a_namespace()
        paths |= self._console()
        tags = [
            {"name": "namespace", "description": "All data of one `your_id`: overview, reset, several writes at once."},
            {"name": "console", "description": "The last requests to a `your_id`, and faults on purpose."},
        ]
        tags += [{"name": resource.type, "description": _about(resource)} for resource in self.registry]
        return {"tags": tags, "paths": paths, "components": self.components}

    def _ref(self, kind, name, value):
        kept = self.components.setdefault(kind, {}).setdefault(name, value)
        if kept != value:
            raise ValueError(f"two {kind} are named {name}")
        return {"$ref": f"#/components/{kind}/{name}"}

    # --- endpoints ----------------------------------------------------------------------------------
    def _collection(self, resource):
        type_, document = resource.type, self._document(resource)
        return self._path(
            [self._your_id],
            get=self._operation(
                type_,
                f"list{_pascal(type_)}",
                f"List {type_}",
                self.listing[type_],
                self._readable("The collection, or the page of it that was asked for.", self._many(resource)),
                description=self._order(resource),
            ),
            post=self._operation(
                type_,
                f"create{_pascal(type_)}",
                f"Create one of the {type_}",
                [*self._shape(resource), self._dry_run, self._idempotency_key],
                {
                    201: self._answer("What was created.", document, Location=True, **{"Idempotency-Replayed": False}),
                    200: self._answer("dryRun: what would have been created.", document),
                },
                _WRITE,
                self._body(f"{_pascal(type_)}Create", _request(_new(resource)), {"data": example_of(resource)}),
            ),
        )

    def _resource(self, resource):
        type_, document = resource.type, self._document(resource)
        return self._path(
            [self._your_id, self._id],
            get=self._operation(
                type_,
                f"show{_pascal(type_)}",
                f"Show one of the {type_}",
                self._shape(resource),
                self._readable("The resource.", document),
            ),
            patch=self._operation(
                type_,
                f"update{_pascal(type_)}",
                f"Change one of the {type_}",
                [*self._shape(resource), self._dry_run, self._if_match],
                {200: self._answer("The resource after the change.", document, ETag=False)},
                (*_WRITE, 412),
                self._body(f"{_pascal(type_)}Update", _request(_changed(resource))),
                description="Changes what the document names and nothing else.",
            ),
            delete=self._operation(
                type_,
                f"delete{_pascal(type_)}",
                f"Delete one of the {type_}",
                [self._dry_run, self._if_match],
                {204: {"description": "It is deleted."}, 200: self._nothing_kept()},
                (*_READ, 412, *((409,) if self._needed(resource) else ())),
            ),
        )

    def _needed(self, resource):
        """Whether other resources can keep one of this type from being deleted."""
        to_ones = [relation for other in self.registry for relation in other.to_one.values()]
        return any(relation.target is resource and relation.restricts for relation in to_ones)

    def _related(self, relation):
        source, target = relation.source.type, relation.target
        name = f"{_pascal(source)}{_pascal(relation.name)}"
        if relation.many:
            summary, description = f"List the {relation.name} of one of the {source}", self._order(target)
            parameters, answer = self.listing[target.type], self._many(target)
        else:
            summary = f"Show the {relation.name} of one of the {source}"
            description = "`data` is null where there is none."
            parameters, answer = self._shape(target), self._maybe(target)
        return self._path(
            [self._your_id, self._id],
            get=self._operation(
                source,
                f"{'list' if relation.many else 'show'}{name}",
                summary,
                parameters,
                self._readable(f"The related {target.type}.", answer),
                description=description,
            ),
        )

    def _relationship(self, relation):
        source = relation.source.type
        name = f"{_pascal(source)}{_pascal(relation.name)}Linkage"
        words = f"the {relation.name} of one of the {source}"
        operations = {
            "get": self._operation(
                source,
                f"show{name}",
                f"Show which are {words}",
                [],
                self._readable("The linkage.", self._links_to(relation)),
            )
        }
        for method, verb, phrase in (
            ("patch", "replace", "Set"),
            ("post", "add", "Add to"),
            ("delete", "remove", "Remove from"),
        ):
            if relation.read_only:
                reason = "the relationship is read-only"
            elif not relation.many and method != "patch":
                reason = "the relationship is to-one: PATCH it"
            else:
                operations[method] = self._linking(relation, method, f"{verb}{name}", f"{phrase} {words}")
                continue
            operations[method] = self._operation(
                source,
                f"{verb}{name}",
                f"{phrase} {words} (refused)",
                [],
                {},
                (*_READ, 403),
                description=f"Always answered with 403: {reason}.",
            )
        return self._path([self._your_id, self._id], **operations)

    def _linking(self, relation, method, operation_id, summary):
        """A write to a relationship's URL."""
        many = "ToMany" if relation.many else "ToOneRequired" if relation.required else "ToOne"
        identifier = _identifier(relation.target)
        example = {"type": relation.target.type, "id": "1"}
        post = method == "post"
        headers = {"ETag": False, **({"Idempotency-Replayed": False} if post else {})}
        return self._operation(
            relation.source.type,
            operation_id,
            summary,
            [self._dry_run, self._if_match, *([self._idempotency_key] if post else [])],
            {200: self._answer("The relationship after the change.", self._links_to(relation), **headers)},
            (*_WRITE, 403, 412),
            self._body(
                f"{_pascal(relation.target.type)}{many}",
                _request(_linkage(relation, identifier, nullable=not relation.required)),
                {"data": [example] if relation.many else example},
            ),
        )

    def _namespace(self):
        count = {"type": "integer", "minimum": 0}
        meta = {
            "type": "object",
            "required": ["types", "docs", "console", "size", "quota"],
            "properties": {
                "types": {
                    "type": "object",
                    "description": "The types, with the URL and the size of their collections.",
                    "required": self._types,
                    "additionalProperties": {
                        "type": "object",
                        "required": ["href", "count"],
                        "properties": {"href": _URL, "count": count},
                    },
                },
                "docs": _URL,
                "console": _URL,
                "size": _rows_and_bytes("What the namespace holds beyond what every new one has."),
                "quota": _rows_and_bytes("What it may hold; more is answered with 507."),
                "warnings": self._warnings,
            },
        }
        return self._path(
            [self._your_id],
            get=self._operation(
                "namespace",
                "showNamespace",
                "Show what a namespace has",
                [],
                self._readable("Types and counts.", self._meta_document("Namespace", meta)),
            ),
        )

    def _reset(self):
        seed = {"type": ["string", "null"], "description": "The fixture that was loaded."}
        parameter = self._query("seed", "seed", "The fixture to load; `demo` is always there.", {"type": "string"})
        return self._replacing(
            "Reset",
            "resetDatabase",
            "Empty the namespace, or load a fixture into it",
            {"reset": {"const": True}, "seed": seed},
            "All collections are empty and ids start at 1; or all is as in the fixture.",
            [parameter],
            description="Mends a namespace whose database is damaged, too.",
        )

    def _life_of_a_namespace(self):
        """The paths of undo, snapshots, export and import."""
        base = "/api/{your_id}"
        description = "The name of the snapshot."
        name = self._parameter("name", "name", "path", description, {"type": "string"}, required=True)
        restored = {"restored": {"type": "string", "description": "The name of the snapshot."}}
        undone = "The state before the last reset, seed, import or restore; once."
        body = self._body("Import", self._portable(), {"data": [], "meta": {"format": FORMAT}})
        return {
            f"{base}/undo-reset": self._replacing(
                "Undone", "undoReset", "Bring back what was replaced", {"undone": {"const": True}}, undone
            ),
            f"{base}/snapshots": self._snapshots(),
            f"{base}/snapshots/{{name}}": self._path(
                [self._your_id, name],
                delete=self._operation(
                    "namespace",
                    "deleteSnapshot",
                    "Delete a snapshot",
                    [self._dry_run],
                    {204: {"description": "It is deleted."}, 200: self._nothing_kept()},
                    _READ,
                ),
            ),
            f"{base}/snapshots/{{name}}/restore": self._replacing(
                "Restored", "restoreSnapshot", "Go back to a snapshot", restored, "All is as it was then.", path=[name]
            ),
            f"{base}/export": self._path(
                [self._your_id],
                get=self._operation(
                    "namespace",
                    "exportNamespace",
                    "Show everything as one document",
                    [],
                    self._readable("Everything but passwords and tokens.", self._exported()),
                ),
            ),
            f"{base}/import": self._replacing(
                "Imported",
                "importNamespace",
                "Replace everything by a document as export gives it",
                {"imported": {"const": True}},
                "All is as the document says.",
                errors=_WRITE,
                body=body,
            ),
        }

    def _replacing(self, name, id_, summary, meta, words, parameters=(), path=(), errors=None, body=None, **more):
        """A POST that replaces everything; its answer has `meta` and the counts."""
        schema = {
            "type": "object",
            "required": [*meta, "counts"],
            "properties": {**meta, "counts": self._counts, **_DRY_RUN, "warnings": self._warnings},
        }
        answer = self._answer(words, self._meta_document(name, schema), **{"Idempotency-Replayed": False})
        return self._path(
            [self._your_id, *path],
            post=self._operation(
                "namespace",
                id_,
                summary,
                [*parameters, self._dry_run, self._idempotency_key],
                {200: answer},
                errors or (*_READ, 409, 507),
                body,
                **more,
            ),
        )

    def _snapshots(self):
        snapshot = self._ref(
            "schemas",
            "Snapshot",
            _closed(
                {"name": {"type": "string"}, "created-at": {"type": "string"}, "counts": self._counts},
                ["name", "created-at", "counts"],
            ),
        )
        taken = {"snapshot": snapshot, **_DRY_RUN, "warnings": self._warnings}
        listed_ = {"snapshots": {"type": "array", "items": snapshot}, "warnings": self._warnings}
        taken = self._meta_document("SnapshotTaken", _closed(taken, ["snapshot"]))
        pattern = {"type": "string", "pattern": ID_PATTERN}
        name = self._parameter("snapshotName", "name", "query", "What to call it.", pattern, required=True)
        return self._path(
            [self._your_id],
            get=self._operation(
                "namespace",
                "listSnapshots",
                "List the snapshots",
                [],
                self._readable("The oldest first.", self._meta_document("Snapshots", _closed(listed_, ["snapshots"]))),
            ),
            post=self._operation(
                "namespace",
                "takeSnapshot",
                "Keep everything as it is now, under a name",
                [name, self._dry_run, self._idempotency_key],
                {
                    201: self._answer("The snapshot.", taken, **{"Idempotency-Replayed": False}),
                    200: self._answer("dryRun: what would have been kept.", taken),
                },
                (*_READ, 409, 507),
            ),
        )

    def _console(self):
        """The paths of the console: its page, the requests that it shows, its fault lab."""
        base = "/api/{your_id}/console"
        after = {"type": "integer", "minimum": 0}
        after = self._query("after", "after", "The number of the last request that the client has.", after)
        faults = self._meta_document("Faults", {"anyOf": [self._faults, _NO_FAULTS]})
        set_ = self._body("Faults", _FAULTS_REQUEST, {"meta": {"kind": "503", "when": "after", "requests": 1}})
        requests = {
            "last": {"type": "integer", "minimum": 0, "description": "The number of the last request of all."},
            "requests": {"type": "array", "maxItems": 200, "items": self._ref("schemas", "RecordedRequest", _RECORDED)},
            "faults": {"anyOf": [self._faults, {"type": "null"}]},
            "warnings": self._warnings,
        }
        requests = self._meta_document("Requests", _closed(requests, ["last", "requests", "faults"]))
        page = {"description": "A page for people.", "content": {"text/html": {"schema": {"type": "string"}}}}
        return {
            base: self._path(
                [self._your_id],
                get=self._operation("console", "showConsole", "Show the console", [], {200: page}),
            ),
            f"{base}/requests": self._path(
                [self._your_id],
                get=self._operation(
                    "console",
                    "listRequests",
                    "List the last requests, and record the next ones",
                    [after],
                    {200: self._uncached("The oldest first, 200 at most.", requests)},
                    description=(
                        "Requests are recorded for 30 seconds after each of these calls. Those of the console, and others "
                        "with the header `X-Console: 1`, are not. Passwords and tokens are blacked out."
                    ),
                ),
                delete=self._operation(
                    "console", "forgetRequests", "Forget the requests", [], {204: {"description": "None is left."}}
                ),
            ),
            f"{base}/faults": self._path(
                [self._your_id],
                get=self._operation(
                    "console", "showFaults", "Show the faults", [], {200: self._uncached("What is set.", faults)}
                ),
                put=self._operation(
                    "console",
                    "setFaults",
                    "Let requests fail",
                    [self._dry_run],
                    {200: self._uncached("What is set now.", faults)},
                    (*_READ, 413, 422),
                    set_,
                    description="For ten minutes, or until `requests` of them have failed. What was set before ends.",
                ),
                delete=self._operation(
                    "console", "endFaults", "Let no more requests fail", [], {204: {"description": "No more will."}}
                ),
            ),
        }

    def _uncached(self, description, schema):
        return self._answer(description, schema, **{"Cache-Control": True})

    @property
    def _faults(self):
        properties = {**_FAULTS, **_FAULTS_LEFT, **_DRY_RUN, "warnings": self._warnings}
        return self._ref("schemas", "Faults", _closed(properties, ["kind", "when", "until", "injected"]))

    @property
    def _counts(self):
        counts = {"type": "integer", "minimum": 0}
        return self._ref(
            "schemas", "Counts", {"type": "object", "required": self._types, "additionalProperties": counts}
        )

    def _portable(self):
        """A namespace as one document; what its resources are is told by the requests that create them."""
        resource = {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": self._types}, "id": {"type": "string", "pattern": ID_PATTERN}},
        }
        meta = {
            "type": "object",
            "required": ["format"],
            "properties": {"format": {"const": FORMAT}, "counters": {"type": "object"}},
        }
        data = {"type": "array", "items": self._ref("schemas", "PortableResource", resource)}
        return {"type": "object", "required": ["data", "meta"], "properties": {"data": data, "meta": meta}}

    def _exported(self):
        properties = {"jsonapi": self._jsonapi, "links": self._links(), **self._portable()["properties"]}
        return self._ref("schemas", "ExportDocument", _closed(properties, list(properties)))

    def _operations(self):
        media_type = f'{MEDIA_TYPE}; ext="{ATOMIC}"'
        reference = {
            "type": "object",
            "required": ["type"],
            "anyOf": [{"required": ["id"]}, {"required": ["lid"]}],
            "properties": {
                "type": {"enum": self._types},
                "id": {"type": "string"},
                "lid": {"type": "string", "description": "The local id that an earlier `add` of this request gave."},
                "relationship": {"type": "string"},
            },
        }
        operation = {
            "type": "object",
            "required": ["op"],
            "properties": {
                "op": {"enum": ["add", "update", "remove"]},
                "ref": self._ref("schemas", "AtomicReference", reference),
                "href": {"type": "string", "description": "In place of `ref`: the URL of the target."},
                "data": {
                    "description": "A resource object, or the linkage of a relationship; `lid` stands for an id to come.",
                    "type": ["object", "array", "null"],
                },
            },
        }
        request = {
            "type": "object",
            "required": ["atomic:operations"],
            "properties": {
                "atomic:operations": {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MAX_OPERATIONS,
                    "items": self._ref("schemas", "AtomicOperation", operation),
                }
            },
        }
        some = next(iter(self.registry))
        example = {"atomic:operations": [{"op": "add", "data": {**example_of(some), "lid": "a"}}]}
        result = _closed({"data": self._any, "meta": {"type": "object"}}, [])
        properties = {
            "jsonapi": self._jsonapi,
            "links": self._links(),
            "atomic:results": {"type": "array", "items": self._ref("schemas", "AtomicResult", result)},
            "meta": self._meta,
        }
        answer = self._ref("schemas", "AtomicResults", _closed(properties, ["jsonapi", "links", "atomic:results"]))
        return self._path(
            [self._your_id],
            post=self._operation(
                "namespace",
                "runOperations",
                "Carry out several writes, all or none",
                [self._dry_run, self._idempotency_key],
                {
                    200: self._answer(
                        "A result for each operation.", answer, media_type, **{"Idempotency-Replayed": False}
                    )
                },
                (*_WRITE, 403),
                {
                    "required": True,
                    "content": {
                        media_type: {
                            "schema": self._ref("schemas", "AtomicOperations", request),
                            "example": example,
                        }
                    },
                },
                description="The extension Atomic Operations. Send the `ext` parameter in Accept too.",
            ),
        )

    # --- operations ---------------------------------------------------------------------------------
    def _path(self, parameters, **operations):
        return {"parameters": parameters, **operations}

    def _operation(self, tag, id_, summary, parameters, answers, errors=_READ, body=None, description=None):
        operation = {"tags": [tag], "operationId": id_, "summary": summary}
        if description:
            operation["description"] = description
        operation["parameters"] = [*parameters, self._prefer]
        if 304 in answers:
            operation["parameters"].append(self._if_none_match)
        if body:
            operation["requestBody"] = body
        operation["responses"] = {str(status): answer for status, answer in answers.items()} | self._errors(errors)
        return operation

    def _readable(self, description, schema):
        """The answers of a GET."""
        headers = {"ETag": True, "Cache-Control": True}
        unchanged = {"description": "What If-None-Match names is current.", "headers": self._headers(headers)}
        return {
            200: self._answer(description, schema, **headers),
            304: self._ref("responses", "NotModified", unchanged),
        }

    def _answer(self, description, schema, media_type=MEDIA_TYPE, **headers):
        """A success; `headers` tells of each whether it is always there."""
        return {
            "description": description,
            "headers": self._headers({**headers, "Preference-Applied": False}),
            "content": {media_type: {"schema": schema}},
        }

    def _headers(self, names):
        return {
            name: self._ref("headers", name + ("" if always else "-optional"), {**_HEADERS[name], "required": always})
            for name, always in names.items()
        }

    def _errors(self, statuses):
        return {str(status): self._error(status) for status in sorted(statuses)}

    def _error(self, status):
        """The error document whose status is `status`: at least one of its errors has that and a code of that."""
        rows = [row for row in catalogue() if row.status == status]
        status_and_code = {"status": {"const": str(status)}}
        if rows:
            status_and_code["code"] = {"enum": [row.code for row in rows]}
        schema = {
            "allOf": [self._error_document],
            "properties": {"errors": {"contains": {"properties": status_and_code}}},
        }
        lines = [f"* `{row.code}`: {row.title}." for row in rows]
        answer = {
            "description": "\n".join([f"{_STATUSES[status]}.", *lines]),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        if status in (429, 503):
            answer["headers"] = self._headers({"Retry-After": True})
        return self._ref("responses", f"Error{status}", answer)

    def _body(self, name, schema, example=None):
        value = {"schema": self._ref("schemas", f"{name}Request", schema)}
        if example:
            value["example"] = example
        body = {"required": True, "content": {MEDIA_TYPE: value, "application/json": value}}
        return self._ref("requestBodies", name, body)

    def _nothing_kept(self):
        schema = self._meta_document("DryRun", {"type": "object", "required": ["dryRun"], "properties": _DRY_RUN})
        return self._answer("dryRun: it would have been deleted.", schema)

    # --- parameters ---------------------------------------------------------------------------------
    def _parameter(self, key, name, where, description, schema, **more):
        value = {"name": name, "in": where, "description": description, "schema": schema, **more}
        return self._ref("parameters", key, value)

    def _query(self, key, name, description, schema, many=False):
        if not many:
            return self._parameter(key, name, "query", description, schema)
        array = {"type": "array", "items": schema}
        return self._parameter(key, name, "query", description, array, style="form", explode=False)

    def _header(self, name, description, **schema):
        return self._parameter(name, name, "header", description, {"type": "string", **schema})

    @property
    def _your_id(self):
        schema = {"type": "string", "pattern": ID_PATTERN, "examples": ["s1234"]}
        description = "Your own id, such as your student number; nothing needs to be registered."
        return self._parameter("your_id", "your_id", "path", description, schema, required=True)

    @property
    def _id(self):
        schema = {"type": "string", "pattern": ID_PATTERN, "examples": ["1"]}
        return self._parameter("id", "id", "path", "The id of the resource.", schema, required=True)

    @property
    def _prefer(self):
        description = "Strict handling makes errors of what is only tolerated otherwise."
        return self._header("Prefer", description, enum=["handling=strict", "handling=lenient"])

    @property
    def _if_match(self):
        return self._header("If-Match", "The ETag that the resource must still have, else 412.", examples=['"0a1b2c"'])

    @property
    def _if_none_match(self):
        return self._header(
            "If-None-Match", "The ETag that the client has: 304 if it is current.", examples=['"0a1b2c"']
        )

    @property
    def _idempotency_key(self):
        description = (
            "A new value for every new request. A request that is repeated with the same key and body within 24 hours "
            "is answered as it was and writes nothing; with another body it is a 409."
        )
        return self._header("Idempotency-Key", description, pattern="^[!-~]{1,255}$")

    @property
    def _dry_run(self):
        description = "Check everything and keep nothing: 200 with `meta.dryRun` and what would have been."
        return self._query("dryRun", "dryRun", description, {"type": "boolean"})

    def _shape(self, resource):
        """include and fields: what the document of a resource holds; fields of its own type and of those next to it."""
        types = {resource.type: resource}
        types.update((relation.target.type, relation.target) for relation in resource.relationships.values())
        return [*self._include(resource), *map(self._fields, types.values())]

    def _listing(self, resource):
        """Every parameter of a collection."""
        return [*self._shape(resource), self._sort(resource), *self._pages(), *self._filters(resource)]

    def _include(self, resource):
        if not resource.relationships:
            return []
        paths = []
        for name, relation in resource.relationships.items():
            paths += [name, *(f"{name}.{further}" for further in relation.target.relationships)]
        deeper = f"^({'|'.join(resource.relationships)})(\\.[a-z0-9-]+){{2,{MAX_INCLUDE_DEPTH - 1}}}$"
        description = (
            f"Paths of relationships whose resources come along in `included`: {listed(resource.relationships)}, and "
            f"from each on by a dot to those of its type, {MAX_INCLUDE_DEPTH} levels at most."
        )
        schema = {"type": "string", "anyOf": [{"enum": paths}, {"pattern": deeper}]}
        return [self._query(f"include.{resource.type}", "include", description, schema, many=True)]

    def _fields(self, resource):
        description = (
            f"The attributes and relationships of {resource.type} to show, all unless given; empty for none. The same is "
            "possible for every other type that `include` brings along."
        )
        schema = {"type": "string", "enum": resource.fields}
        return self._query(f"fields.{resource.type}", f"fields[{resource.type}]", description, schema, many=True)

    def _sort(self, resource):
        names = ["id", *resource.visible]
        for name, relation in resource.to_one.items():
            names += [f"{name}.{further}" for further in ["id", *relation.target.visible]]
        description = "Names to sort by, `-` for descending. Paths may go on through to-one relationships."
        schema = {"type": "string", "enum": [*names, *(f"-{name}" for name in names)]}
        return self._query(f"sort.{resource.type}", "sort", description, schema, many=True)

    def _pages(self):
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": DEFAULT_PAGE_SIZE}
        style = "Without any page parameter the whole collection is answered; styles of paging cannot be mixed."
        cursors = f"Cursor style, by the profile {cursor.PROFILE} (name it in Accept)."
        pages = {
            "number": (f"The page, from 1. {style}", {"type": "integer", "minimum": 1, "default": 1}),
            "size": ("How many resources a page has.", size),
            "offset": (f"How many resources to skip. {style}", {"type": "integer", "minimum": 0, "default": 0}),
            "limit": ("How many resources to answer, with page[offset].", size),
            "after": (f"The cursor after which the page begins, from the link `next`. {cursors}", {"type": "string"}),
            "before": (f"The cursor before which the page ends, from the link `prev`. {cursors}", {"type": "string"}),
        }
        return [self._query(f"page.{name}", f"page[{name}]", *page) for name, page in pages.items()]

    def _filters(self, resource):
        for name, operators, schema, words in self._filterable(resource):
            key = f"{resource.type}.{name}"
            description = f"{words} Given twice, any holds; different filters must all hold."
            if name not in COLLECTION:
                short = f"Short for filter[{name}]. {description}"
                yield self._query(f"plain.{key}", name, short, schema, many=name == "id")
            yield self._query(f"filter.{key}", f"filter[{name}]", description, schema, many=name == "id")
            for operator in operators:
                yield self._query(
                    f"filter.{key}.{operator}",
                    f"filter[{name}][{operator}]",
                    f"`{name}` {_OPERATORS[operator]} the value.",
                    {"type": "string"} if operator == "like" else schema,
                    many=operator == "in",
                )
        for name, relation in resource.relationships.items():
            for further, _, schema, words in self._filterable(relation.target):
                if relation.target.attributes.get(further) not in _secrets(relation.target):
                    path = f"{name}.{further}"
                    description = f"Through '{name}': {words} Operators and longer paths are possible too."
                    yield self._query(f"filter.{resource.type}.{path}", f"filter[{path}]", description, schema)

    def _filterable(self, resource):
        """(name, operators, schema of the value, sentence) of everything that a filter can name."""
        yield "id", _ID_OPERATORS, {"type": "string"}, "The id."
        for name, field in resource.attributes.items():
            words = f"`{name}`, {field.rule()}."
            if field.secret:
                unique = [other for other, field in resource.attributes.items() if field.unique]
                words = f"Checks `{name}`; only together with {listed(unique)}."
            yield name, field.operators, _operand(field), words
        for name, relation in resource.relationships.items():
            words = f"The id of one of the {relation.target.type} that '{name}' names; empty or null: it names none."
            yield name, _ID_OPERATORS, {"type": "string"}, words

    # --- documents ----------------------------------------------------------------------------------
    @property
    def _types(self):
        return [resource.type for resource in self.registry]

    @property
    def _jsonapi(self):
        uris = {"type": "array", "items": {"type": "string", "format": "uri"}}
        return self._ref(
            "schemas", "Jsonapi", _closed({"version": {"const": "1.1"}, "ext": uris, "profile": uris}, ["version"])
        )

    @property
    def _warnings(self):
        return {"type": "array", "minItems": 1, "items": self._ref("schemas", "Warning", _WARNING)}

    @property
    def _meta(self):
        return self._ref("schemas", "Meta", _closed({**_DRY_RUN, "warnings": self._warnings}, []))

    @property
    def _error_document(self):
        properties = {
            "jsonapi": self._jsonapi,
            "links": {"type": "object"},
            "errors": {"type": "array", "minItems": 1, "items": self._ref("schemas", "Error", _ERROR)},
            "meta": self._meta,
        }
        return self._ref("schemas", "Errors", _closed(properties, ["jsonapi", "errors"]))

    @property
    def _any(self):
        """Any resource object, told apart by its type."""
        mapping = {resource.type: self._object(resource)["$ref"] for resource in self.registry}
        schema = {
            "oneOf": [{"$ref": ref} for ref in mapping.values()],
            "discriminator": {"propertyName": "type", "mapping": mapping},
        }
        return self._ref("schemas", "Included", schema)

    def _links(self, *more):
        names = {"self": _URL, "describedby": _URL, **dict.fromkeys(more, _URL)}
        return self._ref("schemas", "Links" + "".join(map(_pascal, more)), _closed(names, list(names)))

    @property
    def _page_links(self):
        pages = dict.fromkeys(("first", "last", "prev", "next"), {"type": ["string", "null"], "format": "uri"})
        links = _closed({"self": _URL, "describedby": _URL, **pages}, ["self", "describedby"])
        return self._ref("schemas", "PageLinks", links)

    def _meta_document(self, name, meta):
        properties = {"jsonapi": self._jsonapi, "links": self._links(), "meta": meta}
        return self._ref("schemas", f"{name}Document", _closed(properties, list(properties)))

    def _top_level(self, name, data, links, meta=None, included=True, always=()):
        properties = {"jsonapi": self._jsonapi, "links": links, "data": data, "meta": meta or self._meta}
        if included:
            properties["included"] = {"type": "array", "items": self._any}
        return self._ref("schemas", f"{name}Document", _closed(properties, ["jsonapi", "links", "data", *always]))

    def _document(self, resource):
        return self._top_level(_pascal(resource.type), self._object(resource), self._links())

    def _maybe(self, resource):
        data = {"anyOf": [self._object(resource), {"type": "null"}]}
        return self._top_level(f"{_pascal(resource.type)}OrNull", data, self._links())

    def _many(self, resource):
        page = {
            "type": "object",
            "required": ["total"],
            "properties": {
                "total": {"type": "integer", "minimum": 0, "description": "How many there are on all pages."},
                "rangeTruncated": {"type": "boolean"},
            },
        }
        meta = _closed({"page": page, "warnings": self._warnings}, ["page"])
        return self._top_level(
            f"{_pascal(resource.type)}Collection",
            {"type": "array", "items": self._object(resource)},
            self._page_links,
            self._ref("schemas", "CollectionMeta", meta),
            always=["meta"],
        )

    def _links_to(self, relation):
        """The document of a relationship."""
        name = f"{_pascal(relation.target.type)}{'ToMany' if relation.many else 'ToOne'}"
        data = _linkage(relation, _identifier(relation.target), nullable=True)
        return self._top_level(name, data, self._links("related"), included=False)

    def _object(self, resource):
        """The resource object as it is read; which fields are there is the client's choice."""
        name = f"{_pascal(resource.type)}Resource"
        reference = {"$ref": f"#/components/schemas/{name}"}
        if name in self.components.get("schemas", ()):
            return reference
        properties = {"type": {"const": resource.type}, "id": {"type": "string", "pattern": ID_PATTERN}}
        if resource.visible:
            attributes = {name: _described(field, _shown(field)) for name, field in resource.visible.items()}
            properties["attributes"] = {**_closed(attributes, []), "minProperties": 1}
        if resource.relationships:
            relationships = {name: self._shown_relation(relation) for name, relation in resource.relationships.items()}
            properties["relationships"] = {**_closed(relationships, []), "minProperties": 1}
        properties["links"] = _closed({"self": _URL}, ["self"])
        return self._ref("schemas", name, _closed(properties, ["type", "id", "links"]))

    def _shown_relation(self, relation):
        many = "ToMany" if relation.many else "ToOne"
        schema = _closed(
            {
                "links": _closed({"self": _URL, "related": _URL}, ["self", "related"]),
                "data": _linkage(relation, _identifier(relation.target), nullable=True),
            },
            ["links", "data"],
        )
        reference = self._ref("schemas", f"{_pascal(relation.target.type)}{many}", schema)
        return reference | ({"description": relation_words(relation)})

    @staticmethod
    def _order(resource):
        own = f"by {listed(resource.order)}, then " if resource.order else ""
        return f"Ordered {own}by creation unless `sort` says otherwise."


def _rows_and_bytes(words):
    number = {"type": "integer", "minimum": 0}
    return {"type": "object", "description": words, **_closed({"rows": number, "bytes": number}, ["rows", "bytes"])}


# --- schemas of one type ----------------------------------------------------------------------------
def _closed(properties, required):
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _identifier(resource):
    return {
        "type": "object",
        "required": ["type", "id"],
        "properties": {"type": {"const": resource.type}, "id": {"type": "string", "examples": ["1"]}},
    }


def _linkage(relation, identifier, nullable):
    if relation.many:
        return {"type": "array", "items": identifier}
    return {"anyOf": [identifier, {"type": "null"}]} if nullable else identifier


def _request(data):
    return {"type": "object", "required": ["data"], "properties": {"data": data}}


def _new(resource):
    """The resource object of a POST."""
    attributes = [name for name, field in _writable(resource).items() if field.required]
    relationships = [name for name, relation in _linkable(resource).items() if relation.required]
    schema = _written(resource, attributes, relationships)
    schema["properties"]["id"]["description"] = "Left out: the service gives one."
    schema["required"] = ["type"]
    schema["required"] += ["attributes"] if attributes else []
    schema["required"] += ["relationships"] if relationships else []
    return schema


def _changed(resource):
    """The resource object of a PATCH."""
    return {**_written(resource, [], []), "required": ["type", "id"]}


def _written(resource, required_attributes, required_relationships):
    properties = {"type": {"const": resource.type}, "id": {"type": "string", "pattern": ID_PATTERN}}
    groups = {
        "attributes": ({name: _described(field, _sent(field)) for name, field in _writable(resource).items()}),
        "relationships": {name: _sent_relation(relation) for name, relation in _linkable(resource).items()},
    }
    required = {"attributes": required_attributes, "relationships": required_relationships}
    for name, members in groups.items():
        if members:
            properties[name] = {"type": "object", "properties": members}
            if required[name]:
                properties[name]["required"] = required[name]
    return {"type": "object", "properties": properties}


def _sent_relation(relation):
    linkage = _linkage(relation, _identifier(relation.target), nullable=not relation.required)
    return {
        "type": "object",
        "description": relation_words(relation),
        "required": ["data"],
        "properties": {"data": linkage},
    }


def _writable(resource):
    return {name: field for name, field in resource.attributes.items() if not field.read_only}


def _linkable(resource):
    return {name: relation for name, relation in resource.relationships.items() if not relation.read_only}


def _secrets(resource):
    return [field for field in resource.attributes.values() if field.secret]


def _described(field, schema):
    words = f"{field.rule()[0].upper()}{field.rule()[1:]}{'; ' + field.help if field.help else ''}."
    return {**schema, "description": words} | ({"readOnly": True} if field.read_only else {})


def _sent(field):
    return _or_null(field.json_schema()) if field.nullable else field.json_schema()


def _shown(field):
    """What a document shows: an optional attribute that was never set reads as its kind's `absent`."""
    schema = field.json_schema()
    if field.nullable:
        return _or_null(schema)
    if getattr(field, "may_read_empty", False):
        schema.pop("minLength")
    if not field.required and field.absent == "":
        schema.pop("minLength", None)
        schema.pop("format", None)
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], ""]
    return schema


def _or_null(schema):
    if "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return {**schema, "type": [schema["type"], "null"]}


def _operand(field):
    """The value of a filter for the attribute."""
    if field.choices:
        return {"type": "string", "enum": [*field.choices, *(["null"] if field.nullable else [])]}
    schema = {"type": field.json_schema()["type"]}
    if schema["type"] == "integer":
        schema |= {"minimum": -(2**63), "maximum": 2**63 - 1}
    return {"anyOf": [schema, {"const": "null"}]} if field.nullable and schema["type"] != "string" else schema


def relation_words(relation):
    words = f"{'Any number of' if relation.many else 'One of the'} {relation.target.type}"
    if relation.where:
        words += " whose " + listed([f"{name} is {value}" for name, value in relation.where.items()])
    if not relation.many and not relation.required:
        words += ", or none"
    if relation.inverse:
        words += f"; the other side is `{relation.inverse.name}`"
    if relation.field.help:
        words += f"; {relation.field.help}"
    if relation.field.aliases:
        words += f"; also accepted as {listed(relation.field.aliases)}"
    return words + ("; read-only." if relation.read_only else ".")


def _about(resource):
    attributes = f"Attributes: {', '.join(resource.attributes) or 'none'}."
    relationships = f"Relationships: {', '.join(resource.relationships) or 'none'}."
    return f"{attributes} {relationships}"


def example_of(resource):
    """A resource object that a POST takes, where what it links to exists with the id 1."""
    data = {"type": resource.type}
    attributes = {name: sample_of(field) for name, field in _writable(resource).items() if field.required}
    linkages = {
        name: {"data": {"type": relation.target.type, "id": "1"}}
        for name, relation in _linkable(resource).items()
        if relation.required
    }
    if attributes:
        data["attributes"] = attributes
    if linkages:
        data["relationships"] = linkages
    return data


def sample_of(field):
    schema = field.json_schema()
    for candidates in (schema.get("enum"), schema.get("examples")):
        if candidates:
            return candidates[0]
    if schema["type"] in ("integer", "number"):
        return schema.get("minimum", 1)
    if schema["type"] == "boolean":
        return True
    formats = {"idn-email": "ada@example.org", "date": "2019-05-01"}
    return formats.get(schema.get("format"), f"some {field.data_key}")


def _pascal(name):
    return "".join(part[0].upper() + part[1:] for part in name.split("-"))


# --- schemas of every document ----------------------------------------------------------------------
_URL = {"type": "string", "format": "uri"}
_DRY_RUN = {"dryRun": {"const": True, "description": "Nothing was kept."}}

_SOURCE = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": {
        "pointer": {"type": "string", "description": "A JSON pointer into the request's document."},
        "parameter": {"type": "string", "description": "The query parameter."},
        "header": {"type": "string", "description": "The request header."},
    },
}
_WARNING = _closed(
    {"code": {"type": "string"}, "detail": {"type": "string", "minLength": 1}, "source": _SOURCE}, ["code", "detail"]
)
_ERROR = _closed(
    {
        "id": {"type": "string", "description": "Of the request, as in X-Request-Id and in the service's log."},
        "status": {"type": "string", "pattern": "^[45][0-9][0-9]$"},
        "code": {"enum": [row.code for row in catalogue()]},
        "title": {"type": "string"},
        "detail": {"type": "string", "description": "What was sent, what is possible, what to do."},
        "source": _SOURCE,
        "links": {
            "type": "object",
            "required": ["about"],
            "properties": {
                "about": {"type": "string", "format": "uri-reference", "description": "More on the code."},
                "type": {"type": "string", "format": "uri", "description": "The kind of error, by a profile."},
            },
        },
        "meta": {
            "type": "object",
            "properties": {
                "member": {"type": "string", "description": "The name of what is missing."},
                "suggestions": {"type": "array", "items": {"type": "string"}, "description": "Near names."},
                "allowed": {"type": "array", "items": {"type": "string"}, "description": "What is possible."},
            },
        },
    },
    ["id", "status", "code", "title", "detail", "links"],
)

# --- schemas of the console -------------------------------------------------------------------------
_FAULTS = {
    "kind": {
        "enum": ["late", "429", "500", "503"],
        "description": "How requests fail: answered late, or with an error.",
    },
    "when": {
        "enum": ["before", "after"],
        "description": "Before: the request is not carried out. After: it is, and its answer is lost.",
    },
    "requests": {"type": "integer", "minimum": 1, "maximum": 1000, "description": "The next so many requests fail."},
    "share": {"type": "number", "minimum": 1, "maximum": 100, "description": "So many of a hundred requests fail."},
    "methods": {
        "type": "array",
        "minItems": 1,
        "items": {"enum": ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"]},
        "description": "Of these methods only.",
    },
    "seconds": {"type": "number", "minimum": 0.1, "maximum": 10, "description": "How late, for the kind `late`."},
}
_FAULTS_LEFT = {
    "left": {"type": "integer", "minimum": 0, "description": "How many of `requests` are still to fail."},
    "injected": {"type": "integer", "minimum": 0, "description": "How many have failed."},
    "until": {"type": "string", "format": "date-time", "description": "When it ends by itself."},
}
_NO_FAULTS = _closed({"kind": {"type": "null"}, "warnings": {"type": "array"}}, ["kind"])
_FAULTS_REQUEST = {
    "type": "object",
    "required": ["meta"],
    "properties": {
        "meta": {
            "type": "object",
            "required": ["kind"],
            "oneOf": [{"required": ["requests"]}, {"required": ["share"]}],
            "properties": _FAULTS,
        }
    },
}
_TEXT_OR_NONE = {"type": ["string", "null"]}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_BODY_AND_HEADERS = {
    "headers": _TEXTS,
    "body": {**_TEXT_OR_NONE, "description": "Without passwords and tokens, 16 KiB of it at most."},
    "bodyNote": {**_TEXT_OR_NONE, "description": "What is not shown of it, and why."},
}
_RECORDED_ERROR = {
    **dict.fromkeys(("code", "title", "detail"), _TEXT_OR_NONE),
    "source": {"type": ["object", "null"]},
}
_RECORDED = {
    "number": {"type": "integer", "minimum": 1},
    "time": {"type": "string", "format": "date-time"},
    "method": {"type": "string"},
    "path": {"type": "string", "description": "With the query string."},
    "status": {"type": "integer"},
    "milliseconds": {"type": "number", "minimum": 0},
    "requestId": {"type": "string"},
    "preflight": {
        "type": "boolean",
        "description": "Whether a browser asked by itself if a page may send the request.",
    },
    **_BODY_AND_HEADERS,
    "answer": _closed(_BODY_AND_HEADERS, list(_BODY_AND_HEADERS)),
    "errors": {"type": "array", "items": _closed(_RECORDED_ERROR, list(_RECORDED_ERROR))},
    "injected": {"type": "boolean", "description": "Whether the fault lab did it."},
}
_RECORDED = _closed(_RECORDED, list(_RECORDED))

_HEADERS = {
    "Location": {"description": "The URL of what was created.", "schema": _URL},
    "ETag": {
        "description": "The state of this document, for If-None-Match and If-Match.",
        "schema": {"type": "string"},
    },
    "Cache-Control": {
        "description": "Ask again before using a copy; no copy at all where a password was checked.",
        "schema": {"enum": ["no-cache", "no-store"]},
    },
    "Preference-Applied": {"description": "The preference that was followed.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}},
    "Idempotency-Replayed": {
        "description": "The answer is the one kept under the Idempotency-Key.",
        "schema": {"const": "true"},
    },
}

_STATUSES = {
    400: "The document's structure or a query parameter is wrong",
    403: "Refused on principle",
    404: "There is no such namespace, type, resource or relationship, or the document names one that there is not",
    406: "Accept rules every answer out",
    409: "In conflict with what there is",
    412: "If-Match names another state than the current one",
    413: "The body is too large",
    415: "The Content-Type is not one that the service reads",
    422: "The content of a member is invalid, or a required one is missing",
    429: "Too many requests; Retry-After says when to go on",
    500: "The service failed",
    503: "The storage cannot be used now",
    507: "A limit of the service is reached; nothing was written",
}
