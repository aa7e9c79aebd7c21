"""What a row of the V1 table is, and the table itself, filled by the modules that define the calls."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

CALLS = []

_ARGUMENT = re.compile(r"\{(\w+):([\w-]+)\}")


@dataclass(frozen=True)
class V1Call:
    """One call.

    `template` is its path below /v1 with {name:kind} for each argument; `required` and `optional` are {field: kind}
    of the body (of a GET also of the query); kinds as in fields.py, or a type whose id it is. `aliases` are
    {field: another name for it}. `who` are words of who.py. `answers` is the status; `run(call, **arguments and
    fields)` gives the value to send. `versions` are those that have the call. `tokenless(call, values)` tells
    whether a call needs no token this time, and makes the namespace.
    """

    template: str
    methods: tuple
    who: tuple
    run: Callable
    required: dict = field(default_factory=dict)
    optional: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)
    answers: int = 200
    versions: tuple = ("v1",)
    tokenless: Callable | None = None

    @property
    def does(self):
        """What it does and gives, in words: the docstring of `run`."""
        return " ".join(self.run.__doc__.split())

    @property
    def is_open(self):
        return "open" in self.who

    @property
    def writes(self):
        return "POST" in self.methods and "GET" not in self.methods

    @cached_property
    def only_deletes(self):
        """Whether it makes room: it is possible in a full namespace, too."""
        return self.name.startswith(("delete", "remove"))

    @cached_property
    def path(self):
        """For people: getUser/{id}."""
        return _ARGUMENT.sub(r"{\1}", self.template)

    @cached_property
    def name(self):
        return re.match(r"[\w/]*\w", self.path)[0]

    @cached_property
    def arguments(self):
        """{argument of the path: kind}"""
        return dict(_ARGUMENT.findall(self.template))

    @cached_property
    def fields(self):
        """{field of the body: kind}, the required ones first."""
        return {**self.required, **self.optional}

    @cached_property
    def pattern(self):
        """The path as a regular expression with a group for each argument; one slash may end it."""
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path) + "/?")

    @cached_property
    def subject(self):
        """(argument or field, type) of the row that decides whose the call is, None where there is none."""
        named = {**self.arguments, **self.required}
        return next(((name, named[name]) for name in ("user_id", "docent_id", "id") if name in named), None)


def v1(template, method, who, **facts):
    """Enters the decorated function into the table; its docstring says what the call does and gives.

    `method` is GET, POST or both. What edits or updates answers PUT too, what deletes by an id in the path DELETE.
    """

    def enter(run):
        methods = tuple(method.split())
        if methods == ("POST",) and template.startswith(("edit", "update")):
            methods += ("PUT",)
        elif methods == ("POST",) and template.startswith("del") and "{id:" in template:
            methods += ("DELETE",)
        CALLS.append(V1Call(template, methods, tuple(who.split(", ")), run, **facts))
        return run

    return enter
