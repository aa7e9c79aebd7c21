"""rooms: their sessions follow from the sessions' own room."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Row, db
from ...schemas.course.rooms import RoomSchema


class Room(Row, db.Model):
    __tablename__ = "rooms"

    name: Mapped[str]
    address: Mapped[str]
    capacity: Mapped[str]
    features: Mapped[str]


class Rooms(Resource):
    schema = RoomSchema
    model = Room
