"""The error table: one class per row (status, code, title, cause, mend, example). Knows no HTTP and no type.

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
    example = "curl -i http://127.0.0.1:5000/api/s1234/rooms"
    warns = ""

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


def _row(name, status, code, title, cause, mend, example, warns=""):
    """A class of faults. `example` is what provokes it (or mends it): method and URL, headers, an empty line, body.

    `warns`: "always" where it is only ever a warning in meta.warnings, "tolerated" where it is one unless the
    request is handled strictly.
    """
    facts = {"status": status, "code": code, "title": title, "cause": cause, "mend": mend}
    return type(name, (Fault,), facts | {"example": example, "warns": warns})


# --- the body as text -------------------------------------------------------------------------------
MalformedJSON = _row(
    "MalformedJSON",
    400,
    "malformed-json",
    "The body is not JSON",
    cause="The body cannot be read as strict JSON: single quotes, a comma too many, a comment, a name given twice, "
    "NaN, text after the end, or the body was cut short.",
    mend="Build the body with JSON.stringify (or a JSON library) instead of writing it by hand; look at the line and "
    "column that the error names.",
    example="POST /api/s1234/rooms\n\n{'data': {'type': 'rooms'}}",
)
EmptyBody = _row(
    "EmptyBody",
    400,
    "empty-body",
    "The body is empty",
    cause="This request needs a document in its body and none came.",
    mend='Send a body such as {"data": {"type": "…", "attributes": {…}}}; with fetch, check that `body:` is set.',
    example="POST /api/s1234/rooms",
)
BodyTooLarge = _row(
    "BodyTooLarge",
    413,
    "body-too-large",
    "The body is too large",
    cause="The body has more bytes than the service takes in one request.",
    mend="Send less in one request, or several requests.",
    example="curl http://127.0.0.1:5000/api/s1234/rooms -d @lecture.mp4",
)

# --- the document's structure -----------------------------------------------------------------------
InvalidDocument = _row(
    "InvalidDocument",
    400,
    "invalid-document",
    "The document's structure is wrong",
    cause="A member that JSON:API prescribes is missing or is of the wrong kind, for example `data` that is not an "
    "object or `attributes` that is an array.",
    mend='Compare with {"data": {"type": "rooms", "attributes": {"name": "…"}}}; the pointer names the member.',
    example='POST /api/s1234/rooms\n\n{"name": "Lab 1", "address": "Main street 1"}',
)
InvalidLinkage = _row(
    "InvalidLinkage",
    400,
    "invalid-linkage",
    "The linkage is not a resource identifier",
    cause="A relationship's `data` must be a resource identifier object, an array of them, or null, as the "
    "relationship is to-one or to-many.",
    mend='To-one: {"data": {"type": "rooms", "id": "1"}} or {"data": null}. To-many: {"data": [{"type": "users", '
    '"id": "1"}]}.',
    example='PATCH /api/s1234/modules/1\n\n{"data": {"type": "modules", "id": "1", "relationships": {"teacher": "1"}}}',
)
InvalidIdentifier = _row(
    "InvalidIdentifier",
    400,
    "invalid-identifier",
    "The type or id is missing or of the wrong kind",
    cause="`type` and `id` are strings, and both are needed wherever a resource is named.",
    mend='Write "id": "1" (a string), not "id": 1.',
    example="POST /api/s1234/rooms\n\n"
    '{"data": {"type": "rooms", "id": 7, "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
)
TypeConflict = _row(
    "TypeConflict",
    409,
    "type-conflict",
    "The type does not belong here",
    cause="The `type` in the document is not the type of this URL or of this relationship.",
    mend="Use the type that the URL or the relationship has; types are plural (`modules`, not `module`).",
    example="POST /api/s1234/rooms\n\n"
    '{"data": {"type": "room", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
)
IdConflict = _row(
    "IdConflict",
    409,
    "id-conflict",
    "The id is not the one in the URL",
    cause="The `id` in the document differs from the id in the URL.",
    mend="Send the same id in both; an id cannot be changed.",
    example='PATCH /api/s1234/rooms/1\n\n{"data": {"type": "rooms", "id": "2", "attributes": {"capacity": "30"}}}',
)
IdTaken = _row(
    "IdTaken",
    409,
    "id-taken",
    "The id is taken",
    cause="A resource of this type with the id that you chose exists already.",
    mend="Leave `id` out and the service gives one, or PATCH the existing resource.",
    example="POST /api/s1234/rooms\n\n"
    '{"data": {"type": "rooms", "id": "1", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
)
InvalidId = _row(
    "InvalidId",
    422,
    "invalid-id",
    "The id has characters that an id cannot have",
    cause="An id that a client chooses has 1 to 64 of the characters A-Z a-z 0-9 - _ . and begins with a letter or "
    "digit.",
    mend="Leave `id` out and the service gives one.",
    example="POST /api/s1234/rooms\n\n"
    '{"data": {"type": "rooms", "id": "room 7", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
)

# --- the document's content -------------------------------------------------------------------------
UnknownMember = _row(
    "UnknownMember",
    422,
    "unknown-member",
    "The type has no such attribute or relationship",
    cause="A member of `attributes` or `relationships` is not one that this type has. It is ignored, and never stored; "
    "with `Prefer: handling=strict` it is an error.",
    mend="Correct the name, or leave the member out.",
    example="PATCH /api/s1234/rooms/1\n\n"
    '{"data": {"type": "rooms", "id": "1", "attributes": {"adress": "Main street 2"}}}',
    warns="tolerated",
)
MissingMember = _row(
    "MissingMember",
    422,
    "missing-member",
    "A required member is missing",
    cause="An attribute or relationship without which the resource cannot be created is not in the document.",
    mend="Add it; `meta.member` has its name.",
    example='POST /api/s1234/rooms\n\n{"data": {"type": "rooms", "attributes": {"name": "Lab 1"}}}',
)
NullNotAllowed = _row(
    "NullNotAllowed",
    422,
    "null-not-allowed",
    "This member cannot be null",
    cause="The attribute or relationship always has a value, so null cannot be written to it.",
    mend="Send a value, or leave the member out to keep the one it has.",
    example='PATCH /api/s1234/rooms/1\n\n{"data": {"type": "rooms", "id": "1", "attributes": {"name": null}}}',
    warns="tolerated",
)
WrongKind = _row(
    "WrongKind",
    422,
    "wrong-kind",
    "The value is of the wrong kind",
    cause="The attribute takes another kind of JSON value: a number where a string is needed, for example.",
    mend='Convert it first: String(value) or Number(value) in JavaScript, "30" or 30 in JSON.',
    example='PATCH /api/s1234/rooms/1\n\n{"data": {"type": "rooms", "id": "1", "attributes": {"capacity": 30}}}',
)
TooShort = _row(
    "TooShort",
    422,
    "too-short",
    "The text is too short",
    cause="The attribute needs more characters than it has.",
    mend="Send a longer text.",
    example='PATCH /api/s1234/rooms/1\n\n{"data": {"type": "rooms", "id": "1", "attributes": {"name": "Lab"}}}',
)
TooLong = _row(
    "TooLong",
    422,
    "too-long",
    "The text is too long",
    cause="The attribute takes fewer characters than it has.",
    mend="Send a shorter text.",
    example='{"data": {"type": "…", "attributes": {"…": "a text with more characters than the detail names"}}}',
)
OutOfRange = _row(
    "OutOfRange",
    422,
    "out-of-range",
    "The number is out of range",
    cause="The attribute takes numbers in a range, and this one is outside.",
    mend="Send a number inside the range that the error names.",
    example="PATCH /api/s1234/daily-checkins/1\n\n"
    '{"data": {"type": "daily-checkins", "id": "1", "attributes": {"mood-score": 10}}}',
)
NotInList = _row(
    "NotInList",
    422,
    "not-in-list",
    "The value is not one of the legal ones",
    cause="The attribute takes one of a closed list of values.",
    mend="Send one of the values in `meta.allowed`, written exactly so.",
    example="PATCH /api/s1234/modules/1\n\n"
    '{"data": {"type": "modules", "id": "1", "attributes": {"semester": "SS2019"}}}',
)
InvalidDate = _row(
    "InvalidDate",
    422,
    "invalid-date",
    "The date is not an ISO 8601 date-time",
    cause="The attribute takes an ISO 8601 date-time: a date, the letter T and a time, with or without an offset.",
    mend="In JavaScript: new Date().toISOString(). From a form: an input of type datetime-local.",
    example="PATCH /api/s1234/sessions/1\n\n"
    '{"data": {"type": "sessions", "id": "1", "attributes": {"date": "1.5.2019"}}}',
)
InvalidEmail = _row(
    "InvalidEmail",
    422,
    "invalid-email",
    "The e-mail address is not valid",
    cause="The text is not the syntax of an e-mail address.",
    mend="Send an address such as ada@example.org.",
    example='PATCH /api/s1234/users/1\n\n{"data": {"type": "users", "id": "1", "attributes": {"email": "ada"}}}',
)
NotUnique = _row(
    "NotUnique",
    409,
    "not-unique",
    "The value is taken",
    cause="Another resource has this value, and the attribute must differ from one resource to the next.",
    mend="Choose another value, or find the existing resource with a filter.",
    example="PATCH /api/s1234/users/2\n\n"
    '{"data": {"type": "users", "id": "2", "attributes": {"email": "ada@example.org"}}}',
)
InUse = _row(
    "InUse",
    409,
    "in-use",
    "The resource is in use",
    cause="Other resources name this one and must always do so, so it is not deleted.",
    mend="Change or delete those first; the detail names them.",
    example="DELETE /api/s1234/levels/1",
)
RelationshipRefused = _row(
    "RelationshipRefused",
    422,
    "relationship-refused",
    "The relationship's rule is broken",
    cause="The resource that is named exists but cannot be linked in this way: a student cannot teach, for example.",
    mend="The detail says which rule; link another resource or change the one that breaks it.",
    example='PATCH /api/s1234/modules/1/relationships/teacher\n\n{"data": {"type": "users", "id": "2"}}',
)
StillLinked = _row(
    "StillLinked",
    422,
    "still-linked",
    "Other resources depend on the value",
    cause="The change would break a rule for resources that are linked to this one.",
    mend="Undo those links first; the detail names them.",
    example='PATCH /api/s1234/users/1\n\n{"data": {"type": "users", "id": "1", "attributes": {"role": "student"}}}',
)
ReadOnlyIgnored = _row(
    "ReadOnlyIgnored",
    422,
    "read-only-ignored",
    "A read-only member was ignored",
    cause="The member follows from other resources and cannot be written here. The rest of the request was carried out.",
    mend="Write the other side of the relationship instead.",
    example="PATCH /api/s1234/rooms/1\n\n"
    '{"data": {"type": "rooms", "id": "1", "relationships": {"sessions": {"data": []}}}}',
    warns="always",
)
AliasUsed = _row(
    "AliasUsed",
    422,
    "alias-used",
    "Another name for a member was used",
    cause="The member was accepted under a second name that old texts use.",
    mend="Use the name that the documents have.",
    example="PATCH /api/s1234/modules/1\n\n"
    '{"data": {"type": "modules", "id": "1", "relationships": {"creator": {"data": {"type": "users", "id": '
    '"1"}}}}}',
    warns="always",
)
IdCoerced = _row(
    "IdCoerced",
    400,
    "id-coerced",
    "An id was not a string",
    cause="The id was sent as a number (or as null or an empty string where none was meant) and was understood all the "
    "same.",
    mend='Send ids as strings: "id": "1".',
    example='PATCH /api/s1234/modules/1/relationships/teacher\n\n{"data": {"type": "users", "id": 1}}',
    warns="tolerated",
)
ParentDropped = _row(
    "ParentDropped",
    422,
    "parent-dropped",
    "The parent stayed behind",
    cause="The resource was moved and its parent was not, so it has no parent any more.",
    mend="Move the parent too, or give it a parent in the new place.",
    example='PATCH /api/s1234/contents/2/relationships/module\n\n{"data": {"type": "modules", "id": "2"}}',
    warns="always",
)

# --- what the URL names -----------------------------------------------------------------------------
InvalidNamespace = _row(
    "InvalidNamespace",
    404,
    "invalid-namespace",
    "This is not a namespace id",
    cause="The part of the URL after /api/ is your own id: 1 to 64 of the characters a-z A-Z 0-9 - _ . beginning with "
    "a letter or digit.",
    mend="Put your student number there: /api/s1234/modules.",
    example="GET /api/YOUR_ID/modules",
)
UnknownType = _row(
    "UnknownType",
    404,
    "unknown-type",
    "There is no such type",
    cause="The URL or a resource identifier names a type that the service does not have.",
    mend="Use one of the types in `meta.allowed`.",
    example="GET /api/s1234/module",
)
UnknownResource = _row(
    "UnknownResource",
    404,
    "unknown-resource",
    "There is no such resource",
    cause="No resource of this type has this id in your namespace: it was never created, was deleted, or the namespace "
    "was reset.",
    mend="GET the collection to see which ids there are.",
    example="GET /api/s1234/modules/undefined",
)
UnknownRelationship = _row(
    "UnknownRelationship",
    404,
    "unknown-relationship",
    "The type has no such relationship",
    cause="The URL names a relationship that this type does not have.",
    mend="Use one of the relationships in `meta.allowed`.",
    example="GET /api/s1234/modules/1/teachers",
)
UnknownPath = _row(
    "UnknownPath",
    404,
    "unknown-path",
    "There is nothing at this URL",
    cause="The path is not one of the service's.",
    mend="Paths look like /api/<your_id>/<type>/<id>.",
    example="GET /s1234/modules",
)
MethodNotAllowed = _row(
    "MethodNotAllowed",
    405,
    "method-not-allowed",
    "The method is not offered here",
    cause="The URL exists but not with this HTTP method; the header Allow lists those it has.",
    mend="Collections take GET and POST, resources GET, PATCH and DELETE. JSON:API changes with PATCH, not PUT.",
    example="PUT /api/s1234/rooms/1\n\n"
    '{"data": {"type": "rooms", "id": "1", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
)
ReadOnlyRelationship = _row(
    "ReadOnlyRelationship",
    403,
    "read-only-relationship",
    "The relationship is read-only",
    cause="The relationship follows from the other side and cannot be written here.",
    mend="Write the other side: PATCH the related resource.",
    example='PATCH /api/s1234/rooms/1/relationships/sessions\n\n{"data": []}',
)
RequiredRelationship = _row(
    "RequiredRelationship",
    403,
    "required-relationship",
    "The relationship cannot be empty",
    cause="The other resource must always have this relationship, so it can be moved but not removed.",
    mend="Link it to another resource, or delete it.",
    example='PATCH /api/s1234/modules/1/relationships/teacher\n\n{"data": null}',
)
ToOneRelationship = _row(
    "ToOneRelationship",
    403,
    "to-one-relationship",
    "A to-one relationship has no members to add or remove",
    cause="POST and DELETE add to and remove from to-many relationships only.",
    mend="PATCH the relationship with the new linkage, or with null.",
    example='POST /api/s1234/modules/1/relationships/teacher\n\n{"data": {"type": "users", "id": "1"}}',
)

# --- the query string -------------------------------------------------------------------------------
UnknownParameter = _row(
    "UnknownParameter",
    400,
    "unknown-parameter",
    "The query parameter is not known",
    cause="The URL has a query parameter that this endpoint does not have, or that belongs to another endpoint.",
    mend="Correct its name or leave it out; names in the query are those of the attributes and relationships.",
    example="GET /api/s1234/modules?page=2",
)
InvalidParameter = _row(
    "InvalidParameter",
    400,
    "invalid-parameter",
    "The query parameter's value is not valid",
    cause="The parameter exists but not with this value.",
    mend="The detail says which values are possible.",
    example="GET /api/s1234/modules?page[size]=0",
)
UnknownField = _row(
    "UnknownField",
    400,
    "unknown-field",
    "The query names a field that the type does not have",
    cause="A name in include, fields, sort or filter is not an attribute or relationship of the type.",
    mend="Use one of the names in `meta.allowed`.",
    example="GET /api/s1234/modules?include=techer",
)
PlainFilter = _row(
    "PlainFilter",
    400,
    "plain-filter",
    "The filter needs the filter[…] form in strict mode",
    cause="JSON:API reserves plain parameter names such as `semester`; the course's seed uses them, strict mode does "
    "not.",
    mend="Write filter[semester]=SS18.",
    example="GET /api/s1234/modules?semester=SS19\nPrefer: handling=strict",
)
UnmatchableValue = _row(
    "UnmatchableValue",
    400,
    "unmatchable-value",
    "No resource can have this value",
    cause="The filter asks for a value outside the attribute's closed list, so the answer is always empty.",
    mend="Use one of the legal values.",
    example="GET /api/s1234/modules?semester=SS2019",
    warns="always",
)
IgnoredParameter = _row(
    "IgnoredParameter",
    400,
    "ignored-parameter",
    "The parameter was ignored",
    cause="Parameters whose names begin with `_` are taken for cache busters and ignored.",
    mend="Leave it out; the service never lets a browser show stale answers anyway.",
    example="GET /api/s1234/modules?_=1556704800",
    warns="tolerated",
)

MaxSizeExceeded = _row(
    "MaxSizeExceeded",
    400,
    "max-size-exceeded",
    "The page is too large",
    cause="page[size] asks for more resources than one page can have.",
    mend="Ask for a smaller page and follow the link `next`; without page parameters the whole collection comes.",
    example="GET /api/s1234/modules?page[size]=5000",
)
UnsupportedSort = _row(
    "UnsupportedSort",
    400,
    "unsupported-sort",
    "The sort has no cursors",
    cause="A cursor holds the values by which the page is sorted, and these texts are too long to stand in a URL.",
    mend="Sort by something shorter, or ask for pages by page[number].",
    example="GET /api/s1234/rooms?sort=-features&page[size]=1\n"
    'Accept: application/vnd.api+json; profile="https://jsonapi.org/profiles/ethanresnick/cursor-pagination"',
)

# --- operations and safe writes ---------------------------------------------------------------------
InvalidOperation = _row(
    "InvalidOperation",
    400,
    "invalid-operation",
    "The operation is malformed",
    cause="An operation needs `op` (add, update or remove), a target by `ref`, `href` or its data, and the data that "
    "goes with it.",
    mend='Compare with {"op": "add", "data": {"type": "rooms", "attributes": {…}}}.',
    example="POST /api/s1234/operations\n"
    'Content-Type: application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"\n\n'
    '{"atomic:operations": [{"op": "delete", "ref": {"type": "rooms", "id": "1"}}]}',
)
TooManyOperations = _row(
    "TooManyOperations",
    413,
    "too-many-operations",
    "There are too many operations",
    cause="One request has more operations than the service takes.",
    mend="Send them in several requests of at most 500.",
    example='{"atomic:operations": [… 501 operations …]}',
)
UnknownLocalId = _row(
    "UnknownLocalId",
    400,
    "unknown-lid",
    "The lid is not known",
    cause="A `lid` names a resource that an `add` of the same request creates, and none has this one.",
    mend="Give the `add` operation's data the same type and lid.",
    example="POST /api/s1234/operations\n"
    'Content-Type: application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"\n\n'
    '{"atomic:operations": [{"op": "remove", "ref": {"type": "rooms", "lid": "new-room"}}]}',
)
IdempotencyConflict = _row(
    "IdempotencyConflict",
    409,
    "idempotency-conflict",
    "The Idempotency-Key was used for another request",
    cause="The key came with another body, URL or method less than 24 hours ago.",
    mend="Make a new key for every new request, and repeat it only when you repeat the request.",
    example="POST /api/s1234/rooms\n"
    "Idempotency-Key: the-key-of-another-request\n\n"
    '{"data": {"type": "rooms", "attributes": {"name": "Lab 2", "address": "Main street 2"}}}',
)
InvalidHeader = _row(
    "InvalidHeader",
    400,
    "invalid-header",
    "A header's value is not valid",
    cause="The header exists but not with this value.",
    mend="The detail says which values are possible.",
    example="POST /api/s1234/rooms\n"
    "Idempotency-Key: my key\n\n"
    '{"data": {"type": "rooms", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
)

# --- negotiation and preconditions ------------------------------------------------------------------
UnsupportedMediaType = _row(
    "UnsupportedMediaType",
    415,
    "unsupported-media-type",
    "The Content-Type is not JSON:API",
    cause="The header Content-Type says that the body is something else: curl -d alone sends a form, fetch alone "
    "text/plain.",
    mend="Add the header Content-Type: application/vnd.api+json.",
    example="POST /api/s1234/rooms\n"
    "Content-Type: text/plain\n\n"
    '{"data": {"type": "rooms", "attributes": {"name": "Lab 1", "address": "Main street 1"}}}',
    warns="tolerated",
)
NotAcceptable = _row(
    "NotAcceptable",
    406,
    "not-acceptable",
    "The Accept header rules every answer out",
    cause="Each JSON:API range in Accept has parameters that the service does not have.",
    mend="Send Accept: application/vnd.api+json without parameters.",
    example="GET /api/s1234/rooms\nAccept: application/vnd.api+json; charset=utf-8",
)
PreconditionFailed = _row(
    "PreconditionFailed",
    412,
    "precondition-failed",
    "The resource has changed",
    cause="If-Match names an ETag that the resource no longer has: somebody changed it after you read it.",
    mend="GET it again, look at the difference, and send the change with the new ETag.",
    example="PATCH /api/s1234/rooms/1\n"
    'If-Match: "the-etag-of-yesterday"\n\n'
    '{"data": {"type": "rooms", "id": "1", "attributes": {"capacity": "30"}}}',
)
InvalidRequest = _row(
    "InvalidRequest",
    400,
    "invalid-request",
    "The request cannot be understood",
    cause="The request is not valid HTTP, its Host header is not a host, or its body ended early.",
    mend="Use an HTTP library, and look at what it sends in the network tab.",
    example="GET /api/s1234/rooms\nHost: my computer",
)

# --- the check-in API -------------------------------------------------------------------------------
Unauthenticated = _row(
    "Unauthenticated",
    401,
    "unauthenticated",
    "There is no token",
    cause="The check-in API answers only requests with a bearer token.",
    mend="POST email, password and device_name to /v1/sanctum/token and send the header Authorization: Bearer <token>.",
    example="GET /api/s1234/v3/users",
)
WrongCredentials = _row(
    "WrongCredentials",
    401,
    "wrong-credentials",
    "The e-mail address or the password is wrong",
    cause="No user has this e-mail address with this password.",
    mend="Correct them; after reset-db the users are gone and have to be made again.",
    example="POST /api/s1234/v1/sanctum/token\n"
    "Content-Type: application/json\n\n"
    '{"email": "ada@example.org", "password": "forgotten", "device_name": "laptop"}',
)
InvalidToken = _row(
    "InvalidToken",
    403,
    "invalid-token",
    "The token is not valid",
    cause="The token is malformed, ended by logout or reset-db, too old, or of another namespace.",
    mend="Ask for a new one at /v1/sanctum/token.",
    example="GET /api/s1234/v3/users\nAuthorization: Bearer 1|made-up",
)
Forbidden = _row(
    "Forbidden",
    403,
    "forbidden",
    "Your role may not do this",
    cause="The token is valid, but the role of its user (student, docent or admin) does not have this right.",
    mend="See the role matrix in the docs; log in as somebody who may.",
    example="DELETE /api/s1234/v3/users/1\nAuthorization: Bearer <token of a student>",
)
InvalidField = _row(
    "InvalidField",
    400,
    "invalid-field",
    "A field or search word is not valid",
    cause="The body of a check-in request has a field, operator or relation that the entity does not have, or a value "
    "of the wrong kind.",
    mend="The error names it and lists those that there are.",
    example="PUT /api/s1234/v3/users/2\n"
    "Authorization: Bearer <token of a student>\n"
    "Content-Type: application/json\n\n"
    '{"emial": "bob@example.org"}',
)

# --- the life of a namespace ------------------------------------------------------------------------
UnknownSeed = _row(
    "UnknownSeed",
    404,
    "unknown-seed",
    "There is no such fixture",
    cause="reset-db was asked to load a fixture that the service does not have. Nothing was reset.",
    mend="Use one of the names in `meta.allowed`, or leave `seed` out for an empty namespace.",
    example="POST /api/s1234/reset-db?seed=dmeo",
)
InvalidFixture = _row(
    "InvalidFixture",
    500,
    "invalid-fixture",
    "The fixture cannot be loaded",
    cause="The file of a fixture on the server is no document that could be imported. Nothing was reset.",
    mend="Tell your instructor what the detail says; the fixture `demo` always works.",
    example="POST /api/s1234/reset-db?seed=homework",
)
NothingToUndo = _row(
    "NothingToUndo",
    409,
    "nothing-to-undo",
    "There is nothing to undo",
    cause="undo-reset brings back what the last reset, seed, import or restore replaced, once; there was none since.",
    mend="Keep a state that you want to come back to as a snapshot: POST /api/<your_id>/snapshots?name=<name>.",
    example="POST /api/s1234/undo-reset",
)
UnknownSnapshot = _row(
    "UnknownSnapshot",
    404,
    "unknown-snapshot",
    "There is no such snapshot",
    cause="The namespace has no snapshot of this name.",
    mend="Use one of the names in `meta.allowed`; GET /api/<your_id>/snapshots lists them.",
    example="POST /api/s1234/snapshots/yesterday/restore",
)
SnapshotTaken = _row(
    "SnapshotTaken",
    409,
    "snapshot-taken",
    "There is a snapshot of this name",
    cause="Snapshots are never overwritten, and this name is that of an existing one.",
    mend="Choose another name, or DELETE /api/<your_id>/snapshots/<name> first.",
    example="POST /api/s1234/snapshots?name=monday",
)
UnknownFormat = _row(
    "UnknownFormat",
    400,
    "unknown-format",
    "The document is no export that the service knows",
    cause="`meta.format` says how a namespace was written down; import reads the format that export writes.",
    mend="Send a document that GET /api/<your_id>/export gave, or one that is like it.",
    example='POST /api/s1234/import\n\n{"data": [], "meta": {"format": "another/1"}}',
    warns="tolerated",
)
QuotaExceeded = _row(
    "QuotaExceeded",
    507,
    "quota-exceeded",
    "The namespace is full",
    cause="The request would make the namespace larger than it may be; the detail names the limit. Nothing was written.",
    mend="Delete resources or snapshots that you no longer need; reset-db always works.",
    example="POST /api/s1234/snapshots?name=the-eleventh",
)
ServiceFull = _row(
    "ServiceFull",
    507,
    "service-full",
    "The service is full",
    cause="The service has as many namespaces as it may have, or its disk is full. Nothing was written.",
    mend="Use an id that you used before, or tell your instructor.",
    example="POST /api/one-too-many/rooms",
)
TooManyNamespaces = _row(
    "TooManyNamespaces",
    429,
    "too-many-namespaces",
    "Too many new namespaces",
    cause="From your address many new ids were used for the first time in the last hour. Nothing was written.",
    mend="Go on with an id that you have, or wait for the seconds that the header Retry-After tells.",
    example="POST /api/yet-another-id/rooms",
)

# --- the door ---------------------------------------------------------------------------------------
TooManyRequests = _row(
    "TooManyRequests",
    429,
    "too-many-requests",
    "Too many requests",
    cause="The namespace sent more requests in a short time than it may; most often a page asks in a loop, such as a "
    "useEffect that changes what it depends on.",
    mend="Find the loop in the network tab, and wait for the seconds that the header Retry-After tells.",
    example="while true; do curl http://127.0.0.1:5000/api/s1234/rooms; done",
)
RequestTimeout = _row(
    "RequestTimeout",
    408,
    "request-timeout",
    "The request did not arrive in time",
    cause="The connection was opened, but the rest of the headers or of the body did not come.",
    mend="Look whether Content-Length is the number of bytes (not of characters) that you send, and send again.",
    example="curl http://127.0.0.1:5000/api/s1234/rooms -H 'Content-Length: 100' -d '{}'",
)
UrlTooLong = _row(
    "UrlTooLong",
    414,
    "url-too-long",
    "The URL is too long",
    cause="Method and URL have more than 8190 bytes.",
    mend="Filter by less at once, or in several requests.",
    example="GET /api/s1234/rooms?filter[name]=… 9000 characters …",
)
HeadersTooLarge = _row(
    "HeadersTooLarge",
    431,
    "headers-too-large",
    "The headers are too large",
    cause="The request has more than 60 headers, or one that is longer than 8190 bytes.",
    mend="Leave out what the service does not need; the cookies of another program on localhost are often the cause.",
    example="curl http://127.0.0.1:5000/api/s1234/rooms -H 'Cookie: … 9000 characters …'",
)
ServiceBusy = _row(
    "ServiceBusy",
    503,
    "service-busy",
    "The service is busy",
    cause="More logins, or more large bodies, arrive at this moment than the service can take.",
    mend="Send the request again after the seconds that the header Retry-After tells.",
    example="curl --retry 3 'http://127.0.0.1:5000/api/s1234/users?email=ada@example.org&password=…'",
)

# --- the fault lab ----------------------------------------------------------------------------------
_SWITCH_OFF = "or switch the fault lab off: in the console, or with DELETE /api/<your_id>/console/faults."
InjectedTooManyRequests = _row(
    "InjectedTooManyRequests",
    429,
    "injected-too-many-requests",
    "The fault lab answers 429",
    cause="The fault lab of your console was told to fail requests in this way; nothing is wrong with this one.",
    mend=f"Let your program wait for the seconds that the header Retry-After tells, and try again; {_SWITCH_OFF}",
    example='PUT /api/s1234/console/faults\n\n{"meta": {"kind": "429", "requests": 1}}',
)
InjectedInternalError = _row(
    "InjectedInternalError",
    500,
    "injected-internal-error",
    "The fault lab answers 500",
    cause="The fault lab of your console was told to fail requests in this way; the service is well.",
    mend=f"Let your program tell the user that something went wrong; {_SWITCH_OFF}",
    example='PUT /api/s1234/console/faults\n\n{"meta": {"kind": "500", "requests": 1}}',
)
InjectedUnavailable = _row(
    "InjectedUnavailable",
    503,
    "injected-unavailable",
    "The fault lab answers 503",
    cause="The fault lab of your console was told to fail requests in this way; `when` says whether the write was "
    "carried out before its answer was lost.",
    mend=f"Let your program repeat the request, a POST with an Idempotency-Key; {_SWITCH_OFF}",
    example='PUT /api/s1234/console/faults\n\n{"meta": {"kind": "503", "when": "after", "requests": 1}}',
)

# --- the machine ------------------------------------------------------------------------------------
StorageBusy = _row(
    "StorageBusy",
    503,
    "storage-busy",
    "The database is busy",
    cause="Other requests of this namespace kept the database busy for too long.",
    mend="Try again in a second.",
    example="curl --retry 3 http://127.0.0.1:5000/api/s1234/rooms",
)
StorageFailed = _row(
    "StorageFailed",
    503,
    "storage-failed",
    "The namespace's database cannot be used",
    cause="The file of this namespace is damaged, or the machine's disk failed.",
    mend="POST /api/<your_id>/reset-db puts a damaged file aside and makes a new, empty namespace.",
    example="curl -X POST http://127.0.0.1:5000/api/s1234/reset-db",
)
NewerDatabase = _row(
    "NewerDatabase",
    503,
    "newer-database",
    "The database is of a newer version of the service",
    cause="The namespace was used with a newer version of the service, which stores it in another way. It is untouched.",
    mend="Ask the operator to bring the newer version back.",
    example="GET /api/s1234/rooms",
)


def catalogue():
    """Every row of the table, in the order in which they stand here."""
    return Fault.__subclasses__() + [Fault]
