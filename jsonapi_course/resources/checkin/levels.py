"""levels of the HBO-i model; one in use is not deleted."""

from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db
from ...schemas.checkin.levels import LevelSchema


class Level(Stamped, db.Model):
    __tablename__ = "levels"

    number: Mapped[int] = mapped_column(unique=True)
    description: Mapped[str]


class Levels(Resource):
    schema = LevelSchema
    model = Level
    rights = "reference"
    reference_rows = tuple(({"number": number}, {}) for number in (1, 2, 3, 4))
