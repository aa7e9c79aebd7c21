"""weekly-checkins: one a user and ISO week, also by filling in form 2."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Mapped

from ...engine import clock
from ...engine.resource import Resource
from ...engine.session import Statement
from ...errors import NotUnique
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.weekly_checkins import WeeklyCheckinSchema
from .answers import FormCheckin, SheetColumn


class WeeklyCheckin(SheetColumn, Stamped, db.Model):
    __tablename__ = "weekly_checkins"

    mood_score: Mapped[int | None]
    went_well: Mapped[str]
    could_be_better: Mapped[str]
    goals: Mapped[str]
    comment: Mapped[str]
    date: Mapped[str]
    user_id: Mapped[str] = to_one("users", "CASCADE")


class WeeklyCheckins(FormCheckin, Resource):
    schema = WeeklyCheckinSchema
    model = WeeklyCheckin
    order = ("date",)
    rights = "work"
    owner = ("user",)
    form = "2"

    def check(self, session, change, findings):
        """One a user and ISO week."""
        user, day = change.value("user"), change.value("date")
        if user is None or not day or not {"user", "date"} & {*change.attributes, *change.relationships}:
            return
        monday, sunday = clock.week(date.fromisoformat(day))
        other = session.row(
            _in_week, user=user, monday=monday.isoformat(), sunday=sunday.isoformat(), id=change.id or ""
        )
        if other:
            findings.add(
                NotUnique(
                    f"User '{user}' has a weekly check-in for the ISO week of {day} already: '{other[0]}' of {other[1]}.",
                    pointer=change.at("date"),
                )
            )


_table = WeeklyCheckin.__table__
_in_week = Statement(
    select(_table.c.id, _table.c.date).where(
        _table.c.user_id == bindparam("user"),
        _table.c.date.between(bindparam("monday"), bindparam("sunday")),
        _table.c.id != bindparam("id"),
    )
)
