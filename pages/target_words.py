"""How a row of a target is said on pages and on the dashboard: its period, its reading, its threshold's demand.

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
_READINGS: dict[str, str] = {
    "main": "主口径",
    "with_permits": "含许可类证书",
    "cantonese_chef_only": "仅“粤菜师傅”",
    "over_accrued": "占计提经费",
    "enterprises_reaching": "达到 60% 的企业占比",
}


def demand(row: Row) -> str:
    """What the plan says of the threshold, where reaching it is not enough."""
    return "恰好 " if target_rule.is_exact(row["target_id"]) else "超过 " if row["comparator"] == ">" else ""


def reading_title(row: Row) -> str:
    return _READINGS.get(row["reading"]) or str(row["reading"])


def period_title(text: str) -> str:
    """2025—2027年, 2026年度, or 当前 for a figure that holds at a point in time."""
    first, _, last = text.partition("-")
    if len(first) == 4 and len(last) == 4:
        return f"{first}—{last}年"
    return "当前" if text == POINT else words.period_title(text)
