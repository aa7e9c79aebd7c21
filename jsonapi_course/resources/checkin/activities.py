"""activities of the HBO-i model; one in use is not deleted."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db
from ...schemas.checkin.activities import ActivitySchema


class Activity(Stamped, db.Model):
    __tablename__ = "activities"

    name: Mapped[str]
    description: Mapped[str]


class Activities(Resource):
    schema = ActivitySchema
    model = Activity
    rights = "reference"
    reference_rows = tuple(
        ({"name": name}, {}) for name in ("Manage & control", "Analyseren", "Adviseren", "Ontwerpen", "Realiseren")
    )
