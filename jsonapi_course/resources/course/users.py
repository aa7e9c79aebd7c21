"""users: e-mail addresses are unique without regard to case; the password is stored as its hash."""

from sqlalchemy.orm import Mapped, mapped_column

from ...engine.resource import Resource
from ...namespaces.database import Row, db
from ...schemas.course.users import UserSchema


class User(Row, db.Model):
    __tablename__ = "users"

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    role: Mapped[str]


class Users(Resource):
    schema = UserSchema
    model = User
