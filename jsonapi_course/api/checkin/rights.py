"""Who may do what in the check-in API (contract: checkin, Who may do what): one table, and how it is read.

A row of the table stands in a Resource as `rights` (or `link_rights` for linking it to a user). Whose
resource it is decides where a cell depends on it: one's own, a student's, or anybody's.
"""

from ...engine.query import Condition
from ...errors import Forbidden

EVERYTHING = "list read create change delete"

# row → role → whose → actions
RIGHTS = {
    "users": {
        "student": {"own": "read change"},
        "docent": {"own": "read change", "students": "create change delete", "all": "list read"},
        "admin": {"all": EVERYTHING + " change-role"},
    },
    "work": {  # check-ins, cubes with their matrix-fields, portfolio-elements
        "student": {"own": EVERYTHING},
        "docent": {"own": EVERYTHING, "all": "list read"},
        "admin": {"all": EVERYTHING},
    },
    "records": {  # answersheets, answers, user-competenties
        "student": {"own": "list read"},
        "docent": {"all": "list read"},
        "admin": {"all": EVERYTHING},
    },
    "organisation": {  # projects, groups, jobroles, descriptions
        "student": {"all": "list read"},
        "docent": {"all": EVERYTHING},
        "admin": {"all": EVERYTHING},
    },
    "reference": {  # activities, architectures, levels, forms, questions, competenties
        "student": {"all": "list read"},
        "docent": {"all": "list read"},
        "admin": {"all": EVERYTHING},
    },
    "notifications": {
        "student": {"own": "list read delete"},
        "docent": {"own": "list read delete", "students": "create list read"},
        "admin": {"all": EVERYTHING},
    },
    "links": {  # a user's projects and groups
        "student": {},
        "docent": {"all": "link"},
        "admin": {"all": "link"},
    },
    "jobrole links": {
        "student": {"own": "link"},
        "docent": {"all": "link"},
        "admin": {"all": "link"},
    },
}

PERMISSIONS = {"student": ["use studentendashboard"]}
PERMISSIONS["docent"] = [
    "use docentendashboard",
    "view students",
    "create students",
    "manage projects",
    "manage groups",
    "manage jobroles",
]
PERMISSIONS["admin"] = [*PERMISSIONS["docent"], "manage users", "manage forms", "manage competenties"]

ROLES = {"student": ["Student"], "docent": ["Docent"], "admin": ["Docent", "Admin"]}


def may(role, row, action, whose=None):
    """Whether the role has the right; `whose` is "own", "students" or "others", None for at least somebody's."""
    cells = RIGHTS[row][role]
    if whose is None:
        return any(action in actions.split() for actions in cells.values())
    return any(action in actions.split() for key, actions in cells.items() if key in ("all", whose))


def require(caller, row, action, whose=None):
    """Raises Forbidden unless the caller has the right."""
    if not may(caller.role, row, action, whose):
        raise Forbidden(f"A {caller.role} may not {action.replace('-', ' ')} {_of(whose)}{row}.")


def _of(whose):
    return {"students": "a student's ", "others": "others' ", "own": "their own "}.get(whose, "")


def listed_conditions(caller, resource):
    """([Condition], [operands]) that leave of a list what the caller may see of it."""
    cells = RIGHTS[resource.rights][caller.role]
    seen = [key for key, actions in cells.items() if "list" in actions.split()]
    if "all" in seen:
        return [], []
    parts = {
        "own": (Condition(resource.owner, "in"), (caller.id,)),
        "students": (Condition((*resource.owner, "role"), "eq"), "student"),
    }
    chosen = [parts[key] for key in seen]
    conditions = tuple(condition for condition, _ in chosen)
    return [Condition((), "or", parts=conditions)], [operand for _, operand in chosen]
