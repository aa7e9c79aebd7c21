"""jobroles: their descriptions go with them."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, pairs
from ...schemas.checkin.jobroles import JobroleSchema


class Jobrole(Stamped, db.Model):
    __tablename__ = "jobroles"

    name: Mapped[str]


class Jobroles(Resource):
    schema = JobroleSchema
    model = Jobrole
    links = {"users": pairs("jobrole_users", "jobroles", "users")}
    rights = "organisation"
    link_rights = "jobrole links"
