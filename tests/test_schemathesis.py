"""Requests made at random from the description: each answer is as described, none is a failure of the service."""

import os
from random import Random

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jsonapi_course.api.negotiation import ATOMIC, MEDIA_TYPE, media_type

from .client import Client, in_process
from .description import description_of

EXAMPLES = 2000 if os.environ.get("LONG") else 100
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
IDS = st.sampled_from(["1", "1", "1", "2"])


def fill(client, examples):
    """Resets the namespace to the example of every type, each with the id 1, and ends its faults."""
    client.delete("/console/faults")
    client.post("/reset-db")
    operations = [{"op": "add", "data": data} for data in examples]
    answer = client.post("/operations", {"atomic:operations": operations}, Content_Type=media_type(ext=ATOMIC))
    assert answer.status == 200, answer


def examples_of(app):
    """The example of every type that a new namespace has none of, each after those that it links to."""
    description = description_of(app)
    examples = []
    types = app.extensions["jsonapi_course"].registry.in_order
    for resource in [resource for resource in types if not resource.reference_rows]:
        create = description.document["paths"][f"/api/{{your_id}}/{resource.type}"]["post"]
        body = description.resolved(create["requestBody"])
        examples.append(body["content"][MEDIA_TYPE]["example"]["data"])
    return examples


def linked_to(id_, value):
    """A document in which every resource identifier has the id."""
    if isinstance(value, list):
        return [linked_to(id_, item) for item in value]
    if isinstance(value, dict):
        value = {name: linked_to(id_, item) for name, item in value.items()}
        return {**value, "id": id_} if {"type", "id"} <= value.keys() else value
    return value


def test_requests_at_random_are_answered_as_described(app):
    client = Client(in_process(app))
    examples = examples_of(app)
    fill(client, examples)
    schema = schemathesis.openapi.from_wsgi("/openapi.json", app)
    operations = [result.ok() for result in schema.get_all_operations()]
    each = max(2, EXAMPLES // len(operations))  # the first is always the simplest that there is
    for operation in Random(0).sample(operations, min(len(operations), EXAMPLES // each)):
        _check(operation, each, lambda: fill(client, examples))


def _check(operation, examples, restore):
    """Makes requests of one operation, half of them with data that the description does not allow."""
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    @given(cases, IDS, IDS)
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case, id_, other):
        case.path_parameters = {name: "s1" if name == "your_id" else id_ for name in case.path_parameters}
        case.body = linked_to(other, case.body)
        response = case.call_and_validate(checks=CHECKS)
        if case.method != "GET" and response.status_code < 300:
            restore()

    check()
