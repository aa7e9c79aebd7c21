"""The usual way: the same data with ORM objects, eager loading and marshmallow-jsonapi dumps, as a careful author would.

Same gunicorn settings, same SQLite, same durability (WAL, synchronous FULL). One database a namespace, kept engines.
Only what the workloads ask for: lists with pages, filters, include=sessions, POST and PATCH of modules.
"""

import json
import os
from functools import lru_cache
from pathlib import Path

from flask import Flask, abort, g, request
from marshmallow import validate
from marshmallow_jsonapi import Schema, fields
from pysqlite3 import dbapi2
from sqlalchemy import Column, ForeignKey, Table, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

FOLDER = Path(os.environ["USUAL_FOLDER"])


class Base(DeclarativeBase):
    pass


module_students = Table(
    "module_students",
    Base.metadata,
    Column("module_id", ForeignKey("modules.id"), primary_key=True),
    Column("user_id", ForeignKey("users.id"), primary_key=True, index=True),
)


class UserRow(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]


class ModuleRow(Base):
    __tablename__ = "modules"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    semester: Mapped[str]
    teacher_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    teacher: Mapped[UserRow] = relationship()
    students: Mapped[list[UserRow]] = relationship(secondary=module_students)
    sessions: Mapped[list["SessionRow"]] = relationship(order_by="SessionRow.date", back_populates="module")
    news: Mapped[list["NewsRow"]] = relationship()
    contents: Mapped[list["ContentRow"]] = relationship()


class RoomRow(Base):
    __tablename__ = "rooms"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class SessionRow(Base):
    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    date: Mapped[str]
    keywords: Mapped[str]
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)
    room_id: Mapped[int] = mapped_column(ForeignKey("rooms.id"), index=True)
    module: Mapped[ModuleRow] = relationship(back_populates="sessions")
    room: Mapped[RoomRow] = relationship()


class NewsRow(Base):
    __tablename__ = "news"
    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)


class ContentRow(Base):
    __tablename__ = "contents"
    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("modules.id"), index=True)


def linkage(type_, name, many=False):
    return fields.Relationship(
        type_=type_,
        many=many,
        include_resource_linkage=True,
        self_url=f"{{root}}/{{id}}/relationships/{name}",
        self_url_kwargs={"id": "<id>", "root": ""},
        related_url=f"/{{id}}/{name}",
        related_url_kwargs={"id": "<id>"},
        schema="SessionSchema" if type_ == "sessions" else None,
    )


class ModuleSchema(Schema):
    id = fields.Str()
    code = fields.Str(required=True, validate=validate.Length(min=4))
    name = fields.Str(required=True, validate=validate.Length(min=4))
    semester = fields.Str(required=True, validate=validate.OneOf(["SS18", "WS18/19", "SS19", "WS19/20"]))
    teacher = linkage("users", "teacher")
    students = linkage("users", "students", many=True)
    sessions = linkage("sessions", "sessions", many=True)
    news = linkage("news", "news", many=True)
    contents = linkage("contents", "contents", many=True)

    class Meta:
        type_ = "modules"


class SessionSchema(Schema):
    id = fields.Str()
    title = fields.Str()
    date = fields.Str()
    keywords = fields.Str()
    module = linkage("modules", "module")
    room = linkage("rooms", "room")

    class Meta:
        type_ = "sessions"


EAGER = [
    selectinload(ModuleRow.teacher),
    selectinload(ModuleRow.students),
    selectinload(ModuleRow.sessions),
    selectinload(ModuleRow.news),
    selectinload(ModuleRow.contents),
]


@lru_cache(maxsize=256)
def engine_for(namespace):
    engine = create_engine(f"sqlite:///{FOLDER / namespace}.sqlite3", module=dbapi2)

    @event.listens_for(engine, "connect")
    def configure(connection, _):
        connection.isolation_level = None
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection):
        connection.exec_driver_sql("BEGIN" if request.method == "GET" else "BEGIN IMMEDIATE")

    return engine


app = Flask(__name__)


@app.url_value_preprocessor
def open_session(_, values):
    g.session = Session(engine_for(values.pop("namespace")))


@app.teardown_request
def close_session(_):
    g.pop("session").close()


def reply(document, status=200):
    return app.response_class(json.dumps(document), status=status, mimetype="application/vnd.api+json")


@app.get("/api/<namespace>/modules")
def list_modules():
    statement = select(ModuleRow).options(*EAGER).order_by(ModuleRow.id)
    size = request.args.get("page[size]", type=int)
    if size:
        statement = statement.limit(size).offset((request.args.get("page[number]", 1, type=int) - 1) * size)
    rows = g.session.scalars(statement).all()
    total = g.session.scalar(select(func.count()).select_from(ModuleRow)) if size else len(rows)
    return reply(ModuleSchema(many=True).dump(rows) | {"meta": {"page": {"total": total}}})


@app.get("/api/<namespace>/modules/<int:id>")
def show_module(id):
    include = request.args.get("include", "").split(",") if request.args.get("include") else ()
    options = [*EAGER, selectinload(ModuleRow.sessions).selectinload(SessionRow.room)] if include else EAGER
    row = g.session.get(ModuleRow, id, options=options) or abort(404)
    return reply(ModuleSchema(include_data=include).dump(row))


@app.get("/api/<namespace>/sessions")
def list_sessions():
    statement = select(SessionRow).options(selectinload(SessionRow.module), selectinload(SessionRow.room))
    for name in ("title", "keywords"):
        if name in request.args:
            statement = statement.where(getattr(SessionRow, name) == request.args[name])
    return reply(SessionSchema(many=True).dump(g.session.scalars(statement.order_by(SessionRow.date)).all()))


@app.post("/api/<namespace>/modules")
def create_module():
    values = ModuleSchema().load(request.get_json(force=True))
    teacher = g.session.get(UserRow, int(values.pop("teacher"))) or abort(422)
    row = ModuleRow(**values, teacher=teacher)
    g.session.add(row)
    g.session.commit()
    return reply(ModuleSchema().dump(row), 201)


@app.patch("/api/<namespace>/modules/<int:id>")
def update_module(id):
    values = ModuleSchema(partial=True).load(request.get_json(force=True))
    row = g.session.get(ModuleRow, id, options=EAGER) or abort(404)
    for name in ("code", "name", "semester"):
        if name in values:
            setattr(row, name, values[name])
    g.session.commit()
    return reply(ModuleSchema().dump(row))
