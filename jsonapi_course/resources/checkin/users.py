"""users as the check-in API knows them: a second view of the course's rows, with tokens and computed values."""

from datetime import date

from sqlalchemy import Column, ForeignKey, Integer, String, Table, bindparam, column, func, select, table

from ...engine import clock
from ...engine.document import Change
from ...engine.resource import Resource
from ...engine.session import Statement, id_list, ids
from ...engine.storage import PASSING, metadata
from ...schemas.checkin.users import CheckinUserSchema
from ..course.users import User

# Which docent looks after which student (V1: connectToStudent).
connections = Table(
    "docent_students",
    metadata,
    Column("docent_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("student_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True),
)

# Bearer tokens: only the hash of the secret is stored.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("secret_hash", String, nullable=False),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("device_name", String, nullable=False),
    Column("created_seconds", Integer, nullable=False),
    sqlite_autoincrement=True,  # a token's id is never given again
    info=PASSING,
)


def happiness(session, users, today):
    """{user: [{"date", "mood_score"}, …] from 1 January to today, ascending}. 1 SELECT."""
    first = date(today.year, 1, 1).isoformat()
    found = {user: [] for user in users}
    for user, day, mood in session.rows(_moods, users=ids(users), first=first, last=today.isoformat()):
        found[user].append({"date": day, "mood_score": mood})
    return found


def hours_worked_this_week(session, users, today):
    """{user: sum of hours in this ISO week}. 1 SELECT."""
    monday, sunday = clock.week(today)
    rows = session.rows(_hours, users=ids(users), first=monday.isoformat(), last=sunday.isoformat())
    hours = {user: int(total) if total == int(total) else total for user, total in rows}
    return {user: hours.get(user, 0) for user in users}


def can_do_daily(session, users, today):
    """{user: whether there is no daily check-in for today yet}. 1 SELECT."""
    return _none_between(session, _daily, users, today, today)


def can_do_weekly(session, users, today):
    """{user: whether there is no weekly check-in for this ISO week yet}. 1 SELECT."""
    return _none_between(session, _weekly, users, *clock.week(today))


def _none_between(session, statement, users, first, last):
    rows = session.rows(statement, users=ids(users), first=first.isoformat(), last=last.isoformat())
    done = {user for (user,) in rows}
    return {user: user not in done for user in users}


class CheckinUsers(Resource):
    """`name` is first-name and last-name; `role` maps docent ↔ teacher, admin is a teacher with the admin flag."""

    schema = CheckinUserSchema
    model = User
    view_of = "users"
    more_tables = (connections, tokens)
    rights = "users"
    extras = {
        "happiness": happiness,
        "hoursWorkedThisWeek": hours_worked_this_week,
        "canDoDaily": can_do_daily,
        "canDoWeekly": can_do_weekly,
    }

    def column(self, name):
        return self.table.c.checkin_role if name == "role" else super().column(name)

    def as_course(self, change):
        """The Change of the course's resource that a Change of this view means."""
        resource = self.registry[self.type]
        attributes, internal = dict(change.attributes), {}
        if "name" in attributes:
            attributes["first-name"], _, attributes["last-name"] = attributes.pop("name").partition(" ")
        if "role" in attributes or change.creating:
            role = attributes.get("role", "student")
            attributes["role"] = "student" if role == "student" else "teacher"
            internal["admin"] = role == "admin"
        meant = Change(resource, change.id, change.creating, attributes, current=change.current, pointer=change.pointer)
        meant.internal = internal
        return meant


def _between(name, *columns, what=None):
    """Check-ins of the users between two dates. Their models import this file, so the table is only named."""
    checkins = table(name, column("user_id"), column("date"), column("mood_score"), column("hours_worked"))
    between = checkins.c.date.between(bindparam("first"), bindparam("last"))
    selected = [checkins.c[wanted] for wanted in columns] + ([] if what is None else [what(checkins)])
    return select(*selected).where(checkins.c.user_id.in_(id_list("users")), between)


_daily = Statement(_between("daily_checkins", "user_id").distinct())
_weekly = Statement(_between("weekly_checkins", "user_id").distinct())
_moods = Statement(_between("daily_checkins", "user_id", "date", "mood_score").order_by("date"))
_hours = Statement(
    _between("daily_checkins", "user_id", what=lambda checkins: func.sum(checkins.c.hours_worked)).group_by("user_id")
)
