"""modules on the wire (seed: Module)."""

from ...engine.schema import Choice, Schema, Text, ToMany, ToOne


class ModuleSchema(Schema):
    code = Text(required=True, min_length=4)
    name = Text(required=True, min_length=4)
    semester = Choice(setting="SEMESTERS", required=True)

    teacher = ToOne(
        "users",
        inverse="teaches",
        required=True,
        where={"role": "teacher"},
        aliases=("creator",),
        help="the seed's prose calls it the creator",
    )
    students = ToMany("users", inverse="takes", where={"role": "student"})
    news = ToMany("news", inverse="module")
    sessions = ToMany("sessions", inverse="module")
    contents = ToMany("contents", inverse="module")

    class Meta(Schema.Meta):
        type_ = "modules"
