"""Checks answers against the OpenAPI description of the app that gave them."""

import json
import re
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator

from jsonapi_course.api.checkin.openapi import describe_all
from jsonapi_course.engine.openapi import MEDIA_TYPE

_descriptions = {}


def description_of(app):
    """The Description of an app's types, made once for all apps with the same types and settings."""
    service = app.extensions["jsonapi_course"]
    settings = {name: value for name, value in service.settings.items() if name != "INSTANCE_PATH"}
    key = (*(type(resource) for resource in service.registry), *sorted(settings.items()))
    if key not in _descriptions:
        _descriptions[key] = Description(describe_all(service.registry, "http://localhost"))
    return _descriptions[key]


class Description:
    """`check` fails for an answer that `document`, an OpenAPI description, does not allow."""

    def __init__(self, document):
        self.document = document
        self.templates = [(path.split("/"), item) for path, item in document["paths"].items()]
        self._validators = {}

    def check(self, method, path, status, headers, body):
        """Raises AssertionError where status, headers, Content-Type or body are not as described."""
        if re.match("/api/[^/]+/v[0-9]", path):
            return  # a check-in API, which is no JSON:API
        where = f"{method} {path[:200]} was answered with {status}"
        item = self._item(path)
        operation = item and item.get("get" if method == "HEAD" else method.lower())
        if method == "OPTIONS":
            assert status == 204, where
            return
        if operation is None:
            # nothing there, or not with this method; 400: not a request at all
            assert status in ((404, 400) if item is None else (405, 404, 400)), f"{where}, which is not described"
            answer = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Errors"}}}}
        else:
            assert str(status) in operation["responses"], f"{where}, which is not described"
            answer = self.resolved(operation["responses"][str(status)])
        for name, header in answer.get("headers", {}).items():
            assert name in headers or not self.resolved(header)["required"], f"{where} without {name}"
        content_type = headers.get("Content-Type", "").partition(";")[0]
        contents = {name.partition(";")[0]: content for name, content in answer.get("content", {}).items()}
        if method == "HEAD" or not contents:
            assert body == b"", f"{where} and a body"
        else:
            assert content_type in contents, f"{where} as {content_type!r}"
            errors = list(self._validator(contents[content_type]["schema"]).iter_errors(json.loads(body)))
            assert not errors, f"{where}, not as described: {errors[0]}\n{body[:2000]!r}"

    def resolved(self, value):
        """What a reference stands for."""
        while "$ref" in value:
            reference, value = value["$ref"], self.document
            for name in reference.removeprefix("#/").split("/"):
                value = value[name]
        return value

    def _item(self, path):
        """The path item of a URL's path, or None."""
        segments = [unquote(segment) for segment in path.partition("?")[0].removesuffix("/").split("/")]
        for template, item in self.templates:
            if len(template) == len(segments) and all(
                segment if name.startswith("{") else segment == name
                for name, segment in zip(template, segments, strict=True)
            ):
                return item
        return None

    def _validator(self, schema):
        key = json.dumps(schema)
        if key not in self._validators:
            rooted = {**schema, "components": self.document["components"]}
            self._validators[key] = Draft202012Validator(rooted, validate_formats=True)
        return self._validators[key]
