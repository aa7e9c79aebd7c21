"""V1: totals of check-ins and hours, and whether one was filled in; whichever face made the check-ins."""

from ....errors import UnknownResource
from .rows import find, value
from .table import v1

READERS = "self, docent, admin"
# of a form: the computed value that tells whether its check-in can still be made, and the two in words
CHECKINS = {"1": ("canDoDaily", "daily check-in for today"), "2": ("canDoWeekly", "weekly check-in for this week")}


def hours(call, *conditions):
    """[(date, hours)] of the daily check-ins, ascending by date."""
    rows = find(call, "daily-checkins", *conditions)
    return [tuple(value(call, "daily-checkins", row, name) for name in ("date", "hours-worked")) for row in rows]


def total(numbers):
    """Their sum, 8 for 8.0."""
    added = sum(numbers)
    return int(added) if added == int(added) else added


def between(first, last):
    return ("date", "ge", first), ("date", "le", last)


@v1("getTotalDaily/{user_id:users}", "GET", READERS)
def total_daily(call, user_id):
    """The number of the user's daily check-ins: `{"total": n}`."""
    return {"total": len(find(call, "daily-checkins", ("user", "is", user_id)))}


@v1("getTotalWeekly/{user_id:users}", "GET", READERS)
def total_weekly(call, user_id):
    """The number of the user's weekly check-ins: `{"total": n}`."""
    return {"total": len(find(call, "weekly-checkins", ("user", "is", user_id)))}


@v1("getTotalHoursByUser/{user_id:users}", "GET", READERS)
def total_hours(call, user_id):
    """The sum of the user's hours: `{"total": hours}`."""
    return {"total": total(worked for _, worked in hours(call, ("user", "is", user_id)))}


@v1("getTotalHoursBetweenByUser/{user_id:users}/{from:date}/{to:date}", "GET", READERS)
def total_hours_between(call, user_id, **dates):
    """The sum of the user's hours between two dates, both included: `{"total": hours}`."""
    found = hours(call, ("user", "is", user_id), *between(dates["from"], dates["to"]))
    return {"total": total(worked for _, worked in found)}


@v1("getTotalHoursBetweenTotal/{from:date}/{to:date}", "GET", "docent, admin")
def total_hours_of_all(call, **dates):
    """The sum of everybody's hours between two dates, both included: `{"total": hours}`."""
    return {"total": total(worked for _, worked in hours(call, *between(dates["from"], dates["to"])))}


@v1("getHoursPerDayWeek/{user_id:users}/{from:date}/{to:date}", "GET", READERS)
def hours_per_day_between(call, user_id, **dates):
    """The user's hours of each day between two dates, both included: `[{"date", "hours"}, …]`, ascending."""
    found = hours(call, ("user", "is", user_id), *between(dates["from"], dates["to"]))
    return [{"date": day, "hours": total([worked])} for day, worked in found]


@v1("getHoursPerDay/{user_id:users}", "GET", READERS)
@v1("getHoursPerDay{user_id:users}", "GET", READERS)
def hours_per_day(call, user_id):
    """The user's hours of each day: `[{"date", "hours"}, …]`, ascending."""
    return [{"date": day, "hours": total([worked])} for day, worked in hours(call, ("user", "is", user_id))]


@v1("checkFilledIn/{user_id:users}/{form_id:forms}", "GET", READERS)
def check_filled_in(call, user_id, form_id):
    """Whether the user has a check-in for today (form 1) or this week (form 2): `{"filled_in": bool, "message": "…"}`."""
    if form_id not in CHECKINS:
        raise UnknownResource(f"Form '{form_id}' is that of no check-in; 1 is the daily, 2 the weekly one.")
    computed, words = CHECKINS[form_id]
    can_do = call.faces["users"].extras[computed](call.session, [user_id], call.today)[user_id]
    message = f"There is no {words} yet." if can_do else f"There is a {words} already."
    return {"filled_in": not can_do, "message": message}
