"""One submission's report: the page, and with JSON and CSV the files beside it. Ends at texts by file name."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from expectations.report import findings as told
from expectations.report import render, words
from expectations.report.findings import Findings
from expectations.result import as_json
from warehouse.submission import Decision, MappedColumn

VERSION = render.version()
"""Changes when the same facts would be told otherwise."""
SHOWN_ROWS = 1_000
"""Findings in the page's table; JSON and CSV hold all of them."""


@dataclass(frozen=True)
class Context:
    """What a report says beside the decision. Nothing in it changes the outcome.

    `across`: findings of scope across (FINDING columns), judged against other submissions.
    `basis`: rule → law or practice it rests on. `delivered_at`: UTC.
    `replaced_by`: id of the newer submission of the same key, when there is one. `still_counts`: id of the earlier
    one that stays in the statistics because this one was not taken.
    `correction`: where the workbook to correct stands, below the data root.
    `in_site`: the page stands in the reports site, so that it may link to its neighbours.
    """

    across: Findings = ()
    basis: Mapping[str, str] = field(default_factory=dict)
    delivered_at: dt.datetime | None = None
    due_date: dt.date | None = None
    replaced_by: str | None = None
    still_counts: str | None = None
    correction: str | None = None
    in_site: bool = False


@dataclass(frozen=True)
class Verdict:
    """The outcome in one sentence and what to do next."""

    sentence: str
    steps: tuple[str, ...]


def verdict(decision: Decision, warnings: int, hints: int = 0) -> Verdict:
    """Outcome and next steps; `warnings` counts the findings to be looked at that hold no row, `hints` those to know.
    """
    rows, outcome = decision.rows, decision.outcome
    received, accepted, held = (words.number(count) for count in (rows.received, rows.accepted, rows.held))
    look = f"有 {words.number(warnings)} 处须核对：确有错误的，一并更正；属实的，不用改。" if warnings else None
    again = "把整份文件（不只是改过的行）按原渠道、同一报告期重新报送，新文件会替换这一份。"
    if outcome == "unreadable":
        return Verdict("文件没有读出任何数据行，没有数据进入统计。", ("按下面的原因处理文件。", again))
    if outcome == "rejected":
        steps = ("先解决“整份文件”的问题，再改各行的问题。", again)
        return Verdict(f"收到 {received} 行，全部退回，没有一行进入统计。", (*steps, f"另{look}") if look else steps)
    if outcome == "partly_accepted":
        steps = (f"在原文件中更正暂存的 {held} 行：每行错在哪里、怎么改，见下文。", again)
        return Verdict(f"收到 {received} 行，接受 {accepted} 行；{held} 行有错、暂存待更正，更正前不进入统计。",
                       (*steps, f"另{look}") if look else steps)
    if rows.received == 0:
        return Verdict("文件读取正常，其中没有数据行。", ("如本期确无数据，不用再做什么；如有数据，请重新报送。",))
    if look:
        return Verdict(f"收到 {received} 行，全部接受，没有须更正的行。", (look, f"有更正时，{again}"))
    if hints:
        return Verdict(f"收到 {received} 行，全部接受，没有须更正或核对的地方。",
                       (f"看一下下面的 {words.number(hints)} 条提示，确认没有漏读、多读。",))
    return Verdict(f"收到 {received} 行，全部接受，没有发现问题。", ("不用再做什么。",))


def submission_page(decision: Decision, findings: Findings, context: Context | None = None) -> str:
    """The report as one self-contained HTML page. `findings`: rows of `warehouse.tables.FINDING`, already masked."""
    context = context or Context()
    found = told.listed(findings)
    across = told.listed(context.across)
    received = decision.rows.received
    severities = Counter(finding["severity"] for finding in found)
    dataset = decision.submission.dataset
    return render.page(
        "submission.html",
        decision=decision, context=context, reading=decision.reading, submission=decision.submission,
        verdict=verdict(decision, severities["warning"], severities["info"]), severities=severities,
        acceptance=words.share(decision.rows.accepted, received),
        rules=told.by_rule(found, received), across_rules=told.by_rule(across, received),
        findings=found[:SHOWN_ROWS], total=len(found),
        row_findings=any(finding["row_index"] for finding in found),
        headers=told.headers(decision), titles=words.field_titles(dataset),
        columns=_columns_by_sheet(decision), place=_place_words(decision),
    )


def _columns_by_sheet(decision: Decision) -> list[tuple[str | None, list[MappedColumn]]]:
    sheets: dict[str | None, list[MappedColumn]] = {}
    for column in decision.reading.columns:
        sheets.setdefault(column.sheet, []).append(column)
    return list(sheets.items())


def _place_words(decision: Decision) -> str:
    """What a row number counts in this kind of file."""
    return "条记录" if decision.reading.file.kind in words.RECORDS else "行"


def submission_files(decision: Decision, findings: Findings, context: Context | None = None) -> dict[str, str]:
    """File name → text: the page, the JSON of `skills check` and a CSV of all findings."""
    name = decision.submission_id
    found = told.listed(findings)
    return {
        f"{name}.html": submission_page(decision, found, context),
        f"{name}.json": json_text(as_json(decision, found)),
        f"{name}.csv": told.csv_text(decision, found),
    }


def json_text(result: Mapping[str, Any]) -> str:
    return orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
