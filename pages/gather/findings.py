"""A submission's findings in the order in which they are told, grouped by rule and counted. Ends at plain values.

Lists for people and spreadsheets are made of them in `render`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyarrow as pa

from pages.gather.share import Share
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Decision
from warehouse.vocabulary.tables import HISTORY

Finding: TypeAlias = Mapping[str, Any]
Findings: TypeAlias = Sequence[Finding] | pa.Table
"""Rows of `warehouse.vocabulary.tables.HISTORY`, or only of `FINDING`; as mappings or as the table itself."""

EXAMPLES = 3
"""Findings of a rule that are told in full beside it."""
SEVERITY_ORDER: Mapping[str, int] = {severity: rank for rank, severity in enumerate(contract.SEVERITY_TITLES)}
_UNKNOWN: dict[str, Any] = dict.fromkeys(HISTORY.names)


@dataclass(frozen=True)
class Tally:
    """Findings that ask something of the clerk, and those that were answered: warnings explained, errors let pass by
    an approved exception."""

    critical: int
    warning: int
    info: int
    explained: int
    excepted: int


@dataclass(frozen=True)
class RuleGroup:
    """All findings of one rule in one submission; `rows`: distinct rows of all received, 0 when it is about the
    file. `workbook_fix`: what to do in the correction workbook, where it is something else than `fix`."""

    rule: str
    severity: str
    field: str | None
    message: str
    fix: str
    workbook_fix: str | None
    count: int
    rows: Share
    explained: int
    excepted: int
    examples: tuple[Finding, ...]


def is_answered(finding: Finding) -> bool:
    """Whether it was explained, or let pass by an approved exception."""
    return bool(finding["explanation"] or finding["exception_id"])


def tally(findings: Sequence[Finding]) -> Tally:
    unanswered = Counter(finding["severity"] for finding in findings if not is_answered(finding))
    return Tally(
        unanswered["critical"],
        unanswered["warning"],
        unanswered["info"],
        sum(bool(finding["explanation"]) for finding in findings),
        sum(bool(finding["exception_id"]) for finding in findings),
    )


def listed(findings: Findings) -> list[Finding]:
    """Findings worst first, answered ones behind the others of their severity: about the file before rows, then as the
    sender reads: sheet by sheet, row by row. Each has all columns of `HISTORY`; what is not known is null."""
    rows: list[Finding] = findings.to_pylist() if isinstance(findings, pa.Table) else list(findings)
    if any(name not in row for row in rows[:1] for name in HISTORY.names):
        rows = [{**_UNKNOWN, **row} for row in rows]
    return sorted(rows, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[int, bool, int, str, str]:
    return (
        SEVERITY_ORDER[finding["severity"]],
        is_answered(finding),
        finding["row_index"] or 0,
        finding["rule"],
        finding["field"] or "",
    )


def by_rule(findings: Sequence[Finding], received: int) -> list[RuleGroup]:
    """One group per rule, worst first: severity, then about the file before rows, then most rows.

    Of findings about the file, each says something of its own: they are not put together. Nor are those of one rule
    that call for different things.
    """
    gathered: dict[tuple[str, str | None, str], list[Finding]] = {}
    for finding in findings:
        about_file = finding["message"] if finding["row_index"] is None else None
        gathered.setdefault((finding["rule"], about_file, finding["fix"]), []).append(finding)
    groups = [_group(rule, members, received) for (rule, *_), members in gathered.items()]
    return sorted(
        groups,
        key=lambda group: (SEVERITY_ORDER[group.severity], group.rows.part > 0, -group.rows.part, group.rule),
    )


def _group(rule: str, findings: Sequence[Finding], received: int) -> RuleGroup:
    first = findings[0]
    rows = {finding["row_index"] for finding in findings} - {None}
    return RuleGroup(
        rule=rule,
        severity=first["severity"],
        field=first["field"],
        message=first["message"],
        fix=first["fix"],
        workbook_fix=first["workbook_fix"] if first["workbook_fix"] != first["fix"] else None,
        count=len(findings),
        rows=Share(len(rows), received),
        explained=sum(bool(finding["explanation"]) for finding in findings),
        excepted=sum(bool(finding["exception_id"]) for finding in findings),
        examples=tuple(findings[:EXAMPLES]),
    )


_TEXTS = frozenset({"csv", "tsv"})
"""Kinds of file that have rows and columns, and no cells to which anybody could go."""


def as_sent(decision: Decision, findings: Sequence[Finding]) -> list[Finding]:
    """Findings with their places as the sender's program shows them: in a text by row and column alone."""
    if decision.reading.file.kind not in _TEXTS:
        return list(findings)
    return [{**finding, "cell": None} for finding in findings]


def headers(decision: Decision) -> dict[tuple[str | None, str], str]:
    """(sheet, field) → the header under which the sender gave it."""
    return {(column.sheet, column.field): column.header for column in decision.reading.columns if column.field}
