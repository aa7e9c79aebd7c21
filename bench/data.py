"""The data, the same for every server."""

import json
import os
import urllib.request

from pysqlite3 import dbapi2

from bench.workloads import MEDIA_TYPE

SEMESTERS = ("SS18", "WS18/19", "SS19", "WS19/20")
KEYWORDS = ("sql", "http", "css", "rest", "dom")


def _post(url, body, media_type=MEDIA_TYPE):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": media_type})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def _add(type_, attributes, **to_one):
    linkage = {name: {"data": {"type": target, "id": id_}} for name, (target, id_) in to_one.items()}
    return {"op": "add", "data": {"type": type_, "attributes": attributes, "relationships": linkage}}


def operations(modules, sessions_each, users, rooms):
    """The data as atomic operations; ids follow from the order."""
    for index in range(1, users + 1):
        names = {"first-name": f"First {index}", "last-name": f"Last {index}"}
        role = "teacher" if index <= users // 5 or index == 1 else "student"
        yield _add("users", {"email": f"user{index}@example.org", "password": "secret", "role": role, **names})
    for index in range(1, rooms + 1):
        yield _add("rooms", {"name": f"Room {index}", "address": f"Street {index}"})
    for index in range(1, modules + 1):
        attributes = {"code": f"M{index:04}", "name": f"Module {index}", "semester": SEMESTERS[index % 4]}
        yield _add("modules", attributes, teacher=("users", str(1 + index % max(1, users // 5))))
    for index in range(modules * sessions_each):
        attributes = {
            "title": f"Session {index % 80}",
            "date": f"2019-{1 + index % 12:02}-{1 + index % 28:02}T{8 + index % 10:02}:00",
            "keywords": KEYWORDS[index // 80 % 5],
        }
        module, room = str(1 + index // sessions_each), str(1 + index % rooms)
        yield _add("sessions", attributes, module=("modules", module), room=("rooms", room))


def fill(root, namespace, *sizes):
    media_type = f'{MEDIA_TYPE};ext="https://jsonapi.org/ext/atomic"'
    waiting = list(operations(*sizes))
    for start in range(0, len(waiting), 500):
        _post(f"{root}/api/{namespace}/operations", {"atomic:operations": waiting[start : start + 500]}, media_type)


def copy_to_usual(source, target):
    """The same rows in the usual way's tables."""
    os.environ["USUAL_FOLDER"] = str(target.parent)
    from sqlalchemy import create_engine

    from bench.usual import Base

    Base.metadata.create_all(create_engine(f"sqlite:///{target}"))
    connection = dbapi2.connect(target)
    connection.execute("ATTACH ? AS ours", [str(source)])
    for table, columns in {
        "users": "id, email",
        "rooms": "id, name",
        "modules": "id, code, name, semester, teacher_id",
        "sessions": "id, title, date, keywords, module_id, room_id",
    }.items():
        connection.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ours.{table}")
    connection.commit()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
