"""Collecting the checks of a run: each says what was expected and what was found."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Check:
    step: str
    what: str
    expected: str
    found: str
    passed: bool


@dataclass
class Report:
    """What a run of the chain found."""

    checks: list[Check] = field(default_factory=list)
    step: str = ""
    work_order: str = ""
    invoice: str = ""
    payment_status: str = ""
    seconds: float = 0.0

    def expect(self, what: str, found: Any, expected: Any = True) -> None:
        """Note whether `found` is `expected`."""
        self.checks.append(Check(self.step, what, str(expected), str(found), found == expected))

    @property
    def passed(self) -> int:
        return sum(check.passed for check in self.checks)

    @property
    def failed(self) -> int:
        return len(self.checks) - self.passed

    @property
    def steps(self) -> dict[str, list[Check]]:
        found: dict[str, list[Check]] = {}
        for check in self.checks:
            found.setdefault(check.step, []).append(check)
        return found

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"passed": self.passed, "failed": self.failed}
