"""users: one table for the course and the check-in API (resources/checkin/users.py is its other view)."""

from sqlalchemy import Computed
from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db
from ...schemas.course.users import UserSchema


class User(Stamped, db.Model):
    __tablename__ = "users"

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str]
    admin: Mapped[bool]
    # what the check-in API shows and searches
    name: Mapped[str] = mapped_column(
        Computed("first_name || CASE last_name WHEN '' THEN '' ELSE ' ' || last_name END")
    )
    checkin_role: Mapped[str] = mapped_column(
        Computed("CASE WHEN role = 'student' THEN 'student' WHEN admin THEN 'admin' ELSE 'docent' END")
    )


class Users(Resource):
    schema = UserSchema
    model = User
    internal = {"admin": False}

    def check(self, session, change, findings):
        """An admin who becomes a student is no admin any more."""
        if change.attributes.get("role") == "student":
            change.internal["admin"] = False
