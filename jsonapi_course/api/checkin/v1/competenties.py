"""V1: competenties, and how far users are in them."""

from ....errors import UnknownResource
from .rows import change, create, delete, find, show_all, show_one
from .table import v1

READERS = "self, docent, admin"


@v1("createCompetentie", "POST", "admin", required={"name": "text"}, answers=201)
def create_competentie(call, name):
    """Makes a competentie."""
    return show_one(call, "competenties", create(call, "competenties", {"name": name}))


@v1("editCompetentie", "POST", "admin", required={"id": "competenties", "name": "text"})
def edit_competentie(call, id, name):
    """Renames a competentie."""
    return change(call, "competenties", id, {"name": name})


@v1("delCompetentie", "POST", "admin", required={"id": "competenties"}, answers=204)
@v1("delCompetentie/{id:competenties}", "POST", "admin", answers=204)
def delete_competentie(call, id):
    """Deletes a competentie that no user has."""
    delete(call, "competenties", id)


@v1("getAllCompetenties", "GET", "any")
def all_competenties(call):
    """All competenties."""
    return show_all(call, "competenties")


@v1("getCompetentieById/{competentie_id:competenties}", "GET", "any")
def one_competentie(call, competentie_id):
    """One competentie."""
    return show_one(call, "competenties", competentie_id)


# --- users' -----------------------------------------------------------------------------------------
@v1(
    "addCompetentieToUser",
    "POST",
    "admin",
    required={"user_id": "users", "competentie_id": "competenties"},
    answers=201,
)
def add_to_user(call, user_id, competentie_id):
    """Gives a user a competentie; `id` in the answer is that of the link."""
    fields = {"user_id": user_id, "competentie_id": competentie_id}
    return show_one(call, "user-competenties", create(call, "user-competenties", fields))


@v1("delCompetentieToUser", "POST", "admin", required={"id": "user-competenties"}, answers=204)
@v1("delCompetentieToUser/{id:user-competenties}", "POST", "admin", answers=204)
def take_from_user(call, id):
    """Takes a competentie from a user, by the id of the link."""
    delete(call, "user-competenties", id)


_OF_USER = {"user_id": "users", "competentie_id": "competenties"}


@v1("editCompetentieNiveau", "POST", "self, admin", required={**_OF_USER, "niveau": "whole"})
@v1("editCompetentieDoel", "POST", "self, admin", required={**_OF_USER, "doel": "whole"})
def edit_level(call, user_id, competentie_id, **level):
    """Sets how far a user is (niveau) or wants to get (doel) in a competentie that they have, 0 to 4."""
    rows = find(call, "user-competenties", *of_user(user_id, competentie_id))
    if not rows:
        raise UnknownResource(f"User '{user_id}' has no competentie '{competentie_id}'; an admin adds it first.")
    return change(call, "user-competenties", rows[0][0], level)


def of_user(user, competentie):
    return ("user", "is", user), ("competentie", "is", competentie)


@v1("getAllCompetentiesOfAllUsers", "GET", "admin")
def of_all_users(call):
    """Each user's competenties: `{"<user_id>": [{"id", "competentie_id", "user_id", "created_at", "updated_at",
    "name"}, …], …}`; `id` is that of the competentie."""
    known = {competentie["id"]: competentie for competentie in show_all(call, "competenties")}
    users = {}
    for link in show_all(call, "user-competenties"):
        own = known[link["competentie_id"]]
        ids = {"id": own["id"], "competentie_id": own["id"], "user_id": link["user_id"]}
        users.setdefault(str(link["user_id"]), []).append({**ids, **own})
    return users


@v1("getCompetentiesByUser/{comp_id:competenties}/{user_id:users}", "GET", READERS)
def of_user_for_one(call, comp_id, user_id):
    """The user's rows for one competentie."""
    return show_all(call, "user-competenties", *of_user(user_id, comp_id))


@v1("getAllCompetentieByUser/{comp_id:competenties}/{user_id:users}", "GET", READERS)
def of_one_user(call, comp_id, user_id):
    """All the user's rows, whatever `comp_id`."""
    return show_all(call, "user-competenties", ("user", "is", user_id))
