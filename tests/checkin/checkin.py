"""What the tests of the check-in part share: the contract's types by hand, a filled namespace, calls with a token.

In the filled namespace each of five users owns one row of every owned type, and that row has the user's id.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from jsonapi_course.engine import clock

ATOMIC = 'application/vnd.api+json;ext="https://jsonapi.org/ext/atomic"'
PASSWORD = "geheim wachtwoord"
ADMIN, DOCENT, COLLEAGUE, STUDENT, CLASSMATE = USERS = 1, 2, 3, 4, 5
NOBODY = 999  # the id of no row
NAMES = {
    ADMIN: ("Anna Admin", "admin"),
    DOCENT: ("Dirk Docent", "docent"),
    COLLEAGUE: ("Dora van der Docent", "docent"),
    STUDENT: ("Sam Student", "student"),
    CLASSMATE: ("Stella Student", "student"),
}
ROLES = {"student": ["Student"], "docent": ["Docent"], "admin": ["Docent", "Admin"]}
PERMISSIONS = {
    "student": ["use studentendashboard"],
    "docent": [
        "use docentendashboard",
        "view students",
        "create students",
        "manage projects",
        "manage groups",
        "manage jobroles",
    ],
}
PERMISSIONS["admin"] = [*PERMISSIONS["docent"], "manage users", "manage forms", "manage competenties"]


# --- the contract's table of types ------------------------------------------------------------------
@dataclass(frozen=True, eq=False)
class Kind:
    """A kind of field: `good` values, `bad` ones with the code of their fault, what it reads when never set."""

    good: tuple
    bad: tuple
    absent: object = None
    required: bool = False
    nullable: bool = False


_NO_TEXT = ((5, "wrong-kind"), (["x"], "wrong-kind"), (True, "wrong-kind"))
NAME = Kind(("x", "Hogeschool 日本"), ((None, "null-not-allowed"), ("", "too-short"), *_NO_TEXT), required=True)
TEXT = Kind(("", "x", "100% _real_"), _NO_TEXT, absent="")
_MOODS = tuple((value, "out-of-range") for value in (0, 6, -1, 2**62))
_NO_WHOLE = ((2.5, "wrong-kind"), ("3", "wrong-kind"), (True, "wrong-kind"))
MOOD = Kind((1, 5, 3), ((None, "null-not-allowed"), *_MOODS, *_NO_WHOLE), required=True)
OPTIONAL_MOOD = Kind((1, 5, None), (*_MOODS, *_NO_WHOLE), nullable=True)
HOURS = Kind(
    (0, 24, 7.5, 0.5),
    (
        (None, "null-not-allowed"),
        *((value, "out-of-range") for value in (-0.5, 24.5, 7.25, 25, 1e300)),
        *(("8", "wrong-kind"), (True, "wrong-kind")),
    ),
    required=True,
)
COMPETENCE_LEVEL = Kind((0, 4, None), (*((value, "out-of-range") for value in (-1, 5)), *_NO_WHOLE), nullable=True)
LEVEL = Kind(
    (4,),
    ((None, "null-not-allowed"), (0, "out-of-range"), (5, "out-of-range"), *_NO_WHOLE),
    required=True,
)
DATE = Kind(
    ("2020-02-29", "1999-12-31"),
    tuple((value, "invalid-date") for value in ("2021-02-29", "2020-1-6", "2020-01-06T10:00", "today", ""))
    + ((20200106, "wrong-kind"),),
)
MOMENT = Kind(
    ("2020-01-06T10:00", "2020-01-06T10:00:00.5+01:00"),
    tuple((value, "invalid-date") for value in ("2020-01-06", "now", "2020-01-06T25:00"))
    + ((1578304800, "wrong-kind"),),
)
BOOLEAN = Kind((True, False), ((1, "wrong-kind"), ("true", "wrong-kind")), absent=True)
QUESTION_TYPE = Kind(
    ("text", "radio", "slider"),
    ((None, "null-not-allowed"), ("", "not-in-list"), ("Text", "not-in-list"), (1, "wrong-kind")),
    required=True,
)


@dataclass(frozen=True)
class Type:
    """A row of the contract's table, in V3's words.

    `parents` are {key: (type, name of the relationship on JSON:API, whether required)}, `many` is {relation: (type, kind)}.
    """

    fields: dict
    parents: dict = field(default_factory=dict)
    many: dict = field(default_factory=dict)


HAS_MANY, BELONGS_TO_MANY = "hasMany", "belongsToMany"
USER = {"user_id": ("users", "user", True)}

TABLE = {
    "users": Type(
        {},
        many={
            "projects": ("projects", BELONGS_TO_MANY),
            "groups": ("groups", BELONGS_TO_MANY),
            "jobroles": ("jobroles", BELONGS_TO_MANY),
            "cubes": ("cubes", HAS_MANY),
            "daily-checkins": ("daily-checkins", HAS_MANY),
            "weekly-checkins": ("weekly-checkins", HAS_MANY),
            "notifications": ("notifications", HAS_MANY),
            "portfolio-elements": ("portfolio-elements", HAS_MANY),
        },
    ),
    "projects": Type({"name": NAME, "description": TEXT}, many={"users": ("users", BELONGS_TO_MANY)}),
    "groups": Type({"name": NAME, "description": TEXT}, many={"users": ("users", BELONGS_TO_MANY)}),
    "jobroles": Type(
        {"name": NAME},
        many={"users": ("users", BELONGS_TO_MANY), "descriptions": ("descriptions", HAS_MANY)},
    ),
    "descriptions": Type({"description": NAME}, {"jobrole_id": ("jobroles", "jobrole", True)}),
    "cubes": Type({"name": NAME, "description": TEXT}, USER, {"matrix-fields": ("matrix-fields", HAS_MANY)}),
    "matrix-fields": Type(
        {},
        {
            "activity_id": ("activities", "activity", True),
            "architecture_id": ("architectures", "architecture", True),
            "level_id": ("levels", "level", True),
            "cube_id": ("cubes", "cube", True),
        },
        {"portfolio-elements": ("portfolio-elements", BELONGS_TO_MANY)},
    ),
    "portfolio-elements": Type(
        {"title": NAME, "description": TEXT, "url": TEXT}, USER, {"matrix-fields": ("matrix-fields", BELONGS_TO_MANY)}
    ),
    "activities": Type({"name": NAME, "description": TEXT}),
    "architectures": Type({"name": NAME, "description": TEXT}),
    "levels": Type({"number": LEVEL, "description": TEXT}),
    "daily-checkins": Type(
        {"mood_score": MOOD, "mood_description": TEXT, "hours_worked": HOURS, "comment": TEXT, "date": DATE}, USER
    ),
    "weekly-checkins": Type(
        {
            "mood_score": OPTIONAL_MOOD,
            "went_well": TEXT,
            "could_be_better": TEXT,
            "goals": TEXT,
            "comment": TEXT,
            "date": DATE,
        },
        USER,
    ),
    "notifications": Type({"type": NAME, "data": TEXT}, USER),
    "forms": Type(
        {"title": NAME, "active": BOOLEAN},
        many={"questions": ("questions", HAS_MANY), "answersheets": ("answersheets", HAS_MANY)},
    ),
    "questions": Type(
        {"title": NAME, "type": QUESTION_TYPE, "data": TEXT, "key": TEXT}, {"form_id": ("forms", "form", True)}
    ),
    "answersheets": Type(
        {"created_at": MOMENT}, {**USER, "form_id": ("forms", "form", True)}, {"answers": ("answers", HAS_MANY)}
    ),
    "answers": Type(
        {"question_title": TEXT, "answer": TEXT},
        {
            "answersheet_id": ("answersheets", "answersheet", True),
            "question_id": ("questions", "question", False),
        },
    ),
    "competenties": Type({"name": NAME}),
    "user-competenties": Type(
        {"niveau": COMPETENCE_LEVEL, "doel": COMPETENCE_LEVEL},
        {**USER, "competentie_id": ("competenties", "competentie", True)},
    ),
}
OWN_TYPES = [type_ for type_ in TABLE if type_ != "users"]  # users are the course's, too
RELATIONS = [(type_, relation) for type_, row in TABLE.items() for relation in row.many]
OWNED = [
    "cubes",
    "matrix-fields",
    "portfolio-elements",
    "daily-checkins",
    "weekly-checkins",
    "answersheets",
    "answers",
    "user-competenties",
    "notifications",
]


def wire(name):
    """V3's name of a field as JSON:API has it."""
    return "kind" if name == "type" else name.replace("_", "-")


# --- bodies in V3's words ---------------------------------------------------------------------------
MONDAY = "2020-01-06"
TEXTS = {
    "projects": {"name": "Check-in"},
    "groups": {"name": "Coachingsgroep"},
    "jobroles": {"name": "Developer"},
    "descriptions": {"description": "Maakt software", "jobrole_id": 1},
    "activities": {"name": "Testen"},
    "architectures": {"name": "Cloud"},
    "levels": {"number": 4},
    "forms": {"title": "monthly"},
    "questions": {"title": "Waarom?", "type": "text", "form_id": 1},
    "competenties": {"name": "backend developer"},
}


def body_of(type_, user):
    """The row that the user owns in the filled namespace, or the first one of a type that nobody owns."""
    return {
        "cubes": {"name": "Kubus", "user_id": user},
        "matrix-fields": {"activity_id": 1, "architecture_id": 1, "level_id": 1, "cube_id": user},
        "portfolio-elements": {"title": "Bewijs", "user_id": user},
        "daily-checkins": {"mood_score": 4, "hours_worked": 6, "date": MONDAY, "user_id": user},
        "weekly-checkins": {"mood_score": 3, "date": MONDAY, "user_id": user},
        "answersheets": {"form_id": 1, "created_at": "2020-01-06T09:00:00Z", "user_id": user},
        "answers": {"answersheet_id": user, "question_id": 1, "question_title": "Hoe gaat het?", "answer": "Goed"},
        "user-competenties": {"user_id": user, "competentie_id": 1, "niveau": 1},
        "notifications": {"type": "remark", "data": "Hallo", "user_id": user},
        **TEXTS,
    }[type_]


def new_body(type_, user=ADMIN):
    """One more row of the user's (or of nobody's): what must differ from body_of() does."""
    if type_ == "users":
        return {"name": "Nieuwe Student", "email": "nieuw@hanze.example", "password": PASSWORD}
    return body_of(type_, user) | {
        "matrix-fields": {"activity_id": 2},
        "daily-checkins": {"date": "2020-01-07"},
        "weekly-checkins": {"date": "2020-01-13"},
        "user-competenties": {"competentie_id": 2},
    }.get(type_, {})


def changed(type_):
    """A change that every row of the type takes."""
    return {
        "users": {"name": "Iemand Anders"},
        "descriptions": {"description": "Anders"},
        "matrix-fields": {"level_id": 2},
        "levels": {"description": "Anders"},
        "daily-checkins": {"comment": "Anders"},
        "weekly-checkins": {"comment": "Anders"},
        "notifications": {"data": "Anders"},
        "questions": {"data": "Anders"},
        "answersheets": {"created_at": "2021-01-06T09:00:00Z"},
        "answers": {"answer": "Anders"},
        "user-competenties": {"doel": 4},
        "portfolio-elements": {"title": "Anders"},
        "forms": {"title": "Anders"},
    }.get(type_, {"name": "Anders"})


def entity_of(type_, id_, body):
    """The whole entity that V3 shows of a row made by that body."""
    row = TABLE[type_]
    entity = {"id": id_, **dict.fromkeys(row.parents)}
    entity |= {name: kind.absent for name, kind in row.fields.items()}
    return entity | body


def user_entity(id_, name=None, email=None, role=None):
    name, role = name or NAMES[id_][0], role or NAMES[id_][1]
    return {
        "id": id_,
        "name": name,
        "email": email or email_of(id_),
        "roles": ROLES[role],
        "permissions": PERMISSIONS[role],
    }


def email_of(user):
    return f"{NAMES[user][0].split()[0].lower()}@hanze.example"


def attributes_of(type_, body):
    """The attributes of a V3 body as JSON:API has them."""
    return {wire(name): value for name, value in body.items() if name in TABLE[type_].fields}


def linkage_of(type_, body):
    """The to-ones of a V3 body as (type, id), ready for Client.create."""
    parents = TABLE[type_].parents
    return {parents[key][1]: (parents[key][0], str(value)) for key, value in body.items() if key in parents}


# --- calls ------------------------------------------------------------------------------------------
class Checkin:
    """One namespace through both faces. `tokens` are those of users by their ids; `by` says whose is sent."""

    def __init__(self, client, tokens=None):
        self.client = client
        self.tokens = dict(tokens or {})

    def request(self, method, path, body=None, by=ADMIN, **headers):
        """A call below the namespace, with a JSON body."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if by is not None:
            headers.setdefault("Authorization", f"Bearer {self.tokens[by]}")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        return self.client.request(method, path, body, headers)

    def v3(self, method, path, body=None, by=ADMIN, **headers):
        return self.request(method, f"/v3/{path}", body, by, **headers)

    def entity(self, path, body=None, by=ADMIN):
        """What GET shows."""
        answer = self.v3("GET", path, body, by)
        assert answer.status == 200, answer
        return answer.json

    def create(self, path, body, by=ADMIN):
        """POSTs and returns the entity."""
        answer = self.v3("POST", path, body, by)
        assert answer.status == 201, answer
        return answer.json

    def ids(self, path, body=None, by=ADMIN):
        return [entity["id"] for entity in self.entity(path, body, by)]

    def ask_token(self, email, password=PASSWORD, device_name="tests"):
        fields = {"email": email, "password": password, "device_name": device_name}
        return self.request("POST", "/v1/sanctum/token", fields, by=None)

    def log_in(self, user, email, password=PASSWORD):
        answer = self.ask_token(email, password)
        assert answer.status == 200, answer
        self.tokens[user] = answer.json["token"]

    def first_admin(self):
        """Makes the namespace's first admin, user 1, and logs in."""
        name, email = NAMES[ADMIN][0], email_of(ADMIN)
        fields = {"name": name, "email": email, "password": PASSWORD, "role": 1}
        answer = self.request("POST", "/v1/addUser", fields, by=None)
        assert (answer.status, answer.json["id"]) == (201, ADMIN), answer
        self.log_in(ADMIN, email)

    def add(self, user):
        """Makes another of USERS and logs in."""
        name, role = NAMES[user]
        fields = {"name": name, "email": email_of(user), "password": PASSWORD, "role": role}
        assert self.create("users", fields)["id"] == user
        self.log_in(user, email_of(user))

    def fill(self):
        """All users, one owned row of each type for each of them, one or two rows of every other type."""
        self.first_admin()
        for user in USERS[1:]:
            self.add(user)
        for type_ in ("projects", "projects", "groups", "groups", "jobroles", "jobroles"):
            self.create(type_, TEXTS[type_])
        for type_ in ("descriptions", "competenties", "competenties"):
            self.create(type_, TEXTS[type_])
        for type_ in OWNED:
            for user in USERS:
                assert self.create(type_, body_of(type_, user))["id"] == user
        for user in USERS:
            for path in (
                f"users/{user}/projects/1",
                f"users/{user}/groups/1",
                f"users/{user}/jobroles/1",
                f"matrix-fields/{user}/portfolio-elements/{user}",
            ):
                assert self.v3("PUT", path).status == 200


def said(answer):
    """(status, body) of an answer of the check-in API."""
    return answer.status, answer.json if answer.body else None


def refused(answer):
    """(status, names of the fields at fault) of an error in the check-in API's own shape."""
    document = answer.json
    assert document.keys() == {"message", "errors"} and document["message"], answer
    assert answer.headers["Content-Type"] == "application/json"
    assert all(sentences and all(map(str.strip, sentences)) for sentences in document["errors"].values()), answer
    return answer.status, list(document["errors"])


def tomorrow(timezone="UTC"):
    return (clock.today(timezone) + timedelta(days=1)).isoformat()
