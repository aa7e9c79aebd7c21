"""What is wrong with a request and what was only tolerated, collected so that all is said at once."""

from ..errors import Faults


class Findings:
    """Faults and warnings of one request; `strict` turns what is tolerated into faults (Prefer: handling=strict)."""

    def __init__(self, strict=False):
        self.strict = strict
        self.faults = []
        self.warnings = []

    def add(self, fault):
        self.faults.append(fault)

    def tolerate(self, fault):
        """A warning when lenient, the fault itself when strict."""
        if self.strict:
            self.faults.append(fault)
        else:
            self.warnings.append(fault)

    def warn(self, fault):
        """A warning in both modes: the contract names no error for it."""
        self.warnings.append(fault)

    def check(self):
        """Raises Faults if there are any."""
        if self.faults:
            raise Faults(self.faults)
