"""V1: tokens and accounts."""

from sqlalchemy import func, select

from ....engine import reader, writer
from ....engine.findings import Findings
from ....engine.session import Statement
from ....errors import Faults, Forbidden
from ....resources.course.users import User
from .. import auth
from ..call import bad_request
from ..faces import name_fields
from .table import v1

_admins = Statement(select(func.count()).select_from(User).where(User.checkin_role == "admin"))


@v1(
    "sanctum/token",
    "POST",
    who="open",
    required={"email": "text", "password": "text", "device_name": "text"},
    opens=False,
)
def token(call, namespace, email, password, device_name):
    """Gives a token for an e-mail address and a password."""
    with call.namespaces.read(namespace) as session:
        user, stored = auth.credentials_of(session, email)
    auth.check_credentials(user, stored, password)  # 17 ms, so outside of any transaction
    with call.namespaces.write(namespace, make=False) as session:
        if auth.credentials_of(session, email) != (user, stored):
            auth.check_credentials(None, stored, password)  # changed in between
        return {"token": auth.make_token(session, user, device_name)}


@v1("sanctum/logout", "POST", who="any", answers=204)
def logout(call):
    """Ends the token that it is called with."""
    auth.end_token(call.session, call.caller)


@v1("user", "GET", who="any")
def user(call):
    """The current user."""
    return show_user(call, call.caller.id)


@v1(
    "addUser",
    "POST",
    who="open",
    required={"name": "text", "email": "text", "password": "text", "role": "role"},
    answers=201,
    makes=True,
)
def add_user(call, name, email, password, role):
    """Makes a user: docents students, admins anybody; the first admin of a namespace needs no token."""
    if role != 1 or call.session.scalar(_admins):
        call.authenticate(call.session)
        if call.caller.role != "admin" and not (call.caller.role == "docent" and role == 0):
            raise Forbidden(f"A {call.caller.role} may not add {'teachers' if role else 'students'}.")
    role_name = "admin" if role == 1 else "student"
    return show_user(
        call, create(call, "users", {"name": name, "email": email, "password": password, "role": role_name})
    )


def create(call, type_, body):
    """Makes a row of a type from its V3 fields; returns its id. Raises Faults of 400."""
    face = call.faces[type_]
    try:
        change = face.load(body)
        writer.prepare(change)
        return writer.create(call.session, change, Findings())
    except Faults as error:
        for fault in error.faults:
            name_fields(face, fault)
        raise bad_request(error)


def show_user(call, id_):
    face = call.faces["users"]
    return face.show(reader.find_one(call.session, face.resource, id_).primary[0])
