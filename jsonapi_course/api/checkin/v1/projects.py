"""V1: projects and jobroles, and the users in them."""

from .rows import change, create, delete, link, row_of, show_all, show_one
from .table import v1

READERS = "self, docent, admin"


# --- projects ---------------------------------------------------------------------------------------
@v1("getProjectsByUser/{user_id:users}", "GET", READERS)
@v1("getProjectIdByUserId/{user_id:users}", "GET", READERS)
def projects_of_user(call, user_id):
    """The user's projects."""
    return show_all(call, "projects", ("users", "is", user_id))


@v1("getProjectByID/{id:projects}", "GET", "any")
def one_project(call, id):
    """One project."""
    return show_one(call, "projects", id)


@v1("getAllProjects", "GET", "any")
def all_projects(call):
    """All projects."""
    return show_all(call, "projects")


@v1("newProject", "POST", "admin", required={"name": "text", "description": "text"}, answers=201)
def new_project(call, **fields):
    """Makes a project."""
    return show_one(call, "projects", create(call, "projects", fields))


@v1("editProject", "POST", "admin", required={"id": "projects", "name": "text", "description": "text"})
def edit_project(call, id, **fields):
    """Changes a project."""
    return change(call, "projects", id, fields)


@v1("newUserProject", "POST", "admin", required={"project_id": "projects", "user_id": "users"})
def add_user_to_project(call, project_id, user_id):
    """Puts a user into a project; gives the project."""
    return _joined(call, "projects", project_id, user_id)


@v1("deleteProject/{id:projects}", "POST", "admin", answers=204)
def delete_project(call, id):
    """Deletes a project."""
    delete(call, "projects", id)


# --- jobroles ---------------------------------------------------------------------------------------
@v1("getAllJobroles", "GET", "any")
def all_jobroles(call):
    """All jobroles."""
    return show_all(call, "jobroles")


@v1("getJobRolesByUser/{user_id:users}", "GET", READERS)
def jobroles_of_user(call, user_id):
    """The user's jobroles."""
    return show_all(call, "jobroles", ("users", "is", user_id))


@v1("addJobrole", "POST", READERS, required={"user_id": "users", "jobrole_id": "jobroles"})
def add_user_to_jobrole(call, user_id, jobrole_id):
    """Gives a user a jobrole; gives the jobrole."""
    return _joined(call, "jobroles", jobrole_id, user_id)


@v1("deleteJobRole/{id:jobroles}", "POST", "admin", answers=204)
def delete_jobrole(call, id):
    """Deletes a jobrole with its descriptions."""
    delete(call, "jobroles", id)


def _joined(call, type_, id_, user):
    """Links a user to a row; twice is no error. Raises UnknownResource (404)."""
    row_of(call, type_, id_)
    row_of(call, "users", user)
    link(call, type_, id_, "users", user)
    return show_one(call, type_, id_)
