"""What a row of the V1 table is, and the table itself, filled by the modules that define the calls."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

CALLS = []


@dataclass(frozen=True)
class V1Call:
    """One call.

    `path` is below /v1 with {names} for its arguments; `required` and `optional` are {field: kind} of the body
    or query, kinds as in fields.py; `who` are the words of the contract: open, any, self, docent, admin,
    owner; `of` is the argument or field that says whose it is; `answers` is the status; `run(call, **arguments)`
    gives the value to send. `versions` are those that have it. `opens` is False where run opens its own transaction.
    """

    path: str
    methods: tuple
    who: tuple
    run: Callable
    does: str
    required: dict = field(default_factory=dict)
    optional: dict = field(default_factory=dict)
    of: str | None = None
    answers: int = 200
    versions: tuple = ("v1",)
    opens: bool = True
    makes: bool = False

    @property
    def pattern(self):
        """The path as a regular expression with a group for each argument."""
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(self.path)) + "/?")

    @property
    def writes(self):
        return self.methods != ("GET",)


def v1(path, *methods, who, **facts):
    """Enters the decorated function into the table; its docstring says what the call does."""

    def enter(run):
        CALLS.append(V1Call(path, methods, tuple(who.split(", ")), run, (run.__doc__ or "").strip(), **facts))
        return run

    return enter
