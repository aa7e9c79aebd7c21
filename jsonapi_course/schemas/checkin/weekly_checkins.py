"""weekly-checkins on the wire."""

from ...engine.schema import Date, Integer, Schema, Text, ToOne


class WeeklyCheckinSchema(Schema):
    mood_score = Integer(minimum=1, maximum=5, nullable=True)
    went_well = Text()
    could_be_better = Text()
    goals = Text()
    comment = Text()
    date = Date(help="today where it is left out; one per user and ISO week")

    user = ToOne("users", inverse="weekly-checkins", required=True)

    class Meta(Schema.Meta):
        type_ = "weekly-checkins"
