"""The plan's twenty targets as cards: which period is shown, how far it is, what it is made of. Ends at cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pages import target_words, texts, words
from pages.target_words import Row
from warehouse.vocabulary import reference

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
    main = target_words.running([row for row in rows if row["reading"] == "main"] or rows, as_of)
    actual, threshold = _decimal(main["actual"]), _decimal(main["threshold"])
    full = max(actual, threshold) or Decimal(1)
    return Card(
        target_id=target["id"],
        title=target["title"],
        quote=target["quote"],
        status=target_words.status(main, as_of),
        period=target_words.period_title(main["period"]),
        actual=_value(main, "actual"),
        threshold=_value(main, "threshold"),
        unit="" if _is_percent(main) else main["unit"],
        share=_share(main, threshold),
        parts=_parts(main, full),
        goal=_width(threshold, full),
        demand=target_words.demand(main),
        elapsed=None if _is_percent(main) or main["period"] == target_words.POINT else _elapsed(main, as_of),
        later=_later(rows, main, as_of),
        shares=_shares(pieces, main),
        others=tuple(
            (
                target_words.period_title(row["period"]),
                words.READINGS.get(row["reading"]) or str(row["reading"]),
                _value(row, "actual") if target_words.has_begun(row, as_of) else words.ABSENT,
                target_words.status(row, as_of),
            )
            for row in sorted(rows, key=lambda row: (row["reading"] != "main", row["reading"], row["period"]))
            if row is not main
        ),
        figure_state=main["figure_state"],
        signed=None if words.absent(main["confirmed_share"]) else words.share(main["confirmed_share"], 1),
    )


def _is_percent(row: Row) -> bool:
    return bool(row["unit"] == "%")


def _share(row: Row, threshold: Decimal) -> str:
    return words.ABSENT if words.absent(row["actual"]) else words.share(row["actual"], threshold)


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


def _later(rows: list[Row], main: Row, as_of: dt.date) -> str | None:
    later = [
        row for row in rows if row["reading"] == main["reading"] and target_words.status(row, as_of) == "reported_later"
    ]
    return target_words.period_title(later[0]["period"]) if later else None


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


def _decimal(value: Any) -> Decimal:
    return Decimal(0) if words.absent(value) else Decimal(str(value))


def _width(value: Decimal, full: Decimal) -> str:
    return f"{value * 100 / full:.2f}%"
