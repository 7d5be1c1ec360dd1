"""What to say to a department that needs a call. Ends at sentences, at the call as JSON tells it, and at the list for
spreadsheets: a line for every row of the grid that is called about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pages import texts, words
from pages.gather import deadlines
from pages.gather.call_list import Call
from pages.gather.grid import Row

OVERDUE = "逾期未更正"
_TITLES = ("部门", "报送单位", "区", "事项", "数据集", "报告期", "期限", "已逾期（天）", "待更正（条）", "报送编号")


def sentences(call: Call) -> tuple[str, ...]:
    """What is overdue, what was returned, what was not answered, which rows wait; each with what to ask."""
    said = (_overdue(call), _returned(call), _unanswered(call), _held(call))
    return tuple(sentence for sentence in said if sentence)


def call_facts(call: Call) -> dict[str, Any]:
    """department, overdue, returned, unanswered, held_rows, held_days, sentences."""
    return {
        "department": call.department,
        "overdue": len(call.overdue),
        "returned": len(call.returned),
        "unanswered": len(call.unanswered),
        "held_rows": call.held_rows,
        "held_days": call.held_days,
        "sentences": sentences(call),
    }


def csv_text(calls: Iterable[Call], as_of: dt.date) -> str:
    """Departments in the order of the list; of each what is overdue, returned, unanswered, and not corrected in time.
    What is not overdue yet has no days."""
    return texts.csv_text(_TITLES, (line for call in calls for line in _lines(call, as_of)))


def _lines(call: Call, as_of: dt.date) -> Iterator[tuple[object, ...]]:
    for row in call.overdue:
        yield _line(row, "逾期未报", row["due_date"], as_of)
    for row in call.returned:
        what = OVERDUE if deadlines.is_correction_overdue(row) else "退回后未重报"
        yield _line(row, what, deadlines.correct_by(row), as_of)
    for row in call.unanswered:
        asked = {"submission_id": row["latest_submission_id"], "held_rows": None}
        yield _line({**row, **asked}, "待本单位确认", row["latest_answer_until_date"], as_of)
    for row in call.held:
        yield _line(row, OVERDUE, deadlines.correct_by(row), as_of)


def _line(row: Row, what: str, until: dt.date, as_of: dt.date) -> tuple[object, ...]:
    return (
        words.department(row["department_code"]),
        row["unit_code"],
        words.district(row["unit_code"]),
        what,
        words.dataset(row["dataset"]),
        words.period_title(row["period"]),
        until,
        (as_of - until).days if until < as_of else None,
        row["held_rows"],
        row["submission_id"],
    )


def _overdue(call: Call) -> str | None:
    if not call.overdue:
        return None
    return (
        f"{len(call.overdue)} 份逾期未报，{_first(call.overdue)}，已过 {call.late_days} 天。"
        "请联系确认报送时间；确无数据的，按“本期无数据”报送。"
    )


def _returned(call: Call) -> str | None:
    if not call.returned:
        return None
    late = sum(deadlines.is_correction_overdue(row) for row in call.returned)
    overdue = f"（{OVERDUE} {late} 份）" if late else ""
    return (
        f"{len(call.returned)} 份退回后未重报{overdue}，{_first(call.returned)}。请联系了解退回原因处理情况及存在困难。"
    )


def _unanswered(call: Call) -> str | None:
    if not call.unanswered:
        return None
    first_until = min(row["latest_answer_until_date"] for row in call.unanswered)
    return (
        f"{len(call.unanswered)} 份整份重报待本单位确认，{_first(call.unanswered)}，"
        f"最迟 {words.day(first_until)}答复，逾期作放弃处理。请提醒填写确认单。"
    )


def _held(call: Call) -> str | None:
    if not call.held:
        return None
    largest = max(call.held, key=lambda row: (row["held_rows"], row["period"]))
    waited = f"最早的已等了 {call.held_days} 天，" if call.held_days else ""
    return (
        f"{OVERDUE} {words.number(call.held_rows)} 条，{waited}最多的是{_title(largest)}"
        f"（{words.number(largest['held_rows'])} 条）。请用更正工作簿改好后报送。"
    )


def _first(rows: Sequence[Row]) -> str:
    return f"{'最早的是' if len(rows) > 1 else '为'}{_title(rows[0])}"


def _title(row: Row) -> str:
    unit = f"{words.district(row['unit_code'])}的" if "." in row["unit_code"] else ""
    return f"{unit}《{words.dataset(row['dataset'])}》{words.period_title(row['period'])}"
