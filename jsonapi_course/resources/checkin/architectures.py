"""architectures of the HBO-i model; one in use is not deleted."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db
from ...schemas.checkin.architectures import ArchitectureSchema


class Architecture(Stamped, db.Model):
    __tablename__ = "architectures"

    name: Mapped[str]
    description: Mapped[str]


class Architectures(Resource):
    schema = ArchitectureSchema
    model = Architecture
    rights = "reference"
    reference_rows = tuple(
        ({"name": name}, {})
        for name in (
            "Gebruikersinteractie",
            "Organisatieprocessen",
            "Infrastructuur",
            "Software",
            "Hardware-interfacing",
        )
    )
