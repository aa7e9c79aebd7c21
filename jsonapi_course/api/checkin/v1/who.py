"""Who may make a V1 call: the contract's words, and how they are checked."""

from ....errors import Forbidden
from ..v3 import whose, whose_user
from .fields import check
from .rows import row_of

# Words that fit a role whatever the call is about.
ROLES = ("open", "any", "docent", "admin")

# Words that depend on the call: who has a chance, and the field that decides where it is not the subject's id.
DEPENDING = {
    "self": ("student", "docent", "admin"),
    "owner": ("student", "docent", "admin"),
    "that docent": ("docent",),
    "docent for students": ("docent",),
    "docent for role 0": ("docent",),
}


def check_who(call, row, values, faults):
    """Raises Forbidden (403) unless one of the row's words fits the caller.

    Where that depends on a field which is missing the faults of the fields (400) come first, where it depends on a
    row which is not there UnknownResource (404).
    """
    role = call.caller.role
    if "any" in row.who or role in row.who:
        return
    words = [word for word in row.who if role in DEPENDING.get(word, ())]
    if not any(_fits(call, row, word, values, faults) for word in words):
        others = " for others" if {"self", "owner", "that docent"} & {*row.who} else ""
        raise Forbidden(f"A {role} may not call {row.name}{others}; it is for: {', '.join(row.who)}.")


def _fits(call, row, word, values, faults):
    if word == "docent for role 0":
        if "role" not in values:
            check(faults)
        return values["role"] == 0
    name, type_ = row.subject
    if name not in values:
        check(faults)
    if word == "docent for students":
        return whose_user(call, values[name]) == "students"
    face = call.faces[type_]
    if face.is_users:
        return values[name] == call.caller.id
    return whose(call, face, row_of(call, type_, values[name])) == "own"
