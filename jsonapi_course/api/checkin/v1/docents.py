"""V1: docents and their students."""

from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from ....engine.session import Statement
from ....errors import InvalidField, UnknownResource
from ....resources.checkin.users import connections
from .rows import find, row_of, show, show_all, show_one, value
from .table import v1

_students = Statement(select(connections.c.student_id).where(connections.c.docent_id == bindparam("docent")))
_connect = Statement(
    insert(connections)
    .values(docent_id=bindparam("docent"), student_id=bindparam("student"))
    .on_conflict_do_nothing(index_elements=["docent_id", "student_id"])
)
_part = Statement(
    delete(connections).where(
        connections.c.docent_id == bindparam("docent"), connections.c.student_id == bindparam("student")
    )
)
_part_all = Statement(delete(connections).where(connections.c.student_id == bindparam("student")))


def students_of(call, docent):
    """The ids of the students who are connected to the docent."""
    return tuple(id_ for (id_,) in call.session.rows(_students, docent=docent))


@v1("getConnectedUsers/{docent_id:users}", "GET", "that docent, admin")
def connected_students(call, docent_id):
    """The students who are connected to the docent."""
    return show_all(call, "users", ("id", "in", students_of(call, docent_id)))


@v1("getAllStudentsNotMine/{docent_id:users}", "GET", "that docent, admin")
def other_students(call, docent_id):
    """The students who are not connected to the docent."""
    others = show_all(call, "users", ("id", "not-in", students_of(call, docent_id)))
    return [user for user in others if user["role"] == 0]


@v1("getAllProjectsOfMyStudents/{docent_id:users}", "GET", "that docent, admin")
def projects_of_students(call, docent_id):
    """The projects of the docent's students, each once."""
    return show_all(call, "projects", ("users", "in", students_of(call, docent_id)))


@v1("getAllAnswersOfMyStudents/{docent_id:users}", "GET", "that docent, admin")
def answers_of_students(call, docent_id):
    """All answers of the docent's students."""
    return show_all(call, "answers", ("answersheet.user", "in", students_of(call, docent_id)))


@v1("getFirstAnswersOfMyStudents/{docent_id:users}", "GET", "that docent, admin")
def first_answers_of_students(call, docent_id):
    """The first answer of each answersheet of the docent's students."""
    answers = find(call, "answers", ("answersheet.user", "in", students_of(call, docent_id)))
    first = {value(call, "answers", row, "answersheet"): row for row in reversed(answers)}
    return show(call, "answers", [row for row in answers if row in first.values()])


@v1("connectToStudent/{docent_id:users}/{student_id:users}", "POST", "that docent, admin")
def connect_to_student(call, docent_id, student_id):
    """Connects a student to the docent, who is told of their low moods from now on; gives the student."""
    for name, id_, is_student in (("docent_id", docent_id, False), ("student_id", student_id, True)):
        role = value(call, "users", row_of(call, "users", id_), "role")
        if (role == "student") is not is_student:
            raise InvalidField(f"'{name}' is user '{id_}', whose role is {role}.", member=name)
    call.session.run(_connect, docent=docent_id, student=student_id)
    return show_one(call, "users", student_id)


@v1("removeLinkToStudent/{student_id:users}", "POST", "docent, admin", answers=204)
def remove_link_to_student(call, student_id):
    """Parts a student from the docent who calls; called by an admin, from all docents."""
    if call.caller.role == "admin":
        parted = call.session.run(_part_all, student=student_id)
    else:
        parted = call.session.run(_part, docent=call.caller.id, student=student_id)
    if not parted:
        raise UnknownResource(f"User '{student_id}' is connected to no docent that you could part them from.")
