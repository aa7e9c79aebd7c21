"""The error table: one class per row (status, code, title, cause, mend). Knows no HTTP and no type.

A row is raised, or collected in Findings, where the fact is known; only api/ turns it into an answer.
The page /docs/errors is made from the same rows.
"""


class Fault(Exception):
    """One fault of a request: `detail` says what came, what is possible and what to do.

    Where it lies is one of `pointer` (JSON pointer into the body), `parameter` (of the query) and
    `header`; `pointer` may be relative to the part of the document that the raiser knows.
    """

    status = 500
    code = "internal-error"
    title = "Internal error"
    cause = "Something went wrong in the service itself."
    mend = "Try again; if it happens again, tell your instructor the time and the URL."

    def __init__(
        self,
        detail,
        *,
        pointer=None,
        parameter=None,
        header=None,
        member=None,
        suggestions=(),
        allowed=(),
        headers=None,
        type_=None,
        meta=None,
    ):
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
        self.parameter = parameter
        self.header = header
        self.member = member
        self.suggestions = list(suggestions)
        self.allowed = list(allowed)
        self.headers = headers or {}
        self.type = type_
        self.meta = meta or {}

    @property
    def source(self):
        """The member `source` of the error object, or None where there is no place to name."""
        if self.pointer is not None:
            return {"pointer": self.pointer}
        if self.parameter is not None:
            return {"parameter": self.parameter}
        if self.header is not None:
            return {"header": self.header}
        return None

    def under(self, pointer):
        """The same fault with `pointer` in front of its own; outer code knows where the inner one stands."""
        self.pointer = pointer + (self.pointer or "")
        return self

    def at_parameter(self, parameter):
        self.parameter = parameter
        return self

    def as_warning(self):
        warning = {"code": self.code, "detail": self.detail}
        if self.source:
            warning["source"] = self.source
        return warning

    def as_object(self, about):
        """The JSON:API error object; `about` is the URL of the error page."""
        error = {
            "status": str(self.status),
            "code": self.code,
            "title": self.title,
            "detail": self.detail,
            "links": {"about": f"{about}#{self.code}"},
        }
        if self.type:
            error["links"]["type"] = self.type
        if self.source:
            error["source"] = self.source
        meta = dict(self.meta)
        if self.member is not None:
            meta["member"] = self.member
        if self.suggestions:
            meta["suggestions"] = self.suggestions
        if self.allowed:
            meta["allowed"] = self.allowed
        if meta:
            error["meta"] = meta
        return error


class Faults(Exception):
    """All faults of one request, in the order in which they were found."""

    def __init__(self, faults):
        super().__init__("; ".join(fault.detail for fault in faults))
        self.faults = list(faults)

    @property
    def status(self):
        """400 if there is a 400 among them, else that of the first (contract: Which status)."""
        statuses = [fault.status for fault in self.faults]
        return 400 if 400 in statuses else statuses[0]


def _row(name, status, code, title, cause, mend):
    return type(name, (Fault,), {"status": status, "code": code, "title": title, "cause": cause, "mend": mend})


# --- the body as text -------------------------------------------------------------------------------
MalformedJSON = _row(
    "MalformedJSON",
    400,
    "malformed-json",
    "The body is not JSON",
    "The body cannot be read as strict JSON: single quotes, a comma too many, a comment, a name given twice, NaN, "
    "text after the end, or the body was cut short.",
    "Build the body with JSON.stringify (or a JSON library) instead of writing it by hand; look at the line and "
    "column that the error names.",
)
EmptyBody = _row(
    "EmptyBody",
    400,
    "empty-body",
    "The body is empty",
    "This request needs a document in its body and none came.",
    'Send a body such as {"data": {"type": "…", "attributes": {…}}}; with fetch, check that `body:` is set.',
)
BodyTooLarge = _row(
    "BodyTooLarge",
    413,
    "body-too-large",
    "The body is too large",
    "The body has more bytes than the service takes in one request.",
    "Send less in one request, or several requests.",
)

# --- the document's structure -----------------------------------------------------------------------
InvalidDocument = _row(
    "InvalidDocument",
    400,
    "invalid-document",
    "The document's structure is wrong",
    "A member that JSON:API prescribes is missing or is of the wrong kind, for example `data` that is not an object "
    "or `attributes` that is an array.",
    'Compare with {"data": {"type": "rooms", "attributes": {"name": "…"}}}; the pointer names the member.',
)
InvalidLinkage = _row(
    "InvalidLinkage",
    400,
    "invalid-linkage",
    "The linkage is not a resource identifier",
    "A relationship's `data` must be a resource identifier object, an array of them, or null, as the relationship is "
    "to-one or to-many.",
    'To-one: {"data": {"type": "rooms", "id": "1"}} or {"data": null}. To-many: {"data": [{"type": "users", "id": "1"}]}.',
)
InvalidIdentifier = _row(
    "InvalidIdentifier",
    400,
    "invalid-identifier",
    "The type or id is missing or of the wrong kind",
    "`type` and `id` are strings, and both are needed wherever a resource is named.",
    'Write "id": "1" (a string), not "id": 1.',
)
TypeConflict = _row(
    "TypeConflict",
    409,
    "type-conflict",
    "The type does not belong here",
    "The `type` in the document is not the type of this URL or of this relationship.",
    "Use the type that the URL or the relationship has; types are plural (`modules`, not `module`).",
)
IdConflict = _row(
    "IdConflict",
    409,
    "id-conflict",
    "The id is not the one in the URL",
    "The `id` in the document differs from the id in the URL.",
    "Send the same id in both; an id cannot be changed.",
)
IdTaken = _row(
    "IdTaken",
    409,
    "id-taken",
    "The id is taken",
    "A resource of this type with the id that you chose exists already.",
    "Leave `id` out and the service gives one, or PATCH the existing resource.",
)
InvalidId = _row(
    "InvalidId",
    422,
    "invalid-id",
    "The id has characters that an id cannot have",
    "An id that a client chooses has 1 to 64 of the characters A-Z a-z 0-9 - _ . and begins with a letter or digit.",
    "Leave `id` out and the service gives one.",
)

# --- the document's content -------------------------------------------------------------------------
UnknownMember = _row(
    "UnknownMember",
    422,
    "unknown-member",
    "The type has no such attribute or relationship",
    "A member of `attributes` or `relationships` is not one that this type has. It is ignored, and never stored; "
    "with `Prefer: handling=strict` it is an error.",
    "Correct the name, or leave the member out.",
)
MissingMember = _row(
    "MissingMember",
    422,
    "missing-member",
    "A required member is missing",
    "An attribute or relationship without which the resource cannot be created is not in the document.",
    "Add it; `meta.member` has its name.",
)
NullNotAllowed = _row(
    "NullNotAllowed",
    422,
    "null-not-allowed",
    "This member cannot be null",
    "The attribute or relationship always has a value, so null cannot be written to it.",
    "Send a value, or leave the member out to keep the one it has.",
)
WrongKind = _row(
    "WrongKind",
    422,
    "wrong-kind",
    "The value is of the wrong kind",
    "The attribute takes another kind of JSON value: a number where a string is needed, for example.",
    'Convert it first: String(value) or Number(value) in JavaScript, "30" or 30 in JSON.',
)
TooShort = _row(
    "TooShort",
    422,
    "too-short",
    "The text is too short",
    "The attribute needs more characters than it has.",
    "Send a longer text.",
)
TooLong = _row(
    "TooLong",
    422,
    "too-long",
    "The text is too long",
    "The attribute takes fewer characters than it has.",
    "Send a shorter text.",
)
OutOfRange = _row(
    "OutOfRange",
    422,
    "out-of-range",
    "The number is out of range",
    "The attribute takes numbers in a range, and this one is outside.",
    "Send a number inside the range that the error names.",
)
NotInList = _row(
    "NotInList",
    422,
    "not-in-list",
    "The value is not one of the legal ones",
    "The attribute takes one of a closed list of values.",
    "Send one of the values in `meta.allowed`, written exactly so.",
)
InvalidDate = _row(
    "InvalidDate",
    422,
    "invalid-date",
    "The date is not an ISO 8601 date-time",
    "The attribute takes an ISO 8601 date-time: a date, the letter T and a time, with or without an offset.",
    "In JavaScript: new Date().toISOString(). From a form: an input of type datetime-local.",
)
InvalidEmail = _row(
    "InvalidEmail",
    422,
    "invalid-email",
    "The e-mail address is not valid",
    "The text is not the syntax of an e-mail address.",
    "Send an address such as ada@example.org.",
)
NotUnique = _row(
    "NotUnique",
    409,
    "not-unique",
    "The value is taken",
    "Another resource has this value, and the attribute must differ from one resource to the next.",
    "Choose another value, or find the existing resource with a filter.",
)
InUse = _row(
    "InUse",
    409,
    "in-use",
    "The resource is in use",
    "Other resources name this one and must always do so, so it is not deleted.",
    "Change or delete those first; the detail names them.",
)
RelationshipRefused = _row(
    "RelationshipRefused",
    422,
    "relationship-refused",
    "The relationship's rule is broken",
    "The resource that is named exists but cannot be linked in this way: a student cannot teach, for example.",
    "The detail says which rule; link another resource or change the one that breaks it.",
)
StillLinked = _row(
    "StillLinked",
    422,
    "still-linked",
    "Other resources depend on the value",
    "The change would break a rule for resources that are linked to this one.",
    "Undo those links first; the detail names them.",
)
ReadOnlyIgnored = _row(
    "ReadOnlyIgnored",
    422,
    "read-only-ignored",
    "A read-only member was ignored",
    "The member follows from other resources and cannot be written here. The rest of the request was carried out.",
    "Write the other side of the relationship instead.",
)
AliasUsed = _row(
    "AliasUsed",
    422,
    "alias-used",
    "Another name for a member was used",
    "The member was accepted under a second name that old texts use.",
    "Use the name that the documents have.",
)
IdCoerced = _row(
    "IdCoerced",
    400,
    "id-coerced",
    "An id was not a string",
    "The id was sent as a number (or as null or an empty string where none was meant) and was understood all the same.",
    'Send ids as strings: "id": "1".',
)
ParentDropped = _row(
    "ParentDropped",
    422,
    "parent-dropped",
    "The parent stayed behind",
    "The resource was moved and its parent was not, so it has no parent any more.",
    "Move the parent too, or give it a parent in the new place.",
)

# --- what the URL names -----------------------------------------------------------------------------
InvalidNamespace = _row(
    "InvalidNamespace",
    404,
    "invalid-namespace",
    "This is not a namespace id",
    "The part of the URL after /api/ is your own id: 1 to 64 of the characters a-z A-Z 0-9 - _ . beginning with a "
    "letter or digit.",
    "Put your student number there: /api/s1234/modules.",
)
UnknownType = _row(
    "UnknownType",
    404,
    "unknown-type",
    "There is no such type",
    "The URL or a resource identifier names a type that the service does not have.",
    "Use one of the types in `meta.allowed`.",
)
UnknownResource = _row(
    "UnknownResource",
    404,
    "unknown-resource",
    "There is no such resource",
    "No resource of this type has this id in your namespace: it was never created, was deleted, or the namespace was "
    "reset.",
    "GET the collection to see which ids there are.",
)
UnknownRelationship = _row(
    "UnknownRelationship",
    404,
    "unknown-relationship",
    "The type has no such relationship",
    "The URL names a relationship that this type does not have.",
    "Use one of the relationships in `meta.allowed`.",
)
UnknownPath = _row(
    "UnknownPath",
    404,
    "unknown-path",
    "There is nothing at this URL",
    "The path is not one of the service's.",
    "Paths look like /api/<your_id>/<type>/<id>.",
)
MethodNotAllowed = _row(
    "MethodNotAllowed",
    405,
    "method-not-allowed",
    "The method is not offered here",
    "The URL exists but not with this HTTP method; the header Allow lists those it has.",
    "Collections take GET and POST, resources GET, PATCH and DELETE. JSON:API changes with PATCH, not PUT.",
)
ReadOnlyRelationship = _row(
    "ReadOnlyRelationship",
    403,
    "read-only-relationship",
    "The relationship is read-only",
    "The relationship follows from the other side and cannot be written here.",
    "Write the other side: PATCH the related resource.",
)
RequiredRelationship = _row(
    "RequiredRelationship",
    403,
    "required-relationship",
    "The relationship cannot be empty",
    "The other resource must always have this relationship, so it can be moved but not removed.",
    "Link it to another resource, or delete it.",
)
ToOneRelationship = _row(
    "ToOneRelationship",
    403,
    "to-one-relationship",
    "A to-one relationship has no members to add or remove",
    "POST and DELETE add to and remove from to-many relationships only.",
    "PATCH the relationship with the new linkage, or with null.",
)

# --- the query string -------------------------------------------------------------------------------
UnknownParameter = _row(
    "UnknownParameter",
    400,
    "unknown-parameter",
    "The query parameter is not known",
    "The URL has a query parameter that this endpoint does not have, or that belongs to another endpoint.",
    "Correct its name or leave it out; names in the query are those of the attributes and relationships.",
)
InvalidParameter = _row(
    "InvalidParameter",
    400,
    "invalid-parameter",
    "The query parameter's value is not valid",
    "The parameter exists but not with this value.",
    "The detail says which values are possible.",
)
UnknownField = _row(
    "UnknownField",
    400,
    "unknown-field",
    "The query names a field that the type does not have",
    "A name in include, fields, sort or filter is not an attribute or relationship of the type.",
    "Use one of the names in `meta.allowed`.",
)
PlainFilter = _row(
    "PlainFilter",
    400,
    "plain-filter",
    "The filter needs the filter[…] form in strict mode",
    "JSON:API reserves plain parameter names such as `semester`; the course's seed uses them, strict mode does not.",
    "Write filter[semester]=SS18.",
)
UnmatchableValue = _row(
    "UnmatchableValue",
    400,
    "unmatchable-value",
    "No resource can have this value",
    "The filter asks for a value outside the attribute's closed list, so the answer is always empty.",
    "Use one of the legal values.",
)
IgnoredParameter = _row(
    "IgnoredParameter",
    400,
    "ignored-parameter",
    "The parameter was ignored",
    "Parameters whose names begin with `_` are taken for cache busters and ignored.",
    "Leave it out; the service never lets a browser show stale answers anyway.",
)

MaxSizeExceeded = _row(
    "MaxSizeExceeded",
    400,
    "max-size-exceeded",
    "The page is too large",
    "page[size] asks for more resources than one page can have.",
    "Ask for a smaller page and follow the link `next`; without page parameters the whole collection comes.",
)
UnsupportedSort = _row(
    "UnsupportedSort",
    400,
    "unsupported-sort",
    "The sort has no cursors",
    "A cursor holds the values by which the page is sorted, and these texts are too long to stand in a URL.",
    "Sort by something shorter, or ask for pages by page[number].",
)

# --- operations and safe writes ---------------------------------------------------------------------
InvalidOperation = _row(
    "InvalidOperation",
    400,
    "invalid-operation",
    "The operation is malformed",
    "An operation needs `op` (add, update or remove), a target by `ref`, `href` or its data, and the data that goes "
    "with it.",
    'Compare with {"op": "add", "data": {"type": "rooms", "attributes": {…}}}.',
)
TooManyOperations = _row(
    "TooManyOperations",
    413,
    "too-many-operations",
    "There are too many operations",
    "One request has more operations than the service takes.",
    "Send them in several requests of at most 500.",
)
UnknownLocalId = _row(
    "UnknownLocalId",
    400,
    "unknown-lid",
    "The lid is not known",
    "A `lid` names a resource that an `add` of the same request creates, and none has this one.",
    "Give the `add` operation's data the same type and lid.",
)
IdempotencyConflict = _row(
    "IdempotencyConflict",
    409,
    "idempotency-conflict",
    "The Idempotency-Key was used for another request",
    "The key came with another body, URL or method less than 24 hours ago.",
    "Make a new key for every new request, and repeat it only when you repeat the request.",
)
InvalidHeader = _row(
    "InvalidHeader",
    400,
    "invalid-header",
    "A header's value is not valid",
    "The header exists but not with this value.",
    "The detail says which values are possible.",
)

# --- negotiation and preconditions ------------------------------------------------------------------
UnsupportedMediaType = _row(
    "UnsupportedMediaType",
    415,
    "unsupported-media-type",
    "The Content-Type is not JSON:API",
    "The header Content-Type says that the body is something else: curl -d alone sends a form, fetch alone text/plain.",
    "Add the header Content-Type: application/vnd.api+json.",
)
NotAcceptable = _row(
    "NotAcceptable",
    406,
    "not-acceptable",
    "The Accept header rules every answer out",
    "Each JSON:API range in Accept has parameters that the service does not have.",
    "Send Accept: application/vnd.api+json without parameters.",
)
PreconditionFailed = _row(
    "PreconditionFailed",
    412,
    "precondition-failed",
    "The resource has changed",
    "If-Match names an ETag that the resource no longer has: somebody changed it after you read it.",
    "GET it again, look at the difference, and send the change with the new ETag.",
)
InvalidRequest = _row(
    "InvalidRequest",
    400,
    "invalid-request",
    "The request cannot be understood",
    "The request is not valid HTTP, its Host header is not a host, or its body ended early.",
    "Use an HTTP library, and look at what it sends in the network tab.",
)

# --- the check-in API -------------------------------------------------------------------------------
Unauthenticated = _row(
    "Unauthenticated",
    401,
    "unauthenticated",
    "There is no token",
    "The check-in API answers only requests with a bearer token.",
    "POST email, password and device_name to /v1/sanctum/token and send the header Authorization: Bearer <token>.",
)
WrongCredentials = _row(
    "WrongCredentials",
    401,
    "wrong-credentials",
    "The e-mail address or the password is wrong",
    "No user has this e-mail address with this password.",
    "Correct them; after reset-db the users are gone and have to be made again.",
)
InvalidToken = _row(
    "InvalidToken",
    403,
    "invalid-token",
    "The token is not valid",
    "The token is malformed, ended by logout or reset-db, too old, or of another namespace.",
    "Ask for a new one at /v1/sanctum/token.",
)
Forbidden = _row(
    "Forbidden",
    403,
    "forbidden",
    "Your role may not do this",
    "The token is valid, but the role of its user (student, docent or admin) does not have this right.",
    "See the role matrix in the docs; log in as somebody who may.",
)
InvalidField = _row(
    "InvalidField",
    400,
    "invalid-field",
    "A field or search word is not valid",
    "The body of a check-in request has a field, operator or relation that the entity does not have, or a value of "
    "the wrong kind.",
    "The error names it and lists those that there are.",
)

# --- the machine ------------------------------------------------------------------------------------
StorageBusy = _row(
    "StorageBusy",
    503,
    "storage-busy",
    "The database is busy",
    "Other requests of this namespace kept the database busy for too long.",
    "Try again in a second.",
)
StorageFailed = _row(
    "StorageFailed",
    503,
    "storage-failed",
    "The namespace's database cannot be used",
    "The file of this namespace is damaged, or the machine's disk failed.",
    "If it stays, POST /api/<your_id>/reset-db, or ask the operator.",
)


def catalogue():
    """Every row of the table, in the order in which they stand here."""
    return Fault.__subclasses__() + [Fault]
