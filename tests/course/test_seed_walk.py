"""A walk over the endpoints of seed 003, in its order, against a real server with two workers."""

from ..client import identifiers
from ..conftest import running_server
from .course import CONTENT, MODULE, NEWS, PASSWORD, ROOM, SESSION, USER, document

VISIBLE = {name: value for name, value in USER.items() if name != "password"}

# Per type, in the seed's order: attributes sent, attributes shown, linkage, a change.
ENDPOINTS = {
    "contents": (
        {**CONTENT, "content": "Text", "order": 3},
        {**CONTENT, "content": "Text", "order": 3},
        {"module": ("modules", "m"), "parent": None, "children": []},
        {"title": "Changed", "order": 1},
    ),
    "modules": (
        MODULE,
        MODULE,
        {"teacher": ("users", "t"), "students": [("users", "s")], "news": [], "sessions": [], "contents": []},
        {"semester": "WS19/20"},
    ),
    "news": ({**NEWS, "text": "Text"}, {**NEWS, "text": "Text"}, {"module": ("modules", "m")}, {"text": "Changed"}),
    "rooms": (ROOM, {**ROOM, "capacity": "", "features": ""}, {"sessions": []}, {"capacity": "30"}),
    "sessions": (
        SESSION,
        {**SESSION, "keywords": ""},
        {"module": ("modules", "m"), "room": ("rooms", "r")},
        {"date": "2019-05-02T10:00"},
    ),
    "users": (USER, VISIBLE, {"teaches": [], "takes": []}, {"last-name": "King"}),
}


def test_the_seeds_endpoints_in_their_order(server):
    client = server.client()
    root = f"{server.root}/api/{client.namespace}"

    def resource(type_, id_, attributes, linkage):
        url = f"{root}/{type_}/{id_}"
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

    # POST /reset-db
    client.create("rooms", ROOM)
    assert client.post("/reset-db").status == 200
    assert client.get("/rooms").data == []

    client.create("users", {**USER, "email": "t@example.org"}, id_="t")
    client.create("users", {**USER, "email": "s@example.org", "role": "student"}, id_="s")
    client.create("modules", {**MODULE, "semester": "SS18"}, id_="m", teacher=("users", "t"))
    client.create("rooms", ROOM, id_="r")

    for type_, (sent, attributes, linkage, change) in ENDPOINTS.items():
        before = client.get(f"/{type_}")
        assert before.status == 200
        created = client.post(f"/{type_}", document(type_, None, sent, linkage))
        expected = resource(type_, "1", attributes, linkage)
        assert (created.status, created.warnings, created.data) == (201, [], expected)
        assert created.headers["Location"] == f"{root}/{type_}/1"
        assert client.get(f"/{type_}").data == [*before.data, expected]
        assert client.get(f"/{type_}/1").data == expected

        expected = resource(type_, "1", {**attributes, **change}, linkage)
        changed = client.patch(f"/{type_}/1", document(type_, "1", change))
        assert (changed.status, changed.warnings, changed.data) == (200, [], expected)
        assert client.get(f"/{type_}/1").data == expected

        deleted = client.delete(f"/{type_}/1")
        assert (deleted.status, deleted.body) == (204, b"")
        gone = client.get(f"/{type_}/1")
        assert (gone.status, [error["code"] for error in gone.errors]) == (404, ["unknown-resource"])
        assert client.get(f"/{type_}").json == before.json

    # GET /users, "Filtering by email and password"
    found = client.get(f"/users?email=s@example.org&password={PASSWORD.replace(' ', '%20')}")
    assert [user["id"] for user in found.data] == ["s"]
    assert client.get("/users?email=s@example.org&password=wrong").data == []

    # Filtering
    assert [module["id"] for module in client.get("/modules?semester=SS18").data] == ["m"]
    assert client.get("/modules?semester=SS19").data == []
    assert client.get("/modules?semester=WS18").data == []
    assert [room["id"] for room in client.get("/rooms?name=Room%203.07&address=Main+Street+1").data] == ["r"]


def test_no_password_is_in_the_log_of_a_server_that_logs_all_it_can(tmp_path):
    with running_server(tmp_path, workers=1, LOG_LEVEL="debug") as server:
        send_passwords(server.client())
        assert "horse" not in server.log


def send_passwords(client):
    client.create("users", USER)
    assert client.get(f"/users?email=ada@example.org&password={PASSWORD.replace(' ', '%20')}").status == 200
    assert client.get("/users?password=horse").status == 400
    assert client.get("/users/1?password=horse").status == 400
    assert client.patch("/users/1", document("users", "1", {"password": "horse", "role": 1})).status == 422
    assert client.request("POST", "/users", body=b'{"password": "horse"', headers={"Content-Type": "x/y"}).status == 415
