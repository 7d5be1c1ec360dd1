"""Findings as a list for spreadsheets, with safe cells. Their place on a page is in `templates/parts.html`."""

from __future__ import annotations

from collections.abc import Mapping

from expectations.result import told
from pages import texts, words
from pages.gather.findings import Finding, Findings, listed
from warehouse.vocabulary.submission import Decision

SHOWN_ROWS = 1_000
"""Findings in a page's table; the CSV holds all of them."""
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
    "在更正工作簿里怎么改",
    "状态",
    "首次出现",
    "情况说明",
    "例外编号",
)


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
        told(finding),
        finding["fix"],
        finding["workbook_fix"] or finding["fix"],
        words.STATES.get(finding["state"] or ""),
        words.moment_day(finding["opened_at"]) if finding["opened_at"] else None,
        finding["explanation"],
        finding["exception_id"],
    )
