"""What every face does alike: an encoded slash is refused, and what is full can be emptied."""

import pytest

from ..client import Client, in_process
from .faces import Faces

SLASH = (
    "The path has an encoded slash (%2F); neither a namespace id nor a resource's can have one: it has 1 to 64 of the "
    "characters a-z A-Z 0-9 - _ . and begins with a letter or digit."
)


@pytest.fixture
def faces(client):
    return Faces(client)


def sentence(answer):
    """What an error says, on whichever face."""
    return answer.json.get("message") or answer.errors[0]["detail"]


@pytest.mark.parametrize(
    "method, path",
    [
        ("GET", "/rooms/1%2Fsessions"),
        ("GET", "/v3/users%2F1"),
        ("GET", "/v3/users/1%2fgroups"),
        ("DELETE", "/v3/projects/1%2F"),
        ("GET", "/v1/getUser%2F1"),
        ("POST", "/v1/deleteProject/1%2F1"),
        ("POST", "/v1/sanctum%2Ftoken"),
        ("GET", "/v2/getVersion%2F"),
    ],
)
def test_every_face_refuses_an_encoded_slash_with_the_same_sentence(faces, method, path):
    answer = faces.call(method, path)
    assert (answer.status, sentence(answer)) == (404, SLASH)
    assert faces.call("OPTIONS", path).status == 204  # a preflight never fails


def test_an_encoded_slash_in_the_query_is_a_value(faces):
    assert faces.client.get("/modules?filter[semester]=WS18%2F19").status == 200
    assert faces.call("GET", "/v3/users?x=%2F").status == 200


@pytest.mark.parametrize("limit", ["NAMESPACE_MAX_ROWS", "NAMESPACE_MAX_BYTES"])
def test_in_a_full_namespace_every_face_deletes(make_app, limit):
    before = Faces(Client(in_process(make_app())))
    for _ in range(2):
        assert [answer.status for answer in before.write("x" * 3000)] == [201] * 3
    assert before.client.post("/snapshots?name=first").status == 201
    full = Faces.__new__(Faces)
    full.client, full.token = Client(in_process(make_app(**{limit: 1}))), before.token
    assert [status for status, _ in full.refusals("x" * 3000)] == [507] * 3
    answers = [
        full.client.delete("/rooms/1"),
        full.call("DELETE", "/v3/projects/1"),
        full.call("POST", "/v1/deleteProject/2"),
        full.client.delete("/snapshots/first"),
    ]
    assert [answer.status for answer in answers] == [204] * 4
    left = [len(full.client.get(path).data) for path in ("/rooms", "/projects")]
    assert left == [1, 2]


@pytest.mark.parametrize(
    "method, path, limited",
    [
        ("DELETE", "/rooms/1", False),
        ("DELETE", "/snapshots/first", False),
        ("DELETE", "/v3/projects/1", False),
        ("POST", "/v1/deleteProject/1", False),
        ("POST", "/v3/projects", True),
        ("POST", "/v1/newProject", True),
    ],
)
def test_what_deletes_may_take_a_page_more_than_the_limit(app, method, path, limited, monkeypatch):
    """Where a row goes, an index may need a page before others are free."""
    faces = Faces(Client(in_process(app)))
    faces.write()
    faces.client.post("/snapshots?name=first")
    namespaces, asked = app.extensions["jsonapi_course"].namespaces, []
    real = namespaces.write
    monkeypatch.setattr(namespaces, "write", lambda *a, **k: asked.append(k.get("limited", True)) or real(*a, **k))
    body = {"name": "City", "description": ""} if limited else None
    assert faces.call(method, path, body).status in (201, 204)
    assert asked == [limited]
