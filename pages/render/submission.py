"""A submission's report: the page, and beside it JSON and CSV; in the site also the pages of its slices.

Ends at texts by ending or by place in the site.
"""

from __future__ import annotations

from dataclasses import dataclass

from expectations.result import as_json
from pages import site_map, words
from pages.gather.finding_changes import changes
from pages.gather.findings import Tally, as_sent, by_rule, headers, listed, tally
from pages.gather.grid import signing
from pages.gather.submission import SubmissionFacts
from pages.render import environment, standing
from pages.render.confirmation_sheet import confirmation_sheet
from pages.render.correction_changes import correction
from pages.render.exceptions import exception_titles
from pages.render.findings import SHOWN_ROWS, csv_text
from pages.render.slices import SLICE_TITLES, slice_page
from pages.render.standing import said
from pages.texts import json_text
from warehouse.vocabulary.submission import Decision, MappedColumn


@dataclass(frozen=True)
class Verdict:
    """The outcome in one sentence and what to do next."""

    sentence: str
    steps: tuple[str, ...]


_WHOLE = "把整份文件（不只是改过的行）按原渠道、同一报告期重新报送，新文件会替换这一份。"
_BOOK_AGAIN = "按原因处理后，把更正工作簿按原渠道、同一报告期再报送一次。这一份没有并入，此前的报送不变。"
_SENT_BACK = (
    "在更正工作簿里直接改：有问题的行排在最前面，格子已着色，批注写明原因。不应报送的行，在“处理方式”一列填“作废”；"
    "须核对而属实的，填“说明”并写明理由。",
    "把改好的工作簿按原渠道、同一报告期报送（更正）：改过的行并入这一份，没有改的照旧。"
    "要整份换掉的，报送新的完整文件（整份重报）。",
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
        if decision.reading.supplement:
            return Verdict("这份更正工作簿没有并入，没有改动任何数据。", (_BOOK_AGAIN,))
        return Verdict("文件没有读出任何数据行，没有数据进入统计。", ("按下面的原因处理文件。", _WHOLE))
    if outcome == "rejected" and decision.reading.problem:
        whole = decision.reading.supplement is None
        return Verdict("没有一行进入统计。", ("按下面的原因处理文件。", _WHOLE if whole else _BOOK_AGAIN))
    if outcome == "rejected":
        steps = ("先解决“整份文件”的问题，再改各行的问题。", *again)
        return Verdict(f"收到 {received} 行，全部退回，没有一行进入统计。", (*steps, f"另{look}") if look else steps)
    if outcome == "partly_accepted":
        where = "更正工作簿" if has_workbook else "原文件"
        steps = (f"在{where}中更正暂存的 {held} 行：每行错在哪里、怎么改，见下文。", *again)
        return Verdict(
            f"收到 {received} 行，校验通过 {accepted} 行{gone}；{held} 条记录待更正，更正前不进入统计。",
            (*steps, f"另{look}") if look else steps,
        )
    if decision.reading.is_nothing:
        return Verdict(
            "本期无数据：已按“本期无数据”接收，不作逾期未报。",
            ("确无数据的，无须处理；后来有了数据，按同一报告期报送完整的文件。",),
        )
    if rows.received == 0:
        return Verdict("文件可以读取，其中没有数据行。", ("如本期确无数据，无须处理；如有数据，请重新报送。",))
    taken = f"收到 {received} 行，校验通过 {accepted} 行{gone}" if gone else f"收到 {received} 行，全部校验通过"
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
    return Verdict(f"{taken}，{'没有还要处理的问题' if answered else '没有发现问题'}。", ("无须处理。",))


def _verdict(facts: SubmissionFacts, tally: Tally, across: int) -> Verdict:
    """The same where it stands or nothing else does; what is closed or waits asks for something else."""
    told = verdict(facts.decision, tally, across, facts.has_workbook)
    status = facts.status
    if status is None or status.stands:
        return told
    if not status.is_open:
        return Verdict(told.sentence, ("这一份无须处理；须更正、核对的，在现行有效的报送中处理。",))
    if facts.decision.reading.is_nothing and status.awaited:
        return Verdict(
            "收到“本期无数据”，待本单位确认，确认以前不作“本期无数据”处理。",
            ("在确认单中答复，按原渠道送回；如有数据，按同一报告期报送完整的文件。",),
        )
    if facts.decision.reading.is_nothing:
        return Verdict(
            "收到“本期无数据”，未采用。",
            ("确无数据的，重新报送“本期无数据”，并在期限内答复；如有数据，按同一报告期报送完整的文件。",),
        )
    return told


def submission_page(facts: SubmissionFacts) -> str:
    """The report as one self-contained HTML page."""
    decision, submission = facts.decision, facts.decision.submission
    findings, across = (as_sent(decision, part) for part in facts.by_scope())
    received, counted = decision.rows.received, tally(findings)
    return environment.page(
        "submission.html",
        facts=facts,
        is_demo=facts.is_demo,
        decision=decision,
        reading=decision.reading,
        submission=submission,
        said=said(facts.status, facts.stands, is_counted=facts.is_counted),
        place=_place(facts),
        verdict=_verdict(facts, counted, tally(across).warning),
        correction=correction(decision, findings, facts.checks, facts.overruled, facts.beside),
        tally=counted,
        acceptance=words.share(decision.rows.accepted, decision.rows.accepted + decision.rows.held),
        rules=by_rule(findings, received),
        across_rules=by_rule(across, received),
        changes=changes(findings, facts.fixed) if facts.kind != "first" else None,
        findings=findings[:SHOWN_ROWS],
        total=len(findings),
        row_findings=any(finding["row_index"] for finding in findings),
        headers=headers(decision),
        titles=words.field_titles(submission.dataset),
        columns=_columns_by_sheet(decision),
        row_word=words.place(decision.reading.file.kind),
        signing=words.SIGNING_STATES[signing(facts.confirmed_at is not None, facts.has_confirmed_other)],
        kinds=SLICE_TITLES,
        exceptions=exception_titles(facts.exceptions),
        workbook=site_map.correction_workbook(submission.unit, decision.submission_id) if facts.has_workbook else None,
        confirmation_sheet=_confirmation_sheet(facts),
        slices=[
            (piece, site_map.correction_workbook(submission.unit, decision.submission_id, piece.name))
            for piece in facts.slices
        ],
    )


def _place(facts: SubmissionFacts) -> str | None:
    """有效状态; null where it is not known."""
    status = facts.status
    if status is None:
        return None
    return standing.place({"standing": status.standing, "refusal": status.refusal, "outcome": facts.decision.outcome})


def _confirmation_sheet(facts: SubmissionFacts) -> str | None:
    """Where the sheet lies by which the unit answers, while it may."""
    if facts.awaited is None:
        return None
    return site_map.confirmation_sheet(facts.decision.submission.unit, facts.decision.submission_id)


def _columns_by_sheet(decision: Decision) -> list[tuple[str | None, list[MappedColumn]]]:
    sheets: dict[str | None, list[MappedColumn]] = {}
    for column in decision.reading.columns:
        sheets.setdefault(column.sheet, []).append(column)
    return list(sheets.items())


def submission_texts(facts: SubmissionFacts) -> dict[str, str]:
    """Ending → text: the page, the JSON of `skills check` and a CSV, both also with findings of scope across."""
    findings, across = facts.by_scope()
    return {
        "html": submission_page(facts),
        "json": json_text(as_json(facts.decision, findings, across)),
        "csv": csv_text(facts.decision, [*findings, *across]),
    }


def confirmation_files(facts: SubmissionFacts) -> dict[str, bytes]:
    """Place in the data root → the sheet by which the unit answers; empty where it is not asked."""
    place, status = _confirmation_sheet(facts), facts.status
    if place is None or status is None or status.awaited is None or status.comparison is None:
        return {}
    return {place: confirmation_sheet(facts, status.comparison, status.awaited)}


def submission_files(facts: SubmissionFacts) -> dict[str, str]:
    """Place in the site → text: the report and the pages of its slices."""
    unit, submission_id = facts.decision.submission.unit, facts.decision.submission_id
    files = {site_map.report(unit, submission_id, ending): text for ending, text in submission_texts(facts).items()}
    findings = listed(facts.findings) if facts.slices else []
    for piece in facts.slices:
        files[site_map.slice_report(unit, submission_id, piece.name)] = slice_page(facts, piece, piece.part(findings))
    return files
