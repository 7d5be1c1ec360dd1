"""Findings as a report tells them: grouped by rule, and as a list of all with safe cells. Ends at plain values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa

from pages import texts, words
from warehouse.vocabulary.submission import Decision
from warehouse.vocabulary.tables import HISTORY

Finding: TypeAlias = Mapping[str, Any]
Findings: TypeAlias = Sequence[Finding] | pa.Table
"""Rows of `warehouse.tables.HISTORY`, or only of `FINDING`; as mappings or as the table itself."""

SHOWN_ROWS = 1_000
"""Findings in a page's table; the CSV holds all of them."""
EXAMPLES = 3
_RANK = {severity: rank for rank, severity in enumerate(words.SEVERITIES)}
_COLUMNS = (
    "规则",
    "级别",
    "核对范围",
    "字段",
    "字段名称",
    "工作表",
    "行号",
    "单元格",
    "报送值",
    "应为",
    "问题",
    "怎么改",
    "状态",
    "首次出现",
    "情况说明",
    "例外编号",
)
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
    """All findings of one rule in one submission; `rows` counts distinct rows, 0 when it is about the file."""

    rule: str
    severity: str
    field: str | None
    message: str
    fix: str
    count: int
    rows: int
    share: str
    explained: int
    excepted: int
    examples: tuple[Finding, ...]


def is_answered(finding: Finding) -> bool:
    """Whether it was explained, or let pass by an approved exception."""
    return bool(finding["explanation"] or finding["exception_id"])


def tally(findings: Sequence[Finding]) -> Tally:
    open_ones = Counter(finding["severity"] for finding in findings if not is_answered(finding))
    return Tally(
        open_ones["critical"],
        open_ones["warning"],
        open_ones["info"],
        sum(bool(finding["explanation"]) for finding in findings),
        sum(bool(finding["exception_id"]) for finding in findings),
    )


def listed(findings: Findings) -> list[Finding]:
    """Findings worst first, answered ones behind the others of their severity: about the file before rows, then as the
    sender reads: sheet by sheet, row by row. Each has all columns of `HISTORY`; what is not known is null."""
    found: list[Finding] = findings.to_pylist() if isinstance(findings, pa.Table) else list(findings)
    if any(name not in finding for finding in found[:1] for name in HISTORY.names):
        found = [{**_UNKNOWN, **finding} for finding in found]
    return sorted(found, key=_worst_first)


def _worst_first(finding: Finding) -> tuple[int, bool, int, str, str]:
    return (
        _RANK[finding["severity"]],
        is_answered(finding),
        finding["row_index"] or 0,
        finding["rule"],
        finding["field"] or "",
    )


def by_rule(findings: Sequence[Finding], received: int) -> list[RuleGroup]:
    """One group per rule, worst first: severity, then about the file before rows, then most rows.

    Of findings about the file, each says something of its own: they are not put together.
    """
    gathered: dict[tuple[str, str | None], list[Finding]] = {}
    for finding in findings:
        own = finding["message"] if finding["row_index"] is None else None
        gathered.setdefault((finding["rule"], own), []).append(finding)
    groups = [_group(rule, found, received) for (rule, _), found in gathered.items()]
    return sorted(groups, key=lambda group: (_RANK[group.severity], group.rows > 0, -group.rows, group.rule))


def _group(rule: str, found: list[Finding], received: int) -> RuleGroup:
    first = found[0]
    rows = len({finding["row_index"] for finding in found} - {None})
    return RuleGroup(
        rule=rule,
        severity=first["severity"],
        field=first["field"],
        message=first["message"],
        fix=first["fix"],
        count=len(found),
        rows=rows,
        share=words.share(Decimal(rows), received),
        explained=sum(bool(finding["explanation"]) for finding in found),
        excepted=sum(bool(finding["exception_id"]) for finding in found),
        examples=tuple(found[:EXAMPLES]),
    )


def headers(decision: Decision) -> dict[tuple[str | None, str], str]:
    """(sheet, field) → the header under which the sender gave it."""
    return {(column.sheet, column.field): column.header for column in decision.reading.columns if column.field}


def csv_text(decision: Decision, findings: Findings) -> str:
    """Every finding, worst first; those against other submissions are named as such."""
    titles = words.field_titles(decision.submission.dataset)
    return texts.csv_text(_COLUMNS, (_line(finding, titles) for finding in listed(findings)))


def _line(finding: Finding, titles: Mapping[str, str]) -> tuple[object, ...]:
    field = finding["field"]
    return (
        finding["rule"],
        words.SEVERITIES[finding["severity"]],
        words.SCOPES[finding["scope"] or "submission"],
        field,
        titles.get(field or ""),
        finding["sheet"],
        finding["row"],
        finding["cell"],
        finding["value"],
        finding["expected"],
        finding["message"],
        finding["fix"],
        words.STATES.get(finding["state"] or ""),
        words.moment_day(finding["opened_at"]) if finding["opened_at"] else None,
        finding["explanation"],
        finding["exception_id"],
    )
