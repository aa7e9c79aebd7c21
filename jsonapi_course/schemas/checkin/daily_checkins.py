"""daily-checkins on the wire."""

from ...engine.schema import Date, Integer, Number, Schema, Text, ToOne


class DailyCheckinSchema(Schema):
    mood_score = Integer(required=True, minimum=1, maximum=5)
    mood_description = Text()
    hours_worked = Number(required=True, minimum=0, maximum=24, step=0.5)
    comment = Text()
    date = Date(help="today where it is left out; one per user and date")

    user = ToOne("users", inverse="daily-checkins", required=True)

    class Meta(Schema.Meta):
        type_ = "daily-checkins"
