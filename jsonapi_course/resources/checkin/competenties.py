"""competenties; one in use is not deleted."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db
from ...schemas.checkin.competenties import CompetentieSchema


class Competentie(Stamped, db.Model):
    __tablename__ = "competenties"

    name: Mapped[str]


class Competenties(Resource):
    schema = CompetentieSchema
    model = Competentie
    rights = "reference"
