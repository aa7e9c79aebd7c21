"""seed 000, "API V3 Endpoints" to "API responses": its own examples, request and whole answer, each under its heading.

The seed lost the lines of its code blocks that are one word or a bracket; they are restored here by the contract. Where it
shows no answer, the answer is that of the contract's table.
"""

from datetime import UTC, datetime

import pytest

from jsonapi_course.engine import clock

from .checkin import ADMIN, PASSWORD, PERMISSIONS, ROLES, Checkin, refused, said

STUDENT_EMAIL = "s.tudent@st.hanze.nl"
STUDENT_PASSWORD = "geheimstudentenwachtwoord"
PROJECTS = [
    {"id": 1, "name": "Check-in", "description": "Het ontwikkelen van een feedback en check-in tool"},
    {"id": 2, "name": "Powerchainger", "description": "Apparaten herkennen adhv het verbruiksprofiel"},
    {
        "id": 3,
        "name": "Colloquium app",
        "description": "Maken van een applicatie waarin voordrachten kunnen worden bijgehouden",
    },
    {"id": 4, "name": "ACS", "description": "Opruimen van ACS coderepo"},
]
COLLOQUIUM = PROJECTS[2]
GROUP = {
    "id": 1,
    "name": "Coachingsgroep Ronald (Checkin)",
    "description": "Studenten die werken aan de check-in tool.",
}
TOPPIE = {"mood_score": 5, "mood_description": "Toppie", "hours_worked": 6, "comment": "Heb je een scooter?"}


def student(id_, **more):
    """The user as the seed shows user 47."""
    shown = {"name": "Student", "email": STUDENT_EMAIL, "roles": ["Student"], "permissions": ["use studentendashboard"]}
    return {"id": id_, **shown, **more}


@pytest.fixture
def seed(empty, monkeypatch):
    """A namespace like the seed's: its projects and its group; user 1, an admin, has the token. It is 14 March 2022."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2022, 3, 14, 10, 22, tzinfo=UTC))
    empty.first_admin()
    for project in PROJECTS:
        empty.create("projects", {"name": project["name"], "description": project["description"]})
    empty.create("groups", {"name": GROUP["name"], "description": GROUP["description"]})
    return empty


@pytest.fixture
def user_47(seed):
    """The seed's student with the id 47, in the group and in no project."""
    person = {"first-name": "Student", "last-name": "S.", "email": STUDENT_EMAIL, "role": "student"}
    seed.client.create("users", {**person, "password": STUDENT_PASSWORD}, id_="47")
    assert seed.v3("PUT", "users/47", {"name": "Student"}).status == 200
    assert seed.v3("PUT", "users/47/groups/1").status == 200
    return seed


# --- Authenticatie & Autorisatie --------------------------------------------------------------------
def test_authenticatie(seed):
    """Vraag eerst een token op via /api/v1/sanctum/token; die zet je in een header als Authorization: Bearer {token}."""
    fields = {"email": "anna@hanze.example", "password": PASSWORD, "device_name": "laptop"}
    answer = seed.client.request("POST", "/v1/sanctum/token", fields, {"Content-Type": "application/json"})
    assert answer.status == 200
    token = answer.json["token"]
    answer = seed.client.request("GET", "/v3/projects", headers={"Authorization": f"Bearer {token}"})
    assert said(answer) == (200, PROJECTS)


def test_autorisatie(user_47):
    """Een student kan bijvoorbeeld geen andere student aanmaken, maar een docent of admin kan dit wel."""
    user_47.log_in(47, STUDENT_EMAIL, STUDENT_PASSWORD)
    docent = {"name": "Docent", "email": "d.ocent@pl.hanze.nl", "password": "geheim", "role": "docent"}
    docent_id = user_47.create("users", docent)["id"]
    user_47.log_in(docent_id, "d.ocent@pl.hanze.nl", "geheim")
    for by, status in ((47, 403), (docent_id, 201), (ADMIN, 201)):
        other = {"name": "Ander", "email": f"ander{by}@st.hanze.nl", "password": "geheim"}
        assert (by, user_47.v3("POST", "users", other, by=by).status) == (by, status)


# --- API V3 Endpoints -------------------------------------------------------------------------------
def test_get_entity_of_post_entity_search(user_47):
    """Zoek alle users met een email gelijk aan s.tudent@st.hanze.nl."""
    search = {"email": STUDENT_EMAIL}
    assert said(user_47.v3("GET", "users", search)) == (200, [student(47)])
    assert said(user_47.v3("POST", "users/search", search)) == (200, [student(47)])


def test_post_entity(seed):
    """Voeg een nieuwe user toe."""
    body = {"name": "Student", "email": STUDENT_EMAIL, "password": STUDENT_PASSWORD}
    assert said(seed.v3("POST", "users", body)) == (201, student(2))
    assert seed.ask_token(STUDENT_EMAIL, STUDENT_PASSWORD).status == 200


def test_get_entity_id(seed):
    """Haal de user met id 1 op."""
    shown = {"roles": ROLES["admin"], "permissions": PERMISSIONS["admin"]}
    assert said(seed.v3("GET", "users/1")) == (
        200,
        {"id": 1, "name": "Anna Admin", "email": "anna@hanze.example", **shown},
    )


def test_put_entity_id(seed):
    """Verander de email van een user naar d.ocent@pl.hanze.nl."""
    before = seed.entity("users/1")
    answer = seed.v3("PUT", "users/1", {"email": "d.ocent@pl.hanze.nl"})
    assert said(answer) == (200, {**before, "email": "d.ocent@pl.hanze.nl"})


def test_delete_entity_id(seed):
    """Verwijder de user met id 1."""
    assert said(seed.v3("DELETE", "users/1")) == (204, None)
    assert seed.client.get("/users").data == []


def test_get_entity_id_relation_of_post_entity_id_relation_search(seed):
    """Bekijk de checkins van de user 1, waarvan de mood_score 5 is; bekijk alle projecten waaraan user 1 gekoppeld is."""
    monday = seed.create("users/1/daily-checkins", {**TOPPIE, "date": "2022-03-14"})
    seed.create("users/1/daily-checkins", {"mood_score": 4, "hours_worked": 8, "date": "2022-03-11"})
    search = {"mood_score": 5}
    assert said(seed.v3("GET", "users/1/daily-checkins", search)) == (200, [monday])
    assert said(seed.v3("POST", "users/1/daily-checkins/search", search)) == (200, [monday])
    seed.v3("PUT", "users/1/projects/1")
    assert said(seed.v3("GET", "users/1/projects")) == (200, PROJECTS[:1])


def test_post_entity_id_relation(seed):
    """Maak een nieuwe daily checkin aan voor user 1. Deze API call werkt enkel voor hasMany relaties."""
    answer = seed.v3("POST", "users/1/daily-checkins", TOPPIE)
    assert said(answer) == (201, {"id": 1, "user_id": 1, **TOPPIE, "date": "2022-03-14"})
    assert seed.entity("users/1/daily-checkins") == [answer.json]
    assert refused(seed.v3("POST", "users/1/projects", {"name": "Nieuw"})) == (405, [])


def test_get_entity_id_relation_id(seed):
    """Haal het project met id 1 op, als deze bij user 1 hoort."""
    assert refused(seed.v3("GET", "users/1/projects/1")) == (404, [])
    seed.v3("PUT", "users/1/projects/1")
    assert said(seed.v3("GET", "users/1/projects/1")) == (200, PROJECTS[0])


def test_put_entity_id_relation_id(seed):
    """Koppel project 1 aan user 1. Deze API call werkt enkel voor belongsToMany relaties."""
    assert said(seed.v3("PUT", "users/1/projects/1")) == (200, PROJECTS[0])
    seed.v3("POST", "users/1/daily-checkins", TOPPIE)
    assert refused(seed.v3("PUT", "users/1/daily-checkins/1")) == (405, [])


def test_delete_entity_id_relation_id(seed):
    """Verwijder de daily checkin met id 1 van user 1; koppel project 1 los van user 1."""
    seed.v3("POST", "users/1/daily-checkins", TOPPIE)
    seed.v3("PUT", "users/1/projects/1")
    assert said(seed.v3("DELETE", "users/1/daily-checkins/1")) == (204, None)
    assert said(seed.v3("GET", "daily-checkins")) == (200, [])
    assert said(seed.v3("DELETE", "users/1/projects/1")) == (204, None)
    assert said(seed.v3("GET", "users/1/projects")) == (200, [])
    assert said(seed.v3("GET", "projects")) == (200, PROJECTS)


# --- Search parameters ------------------------------------------------------------------------------
def test_filteren_op_basis_van_de_database_velden(seed):
    """GET /api/v3/projects; alleen de Colloquium app."""
    assert said(seed.v3("GET", "projects")) == (200, PROJECTS)
    assert said(seed.v3("GET", "projects", {"name": "Colloquium app"})) == (200, [COLLOQUIUM])


def test_like(seed):
    """Maar wat nou als je de naam niet precies weet?"""
    assert said(seed.v3("GET", "projects", {"name": {"like": "collo"}})) == (200, [COLLOQUIUM])


def test_kleiner_dan_en_groter_dan(seed):
    """Voor numerieke velden ook < (kleiner dan) en > (groter dan)."""
    assert said(seed.v3("GET", "projects", {"id": {"<": 3}})) == (200, PROJECTS[:2])
    assert said(seed.v3("GET", "projects", {"id": {">": 1, "<": 4}})) == (200, PROJECTS[1:3])


def test_with(user_47):
    """GET /api/v3/users/47, en de groepen en projecten waaraan deze gebruiker gekoppeld is, in één request."""
    assert said(user_47.v3("GET", "users/47")) == (200, student(47))
    answer = user_47.v3("GET", "users/47", {"with": ["projects", "groups"]})
    assert said(answer) == (200, student(47, projects=[], groups=[GROUP]))


def test_extra_opties_van_with(user_47):
    """Groups: user_mood_avg, hours_worked_today, hours_worked_yesterday. Users: happiness, hoursWorkedThisWeek, canDo…"""
    user_47.create("users/47/daily-checkins", TOPPIE)
    words = ["user_mood_avg", "hours_worked_today", "hours_worked_yesterday"]
    assert said(user_47.v3("GET", "groups", {"with": words})) == (
        200,
        [{**GROUP, "user_mood_avg": 5, "hours_worked_today": 6, "hours_worked_yesterday": 0}],
    )
    words = ["happiness", "hoursWorkedThisWeek", "canDoDaily", "canDoWeekly"]
    happiness = [{"date": "2022-03-14", "mood_score": 5}]
    computed = {"happiness": happiness, "hoursWorkedThisWeek": 6, "canDoDaily": False, "canDoWeekly": True}
    assert said(user_47.v3("GET", "users/47", {"with": words})) == (200, student(47, **computed))


# --- API responses ----------------------------------------------------------------------------------
def test_http_404(user_47):
    """Als een bepaalde resource wordt opgevraagd die niet bestaat."""
    user_47.create("users/1/daily-checkins", TOPPIE)
    user_47.v3("PUT", "users/1/projects/1")
    for path in (
        "users/2",  # waarbij geen user met id 2 bestaat
        "users/2/daily-checkins/1",  # geen user
        "users/1/daily-checkins/2",  # geen daily checkin
        "users/47/daily-checkins/1",  # beide wel, maar de daily checkin hoort bij een andere user
        "users/2/projects/1",  # geen user
        "users/1/projects/9",  # geen project
        "users/47/projects/1",  # beide wel, maar het project is niet aan de user gekoppeld
    ):
        assert (path, refused(user_47.v3("GET", path))) == (path, (404, []))


def test_http_403(user_47):
    """De token is incorrect, of de gebruiker heeft onvoldoende rechten."""
    wrong = Checkin(user_47.client, {ADMIN: "1|verzonnen"})
    assert refused(wrong.v3("GET", "projects")) == (403, [])
    user_47.log_in(47, STUDENT_EMAIL, STUDENT_PASSWORD)
    assert refused(user_47.v3("GET", "users", by=47)) == (403, [])


def test_http_401(seed):
    """Als de gebruiker de API probeert te gebruiken zonder een token mee te sturen."""
    assert refused(seed.v3("GET", "projects", by=None)) == (401, [])


def test_http_400(seed):
    """Een request body met onvoldoende of ongeldige parameters."""
    assert refused(seed.v3("POST", "users", {"name": "Student"})) == (400, ["email", "password"])
    assert refused(seed.v3("POST", "users/1/daily-checkins", {**TOPPIE, "mood_score": 6})) == (400, ["mood_score"])


# --- Entiteiten & Relaties --------------------------------------------------------------------------
ENTITEITEN = {
    "users": [
        *("projects", "groups", "cubes", "daily-checkins", "weekly-checkins", "jobroles", "notifications"),
        "portfolio-elements",
    ],
    "projects": ["users"],
    "groups": ["users"],
    "jobroles": ["users", "descriptions"],
    "cubes": ["matrix-fields"],
    "matrix-field": ["portfolio-elements"],
    "portfolio-elements": [],
    "activities": [],
    "architectures": [],
    "levels": [],
}


@pytest.mark.parametrize("entity", ENTITEITEN)
def test_entiteiten_en_relaties(world, entity):
    """De API V3 geeft toegang tot de volgende entiteiten en relaties."""
    for path in (entity, f"{entity}/1", *(f"{entity}/1/{relation}" for relation in ENTITEITEN[entity])):
        assert (path, world.v3("GET", path).status) == (path, 200)
