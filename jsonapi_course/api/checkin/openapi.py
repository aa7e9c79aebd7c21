"""The check-in API's paths for the OpenAPI description: V3 from the registry's types, V1 and V2 from their table."""

import re

from ...engine.openapi import describe
from .call import FORM, JSON
from .faces import Faces
from .v1.dispatch import CALLS  # which fills the table
from .v1.fields import kind_of

_READ = (400, 401, 403, 404, 429, 500, 503)
_WRITE = (*_READ, 413, 507)
_STATUSES = {
    400: "Missing or invalid fields, malformed JSON, an unknown search word",
    401: "No token, or wrong credentials",
    403: "A token that is not valid here, or not allowed for the role",
    404: "There is no such call, entity, id or relation",
    413: "The body is too large",
    429: "Too many requests; Retry-After says when to go on",
    500: "The service failed",
    503: "The storage cannot be used now",
    507: "A limit of the service is reached; nothing was written",
}
_ERROR = {
    "type": "object",
    "required": ["message", "errors"],
    "properties": {
        "message": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Sentences by field.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
_ID = {"type": ["integer", "string"]}
_SEARCH = {"type": "object", "description": "Fields with values or operators, and `with`."}


def describe_all(registry, root):
    """The description of every face, as a value for JSON."""
    document = describe(registry, root)
    faces = list(Faces(registry))
    if faces:
        document["tags"] += [
            {"name": "check-in V3", "description": "Plain JSON with bearer tokens; the same rows."},
            {"name": "check-in V1", "description": "Deprecated but for `sanctum/token`, `sanctum/logout` and `user`."},
        ]
        components = document["components"]
        components.setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
        components["schemas"]["CheckinError"] = _ERROR
        components["responses"] |= {f"Checkin{status}": _refusal(status) for status in _STATUSES}
        for face in faces:
            components["schemas"][_component(face)] = _entity(face)
            components["schemas"][f"{_component(face)}Fields"] = {"type": "object", "properties": _written(face)}
        document["paths"] |= {**_v3_paths(faces), **_v1_paths()}
    return document


# --- V3 ---------------------------------------------------------------------------------------------
def _v3_paths(faces):
    by_type = {face.type: face for face in faces}
    paths = {}
    for face in faces:
        base = f"/api/{{your_id}}/v3/{face.type}"
        one, many = _shown(face), {"type": "array", "items": _shown(face)}
        body = {JSON: _sent(face)}
        paths[base] = _path(
            base,
            get=_v3(f"list {face.type}", {200: many}, _READ),
            post=_v3(f"create one of the {face.type}", {201: one}, _WRITE, body),
        )
        paths[f"{base}/search"] = _path(
            base, post=_v3(f"search {face.type}", {200: many}, (*_READ, 413), {JSON: _SEARCH})
        )
        paths[f"{base}/{{id}}"] = _path(
            f"{base}/{{id}}",
            get=_v3(f"show one of the {face.type}", {200: one}, _READ),
            put=_v3(f"change one of the {face.type}", {200: one}, _WRITE, body),
            delete=_v3(f"delete one of the {face.type}", {204: None}, _WRITE),
        )
        for name, relation in face.relations.items():
            paths |= _v3_relation(f"{base}/{{id}}/{name}", face, name, relation, by_type[relation.target.type])
    return paths


def _v3_relation(path, face, name, relation, target):
    one, many = _shown(target), {"type": "array", "items": _shown(target)}
    where, body = f"{name} of one of the {face.type}", {JSON: _sent(target)}
    listed = {"get": _v3(f"list {where}", {200: many}, _READ)}
    member = {"get": _v3(f"show one of {where}", {200: one}, _READ)}
    if relation.link is None:
        listed["post"] = _v3(f"create one of {where}", {201: one}, _WRITE, body)
        member["delete"] = _v3(f"delete one of {where}", {204: None}, _WRITE)
    else:
        member["put"] = _v3(f"link one of {where}", {200: one}, _WRITE)
        member["delete"] = _v3(f"unlink one of {where}", {204: None}, _WRITE)
    return {
        path: _path(path, **listed),
        f"{path}/search": _path(path, post=_v3(f"search {where}", {200: many}, (*_READ, 413), {JSON: _SEARCH})),
        f"{path}/{{member}}": _path(f"{path}/{{member}}", **member),
    }


def _v3(summary, answers, errors, body=None):
    name = "".join(word.capitalize() for word in summary.replace("-", " ").split())
    return _operation("check-in V3", f"v3{name}", summary.capitalize(), answers, errors, body)


def _component(face):
    return "Checkin" + "".join(part.capitalize() for part in face.type.split("-"))


def _shown(face):
    return {"$ref": f"#/components/schemas/{_component(face)}"}


def _sent(face):
    return {"$ref": f"#/components/schemas/{_component(face)}Fields"}


def _entity(face):
    """What `show` gives; relations that `with` names come on top."""
    properties = {"id": _ID}
    if face.is_users:
        texts = {"type": "array", "items": {"type": "string"}}
        properties |= {"name": {"type": "string"}, "email": {"type": "string"}, "roles": texts, "permissions": texts}
    else:
        properties |= {name: {"type": ["integer", "string", "null"]} for name in face.keys}
        properties |= {name: _read_schema(face, wire) for name, wire in face.fields.items()}
    return {"type": "object", "required": list(properties), "properties": properties}


def _read_schema(face, wire):
    """The type alone: an optional field that was never set reads "" or null."""
    types = face.resource.attributes[wire].json_schema()["type"]
    types = types if isinstance(types, list) else [types]
    return {"type": [*types, *({"null"} - {*types})]}


def _written(face):
    keys = {name: {**_ID, "description": "Given when it is created."} for name in face.keys}
    fields = {name: face.resource.attributes[wire].json_schema() for name, wire in face.fields.items()}
    return {**keys, **fields}


# --- V1 ---------------------------------------------------------------------------------------------
def _v1_paths():
    paths = {}
    for row in CALLS:
        for version in row.versions:
            path = f"/api/{{your_id}}/{version}/{row.path}"
            for method in row.methods:
                operation = _v1_operation(row, version, method)
                paths.setdefault(path, _path(path))[method.lower()] = operation
    return paths


def _v1_operation(row, version, method):
    body = None
    if row.fields and method != "GET":
        properties = {name: kind_of(kind).schema for name, kind in row.fields.items()}
        required = [name for name in row.required if name not in row.aliases]
        schema = {"type": "object", "required": required, "properties": properties}
        body = {JSON: schema, FORM: schema}
    answers = {row.answers: None if row.answers == 204 else {"type": ["object", "array", "string"]}}
    name = re.sub(r"\W", "", f"{version}_{method}_{row.path}".replace("/", "_"))
    operation = _operation("check-in V1", name, row.name, answers, _WRITE if row.writes else (*_READ, 413), body)
    operation["description"] = f"{row.does} Who may: {', '.join(row.who)}."
    operation["deprecated"] = not row.name.startswith(("sanctum", "user"))
    if method == "GET" and row.fields:
        operation["parameters"] = [
            {"name": name, "in": "query", "required": True, "schema": kind_of(kind).schema}
            for name, kind in row.required.items()
        ]
    if row.is_open:
        operation["security"] = []
    elif row.tokenless:
        operation["security"] = [{}, {"token": []}]
    return operation


# --- both -------------------------------------------------------------------------------------------
def _path(path, **operations):
    names = [part.partition("}")[0] for part in path.split("{")[1:]]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}} for name in names
    ]
    return {"parameters": parameters, **operations}


def _operation(tag, name, summary, answers, errors, body=None):
    operation = {
        "tags": [tag],
        "operationId": name,
        "summary": summary,
        "security": [{"token": []}],
        "responses": {
            **{str(status): _answer(schema) for status, schema in answers.items()},
            **{str(status): {"$ref": f"#/components/responses/Checkin{status}"} for status in errors},
        },
    }
    if body:
        operation["requestBody"] = {
            "required": True,
            "content": {type_: {"schema": schema} for type_, schema in body.items()},
        }
    return operation


def _answer(schema):
    if schema is None:
        return {"description": "Done; there is no body."}
    return {"description": "The answer.", "content": {JSON: {"schema": schema}}}


def _refusal(status):
    schema = {"$ref": "#/components/schemas/CheckinError"}
    return {"description": _STATUSES[status], "content": {JSON: {"schema": schema}}}
