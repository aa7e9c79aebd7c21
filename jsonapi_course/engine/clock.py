"""What time it is: the one place that asks, so that a test can set it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def now():
    """The instant, aware, in UTC."""
    return datetime.now(UTC)


def today(timezone):
    """The date in the zone of that name (setting TIMEZONE)."""
    return now().astimezone(ZoneInfo(timezone)).date()


def week(day):
    """(monday, sunday) of the ISO week of a date."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)


def stamp():
    """The instant as the check-in API writes it: 2022-03-17T11:26:41.000000Z."""
    return now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
