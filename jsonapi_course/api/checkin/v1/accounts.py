"""V1: tokens, versions and accounts."""

from sqlalchemy import func, select

from ....engine.session import Statement
from ....resources.course.users import User
from .. import auth
from .rows import change, create, delete, show_all, show_one
from .table import v1

_admins = Statement(select(func.count()).select_from(User).where(User.checkin_role == "admin"))


# --- tokens -----------------------------------------------------------------------------------------
@v1("sanctum/token", "POST", "open", required={"email": "text", "password": "text", "device_name": "text"})
def token(call, email, password, device_name):
    """Gives a token for an e-mail address and a password: `{"token": "<id>|<secret>"}`."""
    with call.namespaces.read(call.namespace) as session:
        user, stored = auth.credentials_of(session, email)
    auth.check_credentials(user, stored, password)  # 17 ms, so outside of any transaction
    with call.namespaces.write(call.namespace, make=False) as session:
        if auth.credentials_of(session, email) != (user, stored):
            auth.check_credentials(None, stored, password)  # changed in between
        return {"token": auth.make_token(session, user, device_name)}


@v1("sanctum/logout", "POST", "any", answers=204)
def logout(call):
    """Ends the token that it is called with."""
    auth.end_token(call.session, call.caller)


@v1("user", "GET", "any")
def current_user(call):
    """The current user."""
    return show_one(call, "users", call.caller.id)


# --- versions ---------------------------------------------------------------------------------------
@v1("getVersion", "GET", "open", versions=("v1", "v2"))
def version(call):
    """`{"version": "v1"}`; at `/v2` it is `"v2"`."""
    return {"version": call.version}


@v1("testAdmin", "GET", "admin")
def test_admin(call):
    """`"works"`."""
    return "works"


# --- users ------------------------------------------------------------------------------------------
@v1("getUserAll", "GET", "docent, admin")
@v1("getTotalUsers", "GET", "docent, admin")
def all_users(call):
    """All users."""
    return show_all(call, "users")


@v1("getUserAdmins", "GET", "docent, admin")
def teachers(call):
    """The users with role 1."""
    return [user for user in show_all(call, "users") if user["role"] == 1]


@v1("getUserStudents", "GET", "docent, admin")
def students(call):
    """The users with role 0."""
    return [user for user in show_all(call, "users") if user["role"] == 0]


@v1("getUser/{id:users}", "GET", "self, docent, admin")
def one_user(call, id):
    """One user."""
    return show_one(call, "users", id)


def _is_first_admin(call, values):
    return values.get("role") == 1 and not call.session.scalar(_admins)


@v1(
    "addUser",
    "POST",
    "docent for role 0, admin",
    required={"name": "text", "email": "text", "password": "text", "role": "role"},
    answers=201,
    tokenless=_is_first_admin,
)
def add_user(call, name, email, password, role):
    """Makes a user: with role 1 a teacher with the admin flag, with role 0 a student. The first admin of a namespace
    needs no token."""
    fields = {"name": name, "email": email, "password": password, "role": "admin" if role == 1 else "student"}
    return show_one(call, "users", create(call, "users", fields))


@v1(
    "editAccount",
    "POST",
    "self, admin",
    required={"id": "users", "name": "text", "email": "text", "password": "text"},
)
def edit_account(call, id, **fields):
    """Changes a user; `""` leaves a value as it is."""
    return change(call, "users", id, {name: text for name, text in fields.items() if text != ""})


@v1("deleteUser/{id:users}", "POST", "admin", answers=204)
def delete_user(call, id):
    """Deletes a user and everything that belongs to them."""
    delete(call, "users", id)
