"""What the tests of the course's types share: valid resources with few words, and answers as comparable values."""

from itertools import count

from ..client import identifiers

BASE = "http://localhost/api/s1"
PASSWORD = "correct horse battery"

USER = {
    "email": "ada@example.org",
    "password": PASSWORD,
    "first-name": "Ada",
    "last-name": "Lovelace",
    "role": "teacher",
}
MODULE = {"code": "WEB1", "name": "Client-side web applications", "semester": "SS19"}
ROOM = {"name": "Room 3.07", "address": "Main Street 1"}
SESSION = {"title": "Introduction", "date": "2019-05-01T10:00:00"}
NEWS = {"title": "Welcome", "date": "2019-05-01T10:00:00"}
CONTENT = {"title": "Chapter"}


class Course:
    """A namespace with makers of valid resources; each returns the new id. Writes are given as attributes and linkage."""

    def __init__(self, client):
        self.client = client
        self._numbers = count(1)
        self._teacher = None

    def user(self, role, **linkage):
        email = f"{role}{next(self._numbers)}@example.org"
        return self.client.create("users", {**USER, "email": email, "role": role}, **linkage)["id"]

    def teacher(self):
        return self.user("teacher")

    def student(self):
        return self.user("student")

    def module(self, teacher=None, **linkage):
        """A module of `teacher`, or of one teacher for all such modules: a password costs 20 ms."""
        if teacher is None:
            teacher = self._teacher = self._teacher or self.teacher()
        return self.client.create("modules", MODULE, teacher=("users", teacher), **linkage)["id"]

    def room(self):
        return self.client.create("rooms", ROOM)["id"]

    def session(self, module=None, room=None, **attributes):
        module, room = ("modules", module or self.module()), ("rooms", room or self.room())
        return self.client.create("sessions", {**SESSION, **attributes}, module=module, room=room)["id"]

    def news(self, module=None, **attributes):
        return self.client.create("news", {**NEWS, **attributes}, module=("modules", module or self.module()))["id"]

    def content(self, module=None, parent=None, **attributes):
        linkage = {"module": ("modules", module or self.module())}
        if parent:
            linkage["parent"] = ("contents", parent)
        return self.client.create("contents", {**CONTENT, **attributes}, **linkage)["id"]

    def post(self, type_, attributes, linkage=None, **more):
        return self.client.post(f"/{type_}", document(type_, None, attributes, linkage, **more))

    def patch(self, path, attributes=None, linkage=None):
        type_, id_ = path.split("/")
        return self.client.patch(f"/{path}", document(type_, id_, attributes, linkage))

    def link(self, method, path, linkage):
        """A write of the relationship's URL: link("POST", "users/1/relationships/takes", [("modules", "1")])."""
        return self.client.request(method, f"/{path}", {"data": identifiers(linkage)})

    def record(self, path):
        """The resource object as GET shows it."""
        answer = self.client.get(f"/{path}")
        assert answer.status == 200, answer
        return answer.data

    def ids(self, path):
        """The ids that a collection or linkage has, in its order."""
        answer = self.client.get(f"/{path}")
        assert answer.status == 200, answer
        return [item["id"] for item in answer.data]

    def linked(self, path):
        """The id in a to-one's linkage, or None."""
        answer = self.client.get(f"/{path}")
        assert answer.status == 200, answer
        return answer.data and answer.data["id"]


def document(type_, id_, attributes=None, linkage=None, **more):
    data = {"type": type_, **more}
    if id_ is not None:
        data["id"] = id_
    if attributes is not None:
        data["attributes"] = attributes
    if linkage is not None:
        data["relationships"] = {name: {"data": identifiers(value)} for name, value in linkage.items()}
    return {"data": data}


def resource(type_, id_, attributes, linkage):
    """The whole resource object that a document shows."""
    url = f"{BASE}/{type_}/{id_}"
    relationships = {
        name: {
            "links": {"self": f"{url}/relationships/{name}", "related": f"{url}/{name}"},
            "data": identifiers(value),
        }
        for name, value in linkage.items()
    }
    return {
        "type": type_,
        "id": id_,
        "attributes": attributes,
        "relationships": relationships,
        "links": {"self": url},
    }


def shown(path, data, **meta):
    """The whole document of an answer at `path` below the namespace."""
    links = {"self": f"{BASE}/{path}", "describedby": "http://localhost/openapi.json"}
    return {"jsonapi": {"version": "1.1"}, "links": links, "data": data} | ({"meta": meta} if meta else {})


def refused(answer):
    """(status of the answer, [(status, code, where) of each error]); `where` is a pointer, parameter, header or None."""
    return answer.status, [(int(error["status"]), error["code"], _where(error)) for error in answer.errors]


def refusal(status, code, where):
    """What refused() gives for an answer with this one error."""
    return status, [(status, code, where)]


def warned(answer):
    """(status of the answer, [(code, where) of each warning])."""
    return answer.status, [(warning["code"], _where(warning)) for warning in answer.warnings]


def _where(finding):
    return next(iter(finding.get("source", {}).values()), None)
