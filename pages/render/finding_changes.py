"""What became of the findings of the unit's last submission of the same period. Ends at counts by rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages import words
from pages.render.findings import Finding

_RANK = {severity: rank for rank, severity in enumerate(words.SEVERITIES)}


@dataclass(frozen=True)
class RuleChange:
    """One rule's findings: gone since the last submission, and those of this one by their state."""

    rule: str
    severity: str
    message: str
    fixed: int
    new: int
    persisting: int
    reopened: int


@dataclass(frozen=True)
class Changes:
    """By rule, worst first; rules about which nothing is known from before are left out."""

    rules: tuple[RuleChange, ...]

    def total(self, name: str) -> int:
        return sum(getattr(rule, name) for rule in self.rules)


def changes(findings: Sequence[Finding], fixed: Sequence[Mapping[str, Any]]) -> Changes:
    """`findings`: of this submission, with their state. `fixed`: rule, severity, message and count of those that the
    last submission had and this one has no longer."""
    by_state = Counter((finding["rule"], finding["state"]) for finding in findings)
    told = {row["rule"]: row for row in (*fixed, *(finding for finding in findings if finding["state"]))}
    gone: Counter[str] = Counter()
    for row in fixed:
        gone[row["rule"]] += row["count"]
    rules = [
        RuleChange(
            rule, row["severity"], row["message"], gone[rule], *(by_state[rule, state] for state in words.STATES)
        )
        for rule, row in told.items()
    ]
    return Changes(tuple(sorted(rules, key=lambda one: (_RANK[one.severity], -one.fixed - one.new, one.rule))))
