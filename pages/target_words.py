"""How a row of a target is said on pages and on the dashboard: its period, its reading, its figure and its goal.

Ends at single words; which row is shown and how far it is stands in `gather.targets`.
"""

from __future__ import annotations

import datetime as dt
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
_READINGS: dict[str, str] = {
    "main": "主口径",
    "with_permits": "含许可类证书",
    "cantonese_chef_only": "仅“粤菜师傅”",
    "reported_enterprises": "已报送企业",
    "over_accrued": "占计提经费",
    "enterprises_reaching": "达到 60% 的企业占比",
}


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
    return _READINGS.get(row["reading"]) or str(row["reading"])


def period_title(row: Row, as_of: dt.date) -> str:
    """2025—2027年, 2026年度, or 时点数 with its day for a figure that holds at a point in time."""
    if row["period"] == POINT:
        return f"时点数（截至{words.day(row['reported_until_date'] or as_of)}）"
    first, _, last = row["period"].partition("-")
    if len(first) == 4 and len(last) == 4:
        return f"{first}—{last}年"
    return words.period_title(row["period"])
