"""The same write on every face, and what a refusal of it must look like there."""

import json

from ..client import MEDIA_TYPE

ADMIN = {"name": "Anna Admin", "email": "anna@example.org", "password": "geheim wachtwoord", "role": 1}
OF_THE_MACHINE = ("Traceback", "instance", "sqlite", "Errno", "SELECT", "<html")


class Faces:
    """A namespace with an admin of the check-in API, and writes of a text on each face."""

    def __init__(self, client):
        self.client = client
        assert self.call("POST", "/v1/addUser", ADMIN).status == 201
        login = {name: ADMIN[name] for name in ("email", "password")}
        self.token = self.call("POST", "/v1/sanctum/token", {**login, "device_name": "laptop"}).json["token"]

    def call(self, method, path, body=None):
        """Of the check-in API."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if path not in ("/v1/addUser", "/v1/sanctum/token"):
            headers["Authorization"] = f"Bearer {self.token}"
        return self.client.request(method, path, headers=headers, body=body and json.dumps(body).encode())

    def write(self, text=""):
        """The answers of JSON:API, V3 and V1."""
        project = {"name": "City", "description": text}
        return [
            write_room(self.client, text),
            self.call("POST", "/v3/projects", project),
            self.call("POST", "/v1/newProject", project),
        ]

    def refusals(self, text=""):
        """[(status, code)] of the writes; the check-in API has no codes."""
        room, *others = self.write(text)
        return [refusal(room), *map(checkin_refusal, others)]


def write_room(client, text=""):
    attributes = {"name": "Room", "address": "Street", "features": text}
    return client.post("/rooms", {"data": {"type": "rooms", "attributes": attributes}})


def refusal(answer):
    """(status, code) of a JSON:API error that shows nothing of the machine."""
    _check_headers(answer, MEDIA_TYPE)
    [error] = answer.errors
    assert error["id"] == answer.headers["X-Request-Id"]
    return answer.status, error["code"]


def checkin_refusal(answer):
    """(status, None) of the same in the check-in API's shape."""
    _check_headers(answer, "application/json")
    assert (answer.json.keys(), answer.json["errors"]) == ({"message", "errors"}, {})
    return answer.status, None


def _check_headers(answer, media_type):
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["X-Request-Id"]
    assert answer.headers.get("Retry-After") or answer.status == 507
    assert [told for told in OF_THE_MACHINE if told in answer.body.decode()] == []
