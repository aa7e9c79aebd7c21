"""descriptions: one text about a jobrole."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.descriptions import DescriptionSchema


class Description(Stamped, db.Model):
    __tablename__ = "descriptions"

    description: Mapped[str]
    jobrole_id: Mapped[str] = to_one("jobroles", "CASCADE")


class Descriptions(Resource):
    schema = DescriptionSchema
    model = Description
    rights = "organisation"
