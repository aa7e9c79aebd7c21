"""answersheets: a form filled in by a user; its answers go with it, and the check-in that it is (answers.py)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from sqlalchemy import BigInteger, bindparam, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from ...engine import reader, writer
from ...engine.document import Change
from ...engine.findings import Findings
from ...engine.resource import Resource
from ...engine.session import Statement
from ...errors import Faults, RelationshipRefused
from ...namespaces.database import Stamped, db, to_one
from ...schemas.checkin.answersheets import AnswersheetSchema
from .answers import Answer, Answers, FormCheckin, checkin_of


class Answersheet(Stamped, db.Model):
    __tablename__ = "answersheets"

    created_at_key: Mapped[int] = mapped_column(BigInteger)
    user_id: Mapped[str] = to_one("users", "CASCADE")
    form_id: Mapped[str] = to_one("forms", "CASCADE")


class Answersheets(Resource):
    schema = AnswersheetSchema
    model = Answersheet
    rights = "records"
    owner = ("user",)

    def check(self, session, change, findings):
        """One that is a check-in stays of its form."""
        if change.creating or change.value("form") == change.current[self.position["form"]]:
            return
        checkin = checkin_of(session, self.registry, change.id)
        if checkin:
            findings.add(
                RelationshipRefused(
                    f"Answersheet '{change.id}' is {checkin}, so it stays of its form.", pointer=change.at("form")
                )
            )

    def written(self, session, change):
        """The check-in is the same user's."""
        if not change.creating and "user" in change.relationships:
            checkin = checkin_of(session, self.registry, change.id)
            if checkin:
                checkin.set(session, {}, change.relationships["user"])

    def fill(self, session, id_, answers):
        """Replaces the answers of a sheet by `answers`, [(question's id or None, title, text)], in their order.

        A sheet of a check-in's form is made that check-in, or stays it with new values; where the answers lack what
        the check-in requires it is none (any more). Raises Faults: values, or a second check-in of the period.
        """
        row = reader.find_one(session, self, id_).primary[0]
        form, user = row[self.position["form"]], row[self.position["user"]]
        kind = next((kind for kind in self.registry if isinstance(kind, FormCheckin) and kind.form == form), None)
        checkin = kind and kind.of_sheet(session, id_)
        if checkin:
            kind.tie(session, checkin, None)  # or each single answer would be a change of it
        session.run(_clear, sheet=id_)
        answers_type = self.registry[Answers.schema.Meta.type_]
        for question, title, text in answers:
            attributes, linkage = {"question-title": title, "answer": text}, {"answersheet": id_, "question": question}
            writer.create(session, Change(answers_type, None, True, attributes, linkage), Findings())
        stamped = Change(self, id_, False, relationships={"form": form}, current=row)
        writer.modify(session, stamped, Findings())
        if kind:
            self._record(session, kind, id_, user, checkin)

    def _record(self, session, kind, sheet, user, checkin):
        texts = {key: text for key, (_, text) in kind.answers_of(session, sheet).items()}
        texts = {key: text for key, text in texts.items() if text.strip()}
        values, faults = kind.read(texts)
        findings = Findings()
        findings.faults += faults
        findings.check()
        if any(field.required and name not in values for name, field in kind.attributes.items()):
            if checkin:
                kind.end(session, checkin)
        elif checkin:
            kind.tie(session, checkin, sheet)
            absent = {name: kind.attributes[name].absent for name in kind.keys.values()}
            current = reader.find_one(session, kind, checkin).primary[0]
            writer.modify(session, Change(kind, checkin, False, absent | values, current=current), findings)
        else:
            try:
                values["date"] = kind.attributes["date"].deserialize(self._day(session, sheet))
            except ValidationError as error:  # it is in the future
                for fault in error.messages:
                    fault.pointer = "/data/attributes/date"
                raise Faults(error.messages) from None
            change = Change(kind, None, True, values, {"user": user}, internal={"answersheet_id": sheet})
            writer.create(session, change, findings)

    def _day(self, session, id_):
        """The date on which a sheet was submitted, in the setting TIMEZONE."""
        since_1970 = timedelta(microseconds=session.scalar(_created, sheet=id_))
        try:
            moment = datetime.fromisoformat("1970-01-01T00:00Z") + since_1970
            return moment.astimezone(ZoneInfo(self.settings["TIMEZONE"])).date().isoformat()
        except OverflowError:  # the first or the last hours that a date-time can have, in another zone
            return (date.min if since_1970 < timedelta() else date.max).isoformat()


_clear = Statement(delete(Answer).where(Answer.answersheet_id == bindparam("sheet")))
_created = Statement(select(Answersheet.created_at_key).where(Answersheet.id == bindparam("sheet")))
