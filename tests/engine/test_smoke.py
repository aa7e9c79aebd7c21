"""The shortest way through everything: create, read, include, change, delete."""


def test_toys_go_the_whole_way(toys):
    person = toys.create("people", {"name": "Ada"})
    tag = toys.create("tags", {"label": "new"})
    article = toys.create(
        "articles", {"title": "On engines"}, author=("people", person["id"]), tags=[("tags", tag["id"])]
    )
    read = toys.get("/articles/1?include=author,tags")
    assert read.status == 200
    assert [(item["type"], item["id"]) for item in read.json["included"]] == [("people", "1"), ("tags", "1")]
    changed = toys.patch("/articles/1", {"data": {"type": "articles", "id": "1", "attributes": {"word-count": 3}}})
    assert changed.data["attributes"]["word-count"] == 3
    assert toys.delete("/articles/1").status == 204
    assert toys.get("/articles").data == []
    assert article["id"] == "1"


def test_a_server_answers(server):
    client = server.client()
    room = client.create("rooms", {"name": "Room 1", "address": "Street"})
    assert client.get("/rooms").data == [room]
