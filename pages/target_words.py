"""How a row of a target is said on pages, dashboard and terminal: its period, reading, figure, goal and status.

Ends at single words; which row is shown and how far it is stands in `gather.targets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages import words
from warehouse.vocabulary import target_rule

Row = Mapping[str, Any]
"""A row of `rpt_target_progress` or of `rpt_target_breakdown`."""
POINT = "point"
"""The period of a figure that holds on the day."""
PERCENT = "%"
"""The unit of a figure that is a ratio."""
_NOT_JUDGED = ("not_paced", "not_due", "incomplete", "balance_not_split")
_MAIN_READING = "主口径"
"""The main reading of a target that has no name for it."""


def figure(row: Row) -> str:
    """The actual figure with its unit: 16.92 万人次, 24项, 95.2%."""
    if words.absent(row["actual"]):
        return words.ABSENT
    return _amount(row, "actual", below=row["threshold"])


def goal(row: Row) -> str:
    """What the plan asks for: 28 万人次, 10名（定额）, 超过 100 万人."""
    said = _amount(row, "threshold")
    if target_rule.is_exact(row["target_id"]):
        return f"{said}（定额）"
    return f"超过 {said}" if row["comparator"] == ">" else said


def _amount(row: Row, column: str, below: Any = None) -> str:
    if row["unit"] == PERCENT:
        return words.percent(row[column])
    return words.in_ten_thousands(row[column], below) + words.prose(row["unit"])


def reading_title(row: Row) -> str:
    return reading(row["target_id"], row["reading"])


def reading(target_id: str, code: str) -> str:
    """Its name; a reading of before that the plan's table does not know is said by its code."""
    name = target_rule.reading_name(target_id, code)
    return code if name is None else name or _MAIN_READING


def reading_apart(target_id: str, code: str) -> str:
    """The reading where it has to be named: empty for the main one of a target that has no name for it."""
    title = reading(target_id, code)
    return "" if title == _MAIN_READING else title


def period_title(row: Row) -> str:
    """2025—2027年, 2026年度, or 时点数 with the day of which it tells for a figure that holds at a point in time."""
    title = period_word(row["period"])
    return f"{title}（{words.day(row['figure_date'])}）" if row["period"] == POINT and row["figure_date"] else title


def period_word(code: str) -> str:
    """2025—2027年, 2026年度, 时点数."""
    if code == POINT:
        return "时点数"
    first, _, last = code.partition("-")
    if len(first) == 4 and len(last) == 4:
        return f"{first}—{last}年"
    return words.period_title(code)


def period_and_reading(row: Row) -> str:
    """时点数（2026年10月31日），名录口径; the reading where it has to be named."""
    apart = reading_apart(row["target_id"], row["reading"])
    return f"{period_title(row)}，{apart}" if apart else period_title(row)


def status(row: Row) -> str:
    """What is said of the target; of an award's quota with how many names were announced."""
    code = row["status"]
    if code in ("announced", "exceeded"):
        announced = f"已公布 {_amount(row, 'actual')}"
        return announced if code == "announced" else f"超出名额（{announced}）"
    return status_word(code)


def status_word(code: str | None) -> str:
    """The word for a status; publications of before have codes of their own, or none for want of a whole figure."""
    if code is None:
        return words.ABSENT
    return words.STATUSES.get(code) or words.FORMER_STATUSES.get(code) or code


def clock(row: Row) -> str | None:
    """评价时点 2026年10月31日：完成率 58.1%，序时进度 62.9%; None where nothing is due, or the figure is of a day."""
    if row["cut_off_date"] is None or row["actual_at_cut_off"] is None:
        return None
    if row["cut_off_date"] == row["period_end_date"]:
        return "已结束"
    done = words.share(row["actual_at_cut_off"], row["threshold"])
    said = f"评价时点 {words.day(row['cut_off_date'])}：完成率 {done}"
    return said if row["expected_share"] is None else f"{said}，序时进度 {words.share(row['expected_share'], 1)}"


def beside(row: Row) -> list[str]:
    """What stands beside the judgement: who is missing, what came early, a goal that is met though nobody judges it."""
    said = []
    if row["missing_unit_codes"]:
        names = "、".join(words.unit(code) for code in row["missing_unit_codes"].split(";"))
        said.append(f"到期未报：{names}")
    if row["early_actual"]:
        said.append(f"评价时点后提前报送 {_amount(row, 'early_actual')}，不参与评价")
    if row["is_met"] and row["status"] in _NOT_JUDGED:
        said.append("完成数已达到目标值")
    return said
