"""One submission's report: the page, and with JSON and CSV the files beside it. Ends at texts by file name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from expectations.compiled import Check
from expectations.result import as_json
from pages import words
from pages.render import environment
from pages.render import findings as told
from pages.render.finding_changes import changes
from pages.render.findings import Findings, Tally
from pages.render.slices import KINDS, Slice
from pages.texts import json_text
from pages.version import version
from warehouse.store.register import Kind
from warehouse.vocabulary.submission import Decision, MappedColumn

VERSION = version()
"""Changes when the same facts would be told otherwise."""


@dataclass(frozen=True)
class Context:
    """What a report says beside the decision. Nothing in it changes the outcome.

    `across`: findings of scope across (FINDING columns), judged against other submissions.
    `checks`: code → the check as it is compiled. `delivered_at`: UTC.
    `replaced_by`: id of the newer submission of the same key, when there is one. `still_counts`: id of the earlier
    one that stays in the statistics because this one was not taken.
    `kind`: the first of its key, a whole file or a supplement. `fixed`: rule, severity, message and count of what the
    last submission of the key had and this one has no longer. `exceptions`: id → what an approved exception lets pass.
    `confirmed_at`: when preparer and reviewer signed, UTC.
    `correction`: where the workbook to correct stands, below the data root; `slices`: the parts that have one of their
    own, each with where it stands.
    `in_site`: the page stands in the reports site, so that it may link to its neighbours.
    """

    across: Findings = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    delivered_at: dt.datetime | None = None
    due_date: dt.date | None = None
    replaced_by: str | None = None
    still_counts: str | None = None
    kind: Kind = "first"
    fixed: Sequence[Mapping[str, Any]] = ()
    exceptions: Mapping[str, str] = field(default_factory=dict)
    confirmed_at: dt.datetime | None = None
    correction: str | None = None
    slices: Sequence[tuple[Slice, str]] = ()
    in_site: bool = False


@dataclass(frozen=True)
class Verdict:
    """The outcome in one sentence and what to do next."""

    sentence: str
    steps: tuple[str, ...]


_WHOLE = "把整份文件（不只是改过的行）按原渠道、同一报告期重新报送，新文件会替换这一份。"
_SENT_BACK = (
    "在更正工作簿里直接改：有问题的行排在最前面，格子已着色，批注写明原因。不应报送的行，在“处理方式”一列填“作废”；"
    "须核对而属实的，填“说明”并写明理由。",
    "把改好的工作簿按原渠道、同一报告期报送（补报）：改过的行并入这一份，没有改的照旧。"
    "要整份换掉的，报送新的完整文件（重报）。",
)


def verdict(decision: Decision, tally: Tally, across: int = 0, has_workbook: bool = False) -> Verdict:
    """Outcome and next steps. `across`: open warnings against other submissions; `has_workbook`: there is a correction
    workbook that can be sent back."""
    rows, outcome = decision.rows, decision.outcome
    received, accepted, held = (words.number(count) for count in (rows.received, rows.accepted, rows.held))
    look = f"有 {words.number(tally.warning)} 处须核对：确有错误的，一并更正；属实的，" if tally.warning else None
    look = look and look + ("写明理由。" if has_workbook else "不用改。")
    again = _SENT_BACK if has_workbook else (_WHOLE,)
    gone = f"，作废 {words.number(rows.withdrawn)} 行" if rows.withdrawn else ""
    if outcome == "unreadable":
        return Verdict("文件没有读出任何数据行，没有数据进入统计。", ("按下面的原因处理文件。", _WHOLE))
    if outcome == "rejected" and decision.reading.problem:
        return Verdict("没有一行进入统计。", ("按下面的原因处理文件。", _WHOLE))
    if outcome == "rejected":
        steps = ("先解决“整份文件”的问题，再改各行的问题。", *again)
        return Verdict(f"收到 {received} 行，全部退回，没有一行进入统计。", (*steps, f"另{look}") if look else steps)
    if outcome == "partly_accepted":
        where = "更正工作簿" if has_workbook else "原文件"
        steps = (f"在{where}中更正暂存的 {held} 行：每行错在哪里、怎么改，见下文。", *again)
        return Verdict(
            f"收到 {received} 行，接受 {accepted} 行{gone}；{held} 行有错、暂存待更正，更正前不进入统计。",
            (*steps, f"另{look}") if look else steps,
        )
    if decision.reading.is_nothing:
        return Verdict(
            "本期无数据：已按“本期无数据”接收，不算缺报。",
            ("确无数据的，不用再做什么；后来有了数据，按同一报告期报送完整的文件。",),
        )
    if rows.received == 0:
        return Verdict("文件读取正常，其中没有数据行。", ("如本期确无数据，不用再做什么；如有数据，请重新报送。",))
    taken = f"收到 {received} 行，接受 {accepted} 行{gone}" if gone else f"收到 {received} 行，全部接受"
    if look:
        return Verdict(f"{taken}，没有须更正的行。", (look, *again) if has_workbook else (look, f"有更正时，{_WHOLE}"))
    if tally.info:
        return Verdict(
            f"{taken}，没有须更正或核对的地方。",
            (f"看一下下面的 {words.number(tally.info)} 条提示，确认没有漏读、多读。",),
        )
    if across and has_workbook:
        return Verdict(
            f"{taken}，没有须更正的行。",
            (f"下面“与其他报送的核对”有 {words.number(across)} 处：确有错误的，更正；属实的，写明理由。", *again),
        )
    answered = tally.explained or tally.excepted
    return Verdict(f"{taken}，{'没有还要处理的问题' if answered else '没有发现问题'}。", ("不用再做什么。",))


def submission_page(decision: Decision, findings: Findings, context: Context | None = None) -> str:
    """The report as one self-contained HTML page. `findings`: rows of `warehouse.tables.HISTORY` of this submission
    alone, or of `FINDING` where nothing is remembered; already masked."""
    context = context or Context()
    found = told.listed(findings)
    across = told.listed(context.across)
    received = decision.rows.received
    tally = told.tally(found)
    return environment.page(
        "submission.html",
        decision=decision,
        context=context,
        reading=decision.reading,
        submission=decision.submission,
        verdict=verdict(decision, tally, told.tally(across).warning, context.correction is not None),
        tally=tally,
        acceptance=words.share(decision.rows.accepted, decision.rows.accepted + decision.rows.held),
        rules=told.by_rule(found, received),
        across_rules=told.by_rule(across, received),
        changes=changes(found, context.fixed) if context.kind != "first" else None,
        findings=found[: told.SHOWN_ROWS],
        total=len(found),
        row_findings=any(finding["row_index"] for finding in found),
        headers=told.headers(decision),
        titles=words.field_titles(decision.submission.dataset),
        columns=_columns_by_sheet(decision),
        place=words.place(decision.reading.file.kind),
        kinds=KINDS,
    )


def _columns_by_sheet(decision: Decision) -> list[tuple[str | None, list[MappedColumn]]]:
    sheets: dict[str | None, list[MappedColumn]] = {}
    for column in decision.reading.columns:
        sheets.setdefault(column.sheet, []).append(column)
    return list(sheets.items())


def submission_files(decision: Decision, findings: Findings, context: Context | None = None) -> dict[str, str]:
    """File name → text: the page, the JSON of `skills check` and a CSV, both also with what was found `across`."""
    name = decision.submission_id
    found = told.listed(findings)
    across = told.listed(context.across) if context else []
    return {
        f"{name}.html": submission_page(decision, found, context),
        f"{name}.json": json_text(as_json(decision, found, across)),
        f"{name}.csv": told.csv_text(decision, [*found, *across]),
    }
