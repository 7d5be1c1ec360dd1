"""What to say to a department that needs a call. Ends at sentences, and at the call as JSON tells it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pages import words
from pages.gather.call_list import Call
from pages.gather.grid import Row


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


def _overdue(call: Call) -> str | None:
    if not call.overdue:
        return None
    return (
        f"{len(call.overdue)} 份过了截止日还没有报，{_first(call.overdue)}，已过 {call.late_days} 天。"
        "问什么时候能报；确无数据的，请报“本期无数据”。"
    )


def _returned(call: Call) -> str | None:
    if not call.returned:
        return None
    return f"{len(call.returned)} 份被退回后还没有重报，{_first(call.returned)}。问报告看懂没有，卡在哪一步。"


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
        f"逾期未更正 {words.number(call.held_rows)} 条，{waited}最多的是{_title(largest)}"
        f"（{words.number(largest['held_rows'])} 条）。请用更正工作簿改好后报送。"
    )


def _first(rows: Sequence[Row]) -> str:
    return f"{'最早的' if len(rows) > 1 else ''}是{_title(rows[0])}"


def _title(row: Row) -> str:
    unit = f"{words.district(row['unit_code'])}的" if "." in row["unit_code"] else ""
    return f"{unit}《{words.dataset(row['dataset'])}》{words.period_title(row['period'])}"
