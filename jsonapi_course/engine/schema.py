"""What a type's schema is written with: marshmallow-jsonapi's Schema, kinds of attributes, relationships.

A kind of attribute knows how a JSON value is checked (`_deserialize`, marshmallow's word), how the text
of a filter becomes an operand, and what is stored beside it to compare and sort by (`key`).
"""

import re
from datetime import UTC, date, datetime

from dateutil.parser import isoparser
from email_validator import EmailNotValidError, validate_email
from marshmallow import ValidationError, fields, missing
from marshmallow_jsonapi import Schema as JSONAPISchema
from marshmallow_jsonapi.fields import Relationship

from ..errors import (
    InvalidDate,
    InvalidEmail,
    MissingMember,
    NotInList,
    NullNotAllowed,
    OutOfRange,
    TooLong,
    TooShort,
    WrongKind,
)
from . import clock
from .suggest import did_you_mean, listed, quoted, shown


def dasherized(name):
    return name.replace("_", "-")


class Schema(JSONAPISchema):
    """A type on the wire. `settings` are the service's; a Choice takes its values from there."""

    id = fields.Str()

    class Meta:
        type_ = "toys"
        inflect = dasherized

    def __init__(self, settings=None, **kwargs):
        self.settings = settings or {}
        super().__init__(**kwargs)

    def format_errors(self, errors, many):
        """Faults by field name, as raised: marshmallow-jsonapi would point missing members to values that do not exist."""
        return errors


class Attribute(fields.Field):
    """A member of `attributes`. `nullable`: null is a value; else an optional one reads `absent` when never set."""

    kind = "text"  # one word for docs, filters and OpenAPI
    json_kind = "a string"
    absent = None
    secret = False  # write-only, stored as a hash, filterable only with the attribute that names the row
    in_digits = None  # how a text looks that would be a value without its quotes
    has_key = False  # whether a second column `<name>_key` holds what is compared and sorted by
    operators = ("eq", "ne", "in", "lt", "le", "gt", "ge", "like")

    def __init__(self, *, required=False, nullable=False, read_only=False, unique=False, help=""):
        super().__init__(required=required, allow_none=nullable)
        self.nullable = nullable
        self.read_only = read_only
        self.unique = unique
        self.help = help

    def deserialize(self, value, attr=None, data=None, **kwargs):
        """The value to store. What a document shows for "never set" is accepted: clients send whole records back."""
        if value == "" and self.absent == "" and not self.required:
            return value
        return super().deserialize(value, attr, data, **kwargs)

    def make_error(self, key, **kwargs):
        """marshmallow's two own faults, in our words."""
        if key == "required":
            fault = MissingMember(
                f'The attribute {quoted(self.data_key)} is required and is missing: add "{self.data_key}" to attributes, '
                f"{self.rule()}.",
                member=self.data_key,
                allowed=self.choices,
            )
        else:
            fault = NullNotAllowed(f"{quoted(self.data_key)} cannot be null: send {self.rule()}.", allowed=self.choices)
        return ValidationError([fault])

    def wrong_kind(self, value):
        rule = self.rule() if self.choices else self.json_kind
        hint = ""
        if type(value) in (int, float) and self.kind == "text":
            hint = f'; write "{value}" in quotes'
        elif isinstance(value, str) and (digits := self.in_digits) and re.fullmatch(digits, value, re.ASCII):
            hint = f"; write {value} without quotes (in JavaScript, Number(text))"
        elif isinstance(value, str) and self.json_kind != "a string" and not value.strip() and not self.required:
            hint = "; leave it out where there is no value"
        return ValidationError(
            [WrongKind(f"{quoted(self.data_key)} must be {rule}, not {shown(value)}{hint}.", allowed=self.choices)]
        )

    def rule(self):
        """What the attribute takes, for a sentence: "a string of at least 4 characters"."""
        return self.json_kind

    @property
    def choices(self):
        """The closed list of legal values, or ()."""
        return ()

    def default(self):
        """What a new resource gets where nothing was sent and the value is not `absent`; None for `absent`."""

    def key(self, value):
        """What a stored value is compared and sorted by; only where has_key."""
        return value

    def operand(self, text):
        """The text of a filter as a value of the column that is compared. Raises ValueError with what it must be."""
        return text

    def hint(self, text):
        """What is probably wrong with a text that is not such a value: the end of a sentence, or ""."""
        return ""

    def json_schema(self):
        return {"type": "string"}

    def to_wire(self, stored):
        """A stored value as the JSON value that the document shows."""
        return stored


class Text(Attribute):
    """`may_read_empty`: another API that writes the same column does not know `min_length`."""

    absent = ""

    def __init__(self, *, min_length=0, max_length=None, may_read_empty=False, **kwargs):
        super().__init__(**kwargs)
        self.may_read_empty = may_read_empty
        self.min_length = min_length
        self.max_length = max_length

    def rule(self):
        if self.min_length == 1:
            return "a string of at least 1 character"
        return f"a string of at least {self.min_length} characters" if self.min_length else "a string"

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        if len(value) < self.min_length:
            raise ValidationError(
                [TooShort(f"{quoted(self.data_key)} must be {self.rule()}; {shown(value)} has {len(value)}.")]
            )
        if self.max_length is not None and len(value) > self.max_length:
            raise ValidationError(
                [
                    TooLong(
                        f"{quoted(self.data_key)} may have at most {self.max_length} characters; "
                        f"this text has {len(value)}."
                    )
                ]
            )
        return value

    def json_schema(self):
        schema = {"type": "string"}
        if self.min_length:
            schema["minLength"] = self.min_length
        if self.max_length is not None:
            schema["maxLength"] = self.max_length
        return schema


class Choice(Attribute):
    """One of a closed list: `values`, or the setting of the name `setting`."""

    kind = "choice"
    absent = ""

    def __init__(self, *values, setting=None, **kwargs):
        super().__init__(**kwargs)
        self.values = values
        self.setting = setting

    @property
    def choices(self):
        return tuple(self.parent.settings[self.setting]) if self.setting else self.values

    def rule(self):
        return f"one of {listed(self.choices)}"

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        if value not in self.choices:
            hint, suggestions = did_you_mean(value, self.choices)
            raise ValidationError(
                [
                    NotInList(
                        f"{quoted(self.data_key)} must be {self.rule()}, not {shown(value)}{hint or '.'}",
                        suggestions=suggestions,
                        allowed=self.choices,
                    )
                ]
            )
        return value

    def json_schema(self):
        return {"type": "string", "enum": list(self.choices)}


class Email(Attribute):
    """An e-mail address, kept as it was sent and compared without regard to case."""

    kind = "e-mail"
    absent = ""
    has_key = True

    def rule(self):
        return "an e-mail address such as name@example.org"

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        try:
            # test_environment: .test addresses are fine, this is a classroom
            validate_email(value, check_deliverability=False, test_environment=True)
        except EmailNotValidError as error:
            raise ValidationError(
                [InvalidEmail(f"{quoted(self.data_key)} must be {self.rule()}, not {shown(value)}: {error}")]
            ) from None
        return value

    def key(self, value):
        return value.casefold()

    operand = key

    def json_schema(self):
        return {"type": "string", "format": "idn-email"}


class Secret(Attribute):
    """A password: write-only, stored as a hash. PATCH without it, or with null, keeps the old one."""

    kind = "secret"
    secret = True
    operators = ("eq",)

    def rule(self):
        return "a string of at least 1 character"

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, str):
            # what was sent may be the password
            raise ValidationError([WrongKind(f"{quoted(self.data_key)} must be {self.rule()}, in double quotes.")])
        if not value:
            raise ValidationError([TooShort(f"{quoted(self.data_key)} must be {self.rule()}; it is empty.")])
        return value

    def json_schema(self):
        return {"type": "string", "minLength": 1, "format": "password", "writeOnly": True}


class Integer(Attribute):
    kind = "integer"
    json_kind = "a whole number"
    in_digits = r"-?\d{1,18}"
    operators = ("eq", "ne", "in", "lt", "le", "gt", "ge")

    def __init__(self, *, minimum=None, maximum=None, **kwargs):
        super().__init__(**kwargs)
        self.minimum = minimum
        self.maximum = maximum

    def rule(self):
        if self.minimum is None:
            return self.json_kind
        return f"{self.json_kind} from {self.minimum} to {self.maximum}"

    def _deserialize(self, value, attr, data, **kwargs):
        if type(value) is float and value.is_integer() and abs(value) < 2**53:
            value = int(value)  # JSON does not tell 3 from 3.0
        if type(value) is not int:
            raise self.wrong_kind(value)
        return self._in_range(value)

    def _in_range(self, value):
        if self.minimum is not None and not self.minimum <= value <= self.maximum:
            raise ValidationError([OutOfRange(f"{quoted(self.data_key)} must be {self.rule()}, not {value}.")])
        return value

    def operand(self, text):
        if re.fullmatch(r"[+-]?[0-9]{1,19}", text) and -(2**63) <= int(text) < 2**63:
            return int(text)
        if re.fullmatch(r"[+-]?[0-9]{1,15}\.[0-9]{1,15}", text):
            return float(text)  # also of whole numbers: 3.0 is 3, and some are greater than 2.5
        raise ValueError(f"must be {self.json_kind}")

    def json_schema(self):
        schema = {"type": "integer"}
        if self.minimum is not None:
            schema |= {"minimum": self.minimum, "maximum": self.maximum}
        return schema


# isoparser alone takes 2019T10:00 and 2019-05-01, which lack a part, and no decimal fraction of hours or minutes.
_MOMENT = re.compile(
    r"(\d{4}-?(?:\d\d-?\d\d|W\d\d-?\d|\d{3}))"  # calendar, week or ordinal date
    r"T(\d\d(?::?\d\d(?::?\d\d)?)?)(?:[.,](\d+))?([Zz]|[+-]\d\d(?::?\d\d)?)?",
    re.ASCII,
)


class DateTime(Attribute):
    """An ISO 8601 date-time, kept as it was sent; compared by its instant, no offset counts as UTC."""

    kind = "date-time"
    absent = ""
    has_key = True
    _parser = isoparser(sep="T")
    _EPOCH = datetime(1970, 1, 1)

    def rule(self):
        return "an ISO 8601 date-time such as 2019-05-01T10:00 or 2019-05-01T10:00:00Z"

    def _deserialize(self, value, attr, data, **kwargs):
        if type(value) in (int, float):
            value_in_js = f"new Date({value}{' * 1000' if abs(value) < 10**11 else ''}).toISOString()"
            fault = f"must be {self.rule()}, not {shown(value)}; of a timestamp {value_in_js} makes one"
            raise ValidationError([WrongKind(f"{quoted(self.data_key)} {fault}.")])
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        try:
            self.key(value)
        except ValueError:
            raise ValidationError(
                [InvalidDate(f"{quoted(self.data_key)} must be {self.rule()}, not {shown(value)}{self.hint(value)}.")]
            ) from None
        return value

    def hint(self, text):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return f"; the time is missing, write {text}T00:00"
        if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:.*", text):
            return f"; write a T instead of the space, {text.replace(' ', 'T', 1)}"
        if german := re.match(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?:,? (\d\d:\d\d))?", text):
            day, month, year, time = german.groups("00:00")
            return f"; the year comes first, write {year}-{month:0>2}-{day:0>2}T{time}"
        if re.match(r"\d{1,2}/\d{1,2}/\d{4}", text):
            return "; the year comes first, then month and day"
        if re.fullmatch(r"\d{9,14}", text):
            return f"; of a timestamp new Date({text}{' * 1000' if len(text) < 12 else ''}).toISOString() makes one"
        if text == "Invalid Date":
            return "; in JavaScript, new Date() could not read what it was given"
        if re.search(r"\d [+-]\d", text):
            return "; no space stands before the offset"
        if re.search(r"T.*\d \d", text):
            return "; a + in a URL is a space: write %2B for it, encodeURIComponent does"
        if _MOMENT.fullmatch(text):
            return "; the calendar or the clock does not have that"
        return "; in JavaScript, date.toISOString() writes one"

    def key(self, value):
        """Microseconds since 1970 in UTC, as an integer: 9999-12-31T24:00 has no datetime. Raises ValueError."""
        parts = _MOMENT.fullmatch(value)
        if parts is None:
            raise ValueError("no complete date and time")
        date, time, fraction, offset = parts.groups("")
        try:
            day = self._parser.parse_isodate(date)
        except OverflowError:
            raise ValueError("a week after 9999") from None
        if "W" in date and day.isocalendar().year != int(date[:4]):
            raise ValueError("a week 53 that the year does not have")
        elapsed = datetime.combine(day, self._parser.parse_isotime(time)) - self._EPOCH
        if offset:
            elapsed -= self._parser.parse_tzstr(offset).utcoffset(None)
        unit_seconds = 60 ** (3 - len(time.replace(":", "")) // 2)  # of what the fraction divides
        part = int(fraction[:12].ljust(12, "0")) * unit_seconds // 10**6
        if time.startswith("24"):  # the end of the day, which isoparser gives as its beginning
            if part:
                raise ValueError("a time after 24:00")
            part = 86400 * 1_000_000
        return (elapsed.days * 86400 + elapsed.seconds) * 1_000_000 + part

    def operand(self, text):
        try:
            return self.key(text)
        except ValueError:
            raise ValueError(f"must be {self.rule()}") from None

    def json_schema(self):
        return {"type": "string", "description": "ISO 8601 date-time", "examples": ["2019-05-01T10:00:00Z"]}


class Number(Integer):
    """A number in steps: 7.5 hours. A whole one is stored and shown as an integer."""

    kind = "number"
    json_kind = "a number"
    in_digits = r"-?\d{1,15}(\.\d{1,15})?"

    def __init__(self, *, step=None, **kwargs):
        super().__init__(**kwargs)
        self.step = step

    def rule(self):
        return super().rule() + (f" in steps of {self.step}" if self.step else "")

    def _deserialize(self, value, attr, data, **kwargs):
        if type(value) not in (int, float):
            raise self.wrong_kind(value)
        if self.step and value % self.step:
            raise ValidationError([OutOfRange(f"{quoted(self.data_key)} must be {self.rule()}, not {value}.")])
        return self._in_range(int(value) if float(value).is_integer() else value)

    def to_wire(self, stored):
        """8 for 8.0: the column holds floating-point numbers."""
        return int(stored) if stored is not None and stored == int(stored) else stored

    def json_schema(self):
        return super().json_schema() | {"type": "number"}


class Boolean(Attribute):
    kind = "boolean"
    json_kind = "true or false"
    operators = ("eq", "ne")

    def __init__(self, *, default, **kwargs):
        super().__init__(**kwargs)
        self.absent = default

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, bool):
            raise self.wrong_kind(value)
        return value

    def operand(self, text):
        if text not in ("true", "false"):
            raise ValueError("must be true or false")
        return text == "true"

    def to_wire(self, stored):
        return bool(stored)

    def json_schema(self):
        return {"type": "boolean"}


class Date(Attribute):
    """A calendar date, YYYY-MM-DD; left out of a new resource it is today in the setting TIMEZONE, never later."""

    kind = "date"
    operators = ("eq", "ne", "in", "lt", "le", "gt", "ge")

    def today(self):
        return clock.today(self.parent.settings["TIMEZONE"]).isoformat()

    def default(self):
        return self.today()

    def rule(self):
        return "a date such as 2026-01-31"

    def _deserialize(self, value, attr, data, **kwargs):
        if not isinstance(value, str):
            raise self.wrong_kind(value)
        try:
            self.operand(value)
        except ValueError:
            raise ValidationError(
                [InvalidDate(f"{quoted(self.data_key)} must be {self.rule()}, not {shown(value)}.")]
            ) from None
        if value > self.today():
            raise ValidationError(
                [
                    OutOfRange(
                        f"{quoted(self.data_key)} cannot be in the future: {value} is after today, {self.today()}."
                    )
                ]
            )
        return value

    def operand(self, text):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError(f"must be {self.rule()}")
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"must be {self.rule()} that the calendar has") from None
        return text

    def json_schema(self):
        return {"type": "string", "format": "date"}


class Moment(DateTime):
    """A date-time that a new resource gets from the clock where none is sent."""

    absent = None

    def default(self):
        return clock.stamp()


def instant_key(moment):
    """The key of an aware datetime, as DateTime.key gives it for the text."""
    return DateTime.key(DateTime(), moment.astimezone(UTC).isoformat())


class Linkage(Relationship):
    """A member of `relationships`.

    `inverse` names the same relationship seen from the other type; where that type does not declare it,
    it gets it, hidden from its documents unless asked for. `belongs` is false for a to-one that is a field of the
    row rather than its parent: the check-in API lets it be changed. `where` maps an attribute of the other type to
    the one value with which a resource may be linked. `aliases` are names accepted on writes.
    """

    many = False

    def __init__(
        self, type_, *, inverse=None, required=False, read_only=False, where=None, aliases=(), belongs=True, help=""
    ):
        super().__init__(type_=type_, many=self.many, include_resource_linkage=True, required=required)
        self.allow_none = not required
        self.inverse = inverse
        self.read_only = read_only
        self.where = where or {}
        self.aliases = aliases
        self.belongs = belongs
        self.help = help

    def make_error(self, key, **kwargs):
        if key == "required":
            fault = MissingMember(
                f"The relationship {quoted(self.data_key)} is required and is missing: add "
                f'"{self.data_key}": {{"data": {{"type": "{self.type_}", "id": "…"}}}} to relationships.',
                member=self.data_key,
            )
        else:
            fault = self.null_fault()
        return ValidationError([fault])

    def null_fault(self):
        return NullNotAllowed(
            f"{quoted(self.data_key)} is required, so it cannot be null: name one of the {self.type_} by its id."
        )

    def deserialize(self, value, attr=None, data=None, **kwargs):
        """The id, the list of ids, or None of a linkage whose shape document.py has checked.

        Null for a required one passes in a PATCH: where it is null already (a deleted teacher) nothing changes,
        and only the writer can tell.
        """
        if value is missing:
            self._validate_missing(value)
            return missing
        linkage = value["data"]
        if linkage is None:
            if not self.allow_none and kwargs.get("partial") is not True:
                raise self.make_error("null")
            return None
        return [identifier["id"] for identifier in linkage] if self.many else linkage["id"]


class ToOne(Linkage):
    many = False


class ToMany(Linkage):
    many = True
