"""The plan's twenty targets as cards: which period is shown, how far it is, what it is made of. Ends at cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from expectations.report import texts, words
from warehouse import reference

Row = Mapping[str, Any]
"""A row of `rpt_target_progress` or of `rpt_target_breakdown`."""
POINT = "point"
"""The period of a figure that holds on the day."""

_TITLES = (
    "目标",
    "名称",
    "口径",
    "期间",
    "实际",
    "比较",
    "目标值",
    "单位",
    "完成比例",
    "进展",
    "数据状态",
    "已签字比例",
)


@dataclass(frozen=True)
class Part:
    """A component of the actual figure; `width` in percent of the bar."""

    name: str
    title: str
    value: str
    width: str


@dataclass(frozen=True)
class Card:
    """One target in the period that runs on the as-of day or, while that has no figure, in the last that has one."""

    target_id: str
    title: str
    quote: str
    status: str
    period: str
    actual: str
    threshold: str
    unit: str
    share: str
    parts: tuple[Part, ...]
    goal: str
    demand: str
    elapsed: str | None
    later: str | None  # the period that runs and is reported after its end
    shares: tuple[tuple[str, str], ...]  # department or part, actual; of the rows alone
    others: tuple[tuple[str, str, str, str], ...]  # period, reading, actual, status
    figure_state: str  # preliminary, confirmed, final, revised
    signed: str | None  # the share of the figure that was signed, where it has one


def csv_text(rows: Iterable[Row]) -> str:
    """Every target, reading and period, for spreadsheets."""
    names = {target["id"]: target["title"] for target in reference.table("targets")}
    return texts.csv_text(
        _TITLES,
        (
            (
                row["target_id"],
                names[row["target_id"]],
                row["reading"],
                row["period"],
                row["actual"],
                row["comparator"],
                row["threshold"],
                row["unit"],
                row["progress_share"],
                words.STATUSES.get(row["status"] or ""),
                words.FIGURE_STATES.get(row["figure_state"] or ""),
                row["confirmed_share"],
            )
            for row in rows
        ),
    )


def cards(rows: Iterable[Row], as_of: dt.date, breakdown: Iterable[Row] = ()) -> list[Card]:
    """One card per target in the plan's order; a target without rows is left out."""
    gathered, pieces = _by_target(rows), _by_target(breakdown)
    plan = reference.table("targets")
    return [
        _card(target, gathered[target["id"]], pieces.get(target["id"], []), as_of)
        for target in plan
        if target["id"] in gathered
    ]


def _by_target(rows: Iterable[Row]) -> dict[str, list[Row]]:
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        gathered.setdefault(row["target_id"], []).append(row)
    return gathered


def _card(target: Mapping[str, str], rows: list[Row], pieces: list[Row], as_of: dt.date) -> Card:
    main = running([row for row in rows if row["reading"] == "main"] or rows, as_of)
    actual, threshold = _decimal(main["actual"]), _decimal(main["threshold"])
    full = max(actual, threshold) or Decimal(1)
    return Card(
        target_id=target["id"],
        title=target["title"],
        quote=target["quote"],
        status=status(main, as_of),
        period=period_title(main["period"]),
        actual=_value(main, "actual"),
        threshold=_value(main, "threshold"),
        unit="" if _is_percent(main) else main["unit"],
        share=_share(main, threshold),
        parts=_parts(main, full),
        goal=_width(threshold, full),
        demand=demand(main),
        elapsed=None if _is_percent(main) or main["period"] == POINT else _elapsed(main, as_of),
        later=_later(rows, main, as_of),
        shares=_shares(pieces, main),
        others=tuple(
            (
                period_title(row["period"]),
                words.READINGS.get(row["reading"]) or str(row["reading"]),
                _value(row, "actual") if _has_begun(row, as_of) else words.ABSENT,
                status(row, as_of),
            )
            for row in sorted(rows, key=lambda row: (row["reading"] != "main", row["reading"], row["period"]))
            if row is not main
        ),
        figure_state=main["figure_state"],
        signed=None if words.absent(main["confirmed_share"]) else words.share(main["confirmed_share"], 1),
    )


def _is_percent(row: Row) -> bool:
    return bool(row["unit"] == "%")


def _has_begun(row: Row, as_of: dt.date) -> bool:
    return row["period_start_date"] is None or row["period_start_date"] <= as_of


def _is_due(row: Row) -> bool:
    """Whether any report on the period was due by now; lists of a whole year are due after it."""
    until = row["reported_until_date"]
    return until is not None and (row["period_start_date"] is None or until >= row["period_start_date"])


def status(row: Row, as_of: dt.date) -> str:
    """The mart's status; where it has none, why: not begun, reported later, no figure or not a whole one."""
    if not _has_begun(row, as_of):
        return "not_begun"
    if words.absent(row["actual"]):
        return "no_data" if _is_due(row) else "reported_later"
    return str(row["status"] or "incomplete")


def _share(row: Row, threshold: Decimal) -> str:
    return words.ABSENT if words.absent(row["actual"]) else words.share(row["actual"], threshold)


def demand(row: Row) -> str:
    """What the plan says of the threshold, where reaching it is not enough."""
    exact = any(
        line["target_id"] == row["target_id"] and line["note"] == "exact quota"
        for line in reference.table("target_definitions")
    )
    return "恰好 " if exact else "超过 " if row["comparator"] == ">" else ""


def _shares(pieces: list[Row], main: Row) -> tuple[tuple[str, str], ...]:
    """Parts first in the order of their codes, then departments by size; what is too small to be published has no
    figure."""
    own = [
        row
        for row in pieces
        if (row["reading"], row["period"]) == (main["reading"], main["period"])
        and row["breakdown"] in ("part", "department")
    ]
    ordered = sorted(
        own,
        key=lambda row: (
            row["breakdown"] != "part",
            0 if row["breakdown"] == "part" else -_decimal(row["actual"]),
            row["code"],
        ),
    )
    return tuple(
        (str(row["code_name"] or row["code"]), "不足 5" if words.absent(row["actual"]) else words.number(row["actual"]))
        for row in ordered
    )


def running(rows: list[Row], as_of: dt.date) -> Row:
    """The last row that began and has a figure, else the last that began, else the first."""
    ordered = sorted(rows, key=lambda row: row["period_start_date"] or dt.date.min)
    begun = [row for row in ordered if _has_begun(row, as_of)]
    return next(iter([row for row in reversed(begun) if not words.absent(row["actual"])] or begun[-1:] or ordered))


def _later(rows: list[Row], main: Row, as_of: dt.date) -> str | None:
    later = [row for row in rows if row["reading"] == main["reading"] and status(row, as_of) == "reported_later"]
    return period_title(later[0]["period"]) if later else None


def _parts(row: Row, full: Decimal) -> tuple[Part, ...]:
    opening, totals = _decimal(row["opening_balance"]), _decimal(row["totals_only"])
    detailed = max(_decimal(row["actual"]) - opening - totals, Decimal(0))
    parts = (("rows", "逐条明细", detailed), ("totals", "只报总数", totals), ("opening", "期初数", opening))
    return tuple(
        Part(name, title, words.percent(value) if _is_percent(row) else words.number(value), _width(value, full))
        for name, title, value in parts
        if value or name == "rows"
    )


def _elapsed(row: Row, as_of: dt.date) -> str | None:
    """时间已过 88.7%, up to the day until which reports are due, which is named where it is not the as-of day."""
    start, end = row["period_start_date"], row["period_end_date"]
    until = row["reported_until_date"] or as_of
    if start is None or end is None or end <= start or until < start:
        return None
    if until >= end:
        return "已结束"
    gone = words.share((until - start).days + 1, (end - start).days + 1)
    return f"时间已过 {gone}" if until == as_of else f"名单报至 {words.day(until)}，时间已过 {gone}"


def _value(row: Row, column: str) -> str:
    return words.percent(row[column]) if _is_percent(row) else words.number(row[column])


def period_title(text: str) -> str:
    """2025—2027年, 2026年度, or 当前 for a figure that holds at a point in time."""
    first, _, last = text.partition("-")
    if len(first) == 4 and len(last) == 4:
        return f"{first}—{last}年"
    return "当前" if text == POINT else words.period_title(text)


def _decimal(value: Any) -> Decimal:
    return Decimal(0) if words.absent(value) else Decimal(str(value))


def _width(value: Decimal, full: Decimal) -> str:
    return f"{value * 100 / full:.2f}%"
