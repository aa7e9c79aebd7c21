"""cubes: a user's profile in the HBO-i model; its fields go with it."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.cubes import CubeSchema


class Cube(Stamped, db.Model):
    __tablename__ = "cubes"

    name: Mapped[str]
    description: Mapped[str]
    user_id: Mapped[str] = to_one("users", "CASCADE")


class Cubes(Resource):
    schema = CubeSchema
    model = Cube
    rights = "work"
    owner = ("user",)
