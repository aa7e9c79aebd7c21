"""A client of one namespace: the same calls against an app in the process or a server over HTTP."""

import json
import urllib.error
import urllib.request

from .description import description_of

MEDIA_TYPE = "application/vnd.api+json"


class Answer:
    """Status, headers (names in any case) and the parsed document of an answer."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def data(self):
        return self.json["data"]

    @property
    def errors(self):
        return self.json["errors"]

    @property
    def warnings(self):
        return self.json.get("meta", {}).get("warnings", [])

    def __repr__(self):
        return f"<{self.status} {self.body[:2000]!r}>"


class Client:
    """Paths are relative to the namespace: client.get("/modules"). `json` is sent as JSON:API, `body` as it is."""

    def __init__(self, send, namespace="s1"):
        self._send = send
        self.namespace = namespace

    def request(self, method, path, json_=None, headers=None, body=None):
        headers = dict(headers or {})
        if json_ is not None:
            body = json.dumps(json_).encode()
            headers.setdefault("Content-Type", MEDIA_TYPE)
        return Answer(*self._send(method, f"/api/{self.namespace}{path}", headers, body))

    def get(self, path, **headers):
        return self.request("GET", path, headers=_dashed(headers))

    def post(self, path, json_=None, **headers):
        return self.request("POST", path, json_, _dashed(headers))

    def patch(self, path, json_=None, **headers):
        return self.request("PATCH", path, json_, _dashed(headers))

    def delete(self, path, json_=None, **headers):
        return self.request("DELETE", path, json_, _dashed(headers))

    def create(self, type_, attributes=None, id_=None, **linkage):
        """Creates a resource and returns its resource object. Linkage: teacher=("users", "1"), or a list of pairs."""
        data = {"type": type_, "attributes": attributes or {}}
        if id_ is not None:
            data["id"] = id_
        if linkage:
            data["relationships"] = {
                name.replace("_", "-"): {"data": identifiers(value)} for name, value in linkage.items()
            }
        answer = self.post(f"/{type_}", {"data": data})
        assert answer.status == 201, answer
        return answer.data


def identifiers(value):
    if value is None:
        return None
    if isinstance(value, list):
        return [identifiers(item) for item in value]
    return {"type": value[0], "id": value[1]}


def _dashed(headers):
    """if_match="…" as If-Match."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def in_process(app):
    """The `send` of a Client for an app in this process; every answer is checked against the app's description."""
    test_client = app.test_client()
    description = description_of(app)

    def send(method, path, headers, body):
        answer = test_client.open(path, method=method, headers=headers, data=body)
        description.check(method, path, answer.status_code, answer.headers, answer.get_data())
        return answer.status_code, answer.headers, answer.get_data()

    return send


def over_http(root):
    """The `send` of a Client for a server at `root` (http://127.0.0.1:PORT)."""

    def send(method, path, headers, body):
        request = urllib.request.Request(root + path, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    return send
