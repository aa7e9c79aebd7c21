"""sessions: ordered by date; they go with their room and with their module."""

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...namespaces.database import Row, db, to_one
from ...schemas.course.sessions import SessionSchema


class Session(Row, db.Model):
    __tablename__ = "sessions"

    title: Mapped[str]
    date: Mapped[str]
    date_key: Mapped[int] = mapped_column(BigInteger)
    keywords: Mapped[str]
    module_id: Mapped[str] = to_one("modules", "CASCADE")
    room_id: Mapped[str] = to_one("rooms", "CASCADE")


class Sessions(Resource):
    schema = SessionSchema
    model = Session
    order = ("date",)
