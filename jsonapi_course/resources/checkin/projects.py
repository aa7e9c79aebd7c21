"""projects: what users work on."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, pairs
from ...schemas.checkin.projects import ProjectSchema


class Project(Stamped, db.Model):
    __tablename__ = "projects"

    name: Mapped[str]
    description: Mapped[str]


class Projects(Resource):
    schema = ProjectSchema
    model = Project
    links = {"users": pairs("project_users", "projects", "users")}
    rights = "organisation"
    link_rights = "links"
