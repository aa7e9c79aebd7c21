"""daily-checkins: one a user and date, also by filling in form 1; a low mood tells the docents who are connected to the user."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped, aliased

from ...engine import writer
from ...engine.document import Change
from ...engine.findings import Findings
from ...engine.resource import Resource
from ...engine.session import Statement
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.daily_checkins import DailyCheckinSchema
from ..course.users import User
from .answers import FormCheckin, SheetColumn
from .notifications import Notifications
from .users import connections

LOW_MOOD = 2


class DailyCheckin(SheetColumn, Stamped, db.Model):
    __tablename__ = "daily_checkins"

    mood_score: Mapped[int]
    mood_description: Mapped[str]
    hours_worked: Mapped[float]
    comment: Mapped[str]
    date: Mapped[str]
    user_id: Mapped[str] = to_one("users", "CASCADE")


class DailyCheckins(FormCheckin, Resource):
    schema = DailyCheckinSchema
    model = DailyCheckin
    order = ("date",)
    unique_together = (("user", "date"),)
    rights = "work"
    owner = ("user",)
    form = "1"

    def written(self, session, change):
        """A new check-in with a low mood becomes a notification for each connected docent."""
        super().written(session, change)
        notifications = self.registry[Notifications.schema.Meta.type_]
        if change.creating and change.value("mood-score") <= LOW_MOOD:
            user, date = change.value("user"), change.value("date")
            for docent, name in session.rows(_docents, user=user):
                attributes = {
                    "kind": "low-mood",
                    "data": f"{name} (user {user}) gave the mood {change.value('mood-score')} on {date}.",
                }
                notification = Change(notifications, None, True, attributes, {"user": docent})
                writer.create(session, notification, Findings())


_docent = aliased(User)  # one who became a student keeps the connection
_docents = Statement(
    select(connections.c.docent_id, User.name)
    .join_from(connections, User, User.id == connections.c.student_id)
    .join(_docent, _docent.id == connections.c.docent_id)
    .where(connections.c.student_id == bindparam("user"), _docent.role == "teacher")
)
