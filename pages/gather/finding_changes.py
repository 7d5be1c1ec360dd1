"""What became of the findings of the unit's last submission of the same period. Ends at counts by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather.findings import SEVERITY_ORDER, Finding


@dataclass(frozen=True)
class RuleChange:
    """One rule's findings: gone since the last submission, and those that are there now by their state."""

    rule: str
    severity: str
    message: str
    fixed: int
    new: int
    uncovered: int
    persisting: int
    reopened: int


@dataclass(frozen=True)
class Changes:
    """By rule, worst first; rules about which nothing is known from before are left out."""

    rules: tuple[RuleChange, ...]

    def total(self, name: str) -> int:
        return sum(getattr(rule, name) for rule in self.rules)


def changes(findings: Sequence[Finding], fixed: Sequence[Mapping[str, Any]]) -> Changes:
    """`findings`: of the submission, with their state. `fixed`: rule, severity, message and count of those that the
    last submission had and the submission has no longer."""
    by_state = Counter((finding["rule"], finding["state"]) for finding in findings)
    with_state = [finding for finding in findings if finding["state"]]
    described = {row["rule"]: row for row in (*fixed, *with_state)}
    fixed_by_rule: Counter[str] = Counter()
    for row in fixed:
        fixed_by_rule[row["rule"]] += row["count"]
    rules = [
        RuleChange(
            rule=rule,
            severity=row["severity"],
            message=row["message"],
            fixed=fixed_by_rule[rule],
            new=by_state[rule, "new"],
            uncovered=by_state[rule, "uncovered"],
            persisting=by_state[rule, "persisting"],
            reopened=by_state[rule, "reopened"],
        )
        for rule, row in described.items()
    ]
    return Changes(
        tuple(
            sorted(rules, key=lambda change: (SEVERITY_ORDER[change.severity], -change.fixed - change.new, change.rule))
        )
    )
