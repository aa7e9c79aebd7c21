"""A namespace with a few resources of each course type, and requests written as a reader of the manual would."""

import json

from .client import MEDIA_TYPE, Answer, in_process
from .course.course import CONTENT, MODULE, NEWS, ROOM, SESSION, USER

TYPES = ["users", "modules", "rooms", "sessions", "news", "contents"]


def furnish(client):
    """users 1 (Ada, teacher) and 2 (Bob, student); modules 1 and 2; room, session, news 1; contents 1 and its child 2."""
    client.create("users", USER)
    client.create("users", {**USER, "email": "bob@example.org", "first-name": "Bob", "role": "student"})
    for _ in range(2):
        client.create("modules", MODULE, teacher=("users", "1"))
    client.create("rooms", ROOM)
    client.create("sessions", SESSION, module=("modules", "1"), room=("rooms", "1"))
    client.create("news", NEWS, module=("modules", "1"))
    client.create("contents", CONTENT, module=("modules", "1"))
    client.create("contents", CONTENT, module=("modules", "1"), parent=("contents", "1"))


def state(client):
    """Everything in the namespace of the course."""
    return {type_: client.get(f"/{type_}").data for type_ in TYPES}


def ask(app, method, url, body=None, headers=None):
    """The answer to a request whose `body` is text; with a body it says JSON:API unless `headers` say otherwise."""
    headers = {"Content-Type": MEDIA_TYPE, **(headers or {})} if body is not None else headers or {}
    return Answer(*in_process(app)(method, url, headers, None if body is None else body.encode()))


def findings(answer):
    """Every error and warning of an answer as (status and code, where, finding)."""
    errors = [(f"{error['status']} {error['code']}", _where(error), error) for error in answer.json.get("errors", [])]
    return errors + [(f"{answer.status} {warning['code']}", _where(warning), warning) for warning in answer.warnings]


def _where(finding):
    """`pointer /data/type`, `parameter sort`, `header Accept` or None."""
    return next((f"{kind} {place}".rstrip() for kind, place in finding.get("source", {}).items()), None)


def document(type_, id_=None, attributes=None, **relationships):
    """The text of a document; relationships are given as they stand in it."""
    data = {"type": type_}
    if id_ is not None:
        data["id"] = id_
    if attributes is not None:
        data["attributes"] = attributes
    if relationships:
        data["relationships"] = relationships
    return json.dumps({"data": data})
