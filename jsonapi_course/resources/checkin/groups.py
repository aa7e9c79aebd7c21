"""groups: users together; their mood and hours are computed on request, one query for any number of groups."""

from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Mapped

from ...engine import clock
from ...engine.resource import Resource
from ...engine.session import Statement, id_list, ids
from ...namespaces.database import Stamped, db, pairs
from ...schemas.checkin.groups import GroupSchema
from .daily_checkins import DailyCheckin

group_users = pairs("group_users", "groups", "users")


class Group(Stamped, db.Model):
    __tablename__ = "groups"

    name: Mapped[str]
    description: Mapped[str]


def user_mood_avg(session, groups, today):
    """{group: mean mood of its users' daily check-ins in this ISO week, 2 decimals, or None}. 1 SELECT."""
    monday, sunday = clock.week(today)
    rows = session.rows(_moods, groups=ids(groups), first=monday.isoformat(), last=sunday.isoformat())
    # halves are rounded up, as a person would; float rounding would give 2.67 for 2.675
    means = {group: whole(int(total * 200 / count + 1) // 2 / 100) for group, total, count in rows}
    return {group: means.get(group) for group in groups}


def hours_worked_today(session, groups, today):
    """{group: sum of its users' hours of today}. 1 SELECT."""
    return _hours_on(session, groups, today)


def hours_worked_yesterday(session, groups, today):
    """{group: sum of its users' hours of yesterday}. 1 SELECT."""
    return _hours_on(session, groups, today - timedelta(days=1))


def _hours_on(session, groups, day):
    rows = session.rows(_hours, groups=ids(groups), first=day.isoformat(), last=day.isoformat())
    hours = {group: whole(total) for group, total in rows}
    return {group: hours.get(group, 0) for group in groups}


def whole(number):
    """8 for 8.0."""
    return int(number) if number == int(number) else number


class Groups(Resource):
    schema = GroupSchema
    model = Group
    links = {"users": group_users}
    rights = "organisation"
    link_rights = "links"
    extras = {
        "user_mood_avg": user_mood_avg,
        "hours_worked_today": hours_worked_today,
        "hours_worked_yesterday": hours_worked_yesterday,
    }


def _checkins(*columns):
    """The daily check-ins of the groups' users between two dates, by group."""
    group = group_users.c.groups_id
    return Statement(
        select(group, *columns)
        .join_from(group_users, DailyCheckin, DailyCheckin.user_id == group_users.c.users_id)
        .where(group.in_(id_list("groups")), DailyCheckin.date.between(bindparam("first"), bindparam("last")))
        .group_by(group)
    )


_moods = _checkins(func.sum(DailyCheckin.mood_score), func.count())
_hours = _checkins(func.sum(DailyCheckin.hours_worked))
