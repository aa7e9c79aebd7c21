"""notifications: made by docents, admins and the service itself."""

from sqlalchemy.orm import Mapped

from ...engine.resource import Resource
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.notifications import NotificationSchema


class Notification(Stamped, db.Model):
    __tablename__ = "notifications"

    kind: Mapped[str]
    data: Mapped[str]
    user_id: Mapped[str] = to_one("users", "CASCADE")


class Notifications(Resource):
    schema = NotificationSchema
    model = Notification
    rights = "notifications"
    owner = ("user",)
