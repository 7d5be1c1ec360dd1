"""The plan's targets as cards of the bureau's page and as a list for spreadsheets. Ends at words and widths."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pages import target_words, texts, words
from pages.gather import targets
from pages.gather.targets import TargetFacts
from pages.target_words import Row
from warehouse.vocabulary import reference

_TITLES = (
    "目标",
    "名称",
    "口径",
    "期间",
    "完成数",
    "比较",
    "目标值",
    "单位",
    "完成率",
    "评价时点",
    "评价时点完成数",
    "序时进度",
    "状态",
    "到期未报单位",
    "数据状态",
    "已审签比例",
    "基数核实率",
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
    """One target in the period that is shown first.

    `period`: with the reading where it has to be named. `clock`: until when it is judged and what should be done by
    then; `beside`: what stands beside that. `later`: the period that runs while nobody has to report on it. `pieces`:
    department or part, and its actual figure, and what of it comes from rows, from the opening balance and from units
    that report totals only. `others`: period, reading, actual, status and what is said of it. `signed`: the share of
    the figure that was signed, where it has one. `verified`: the share of the opening balance that is verified, where
    the figure holds one.
    """

    target_id: str
    title: str
    quote: str
    status: str
    status_said: str
    period: str
    figure: str
    goal: str
    share: str
    parts: tuple[Part, ...]
    goal_place: str
    clock: str | None
    beside: tuple[str, ...]
    later: str | None
    pieces: tuple[tuple[str, ...], ...]
    others: tuple[tuple[str, str, str, str, str], ...]
    figure_state: str
    signed: str | None
    verified: str | None


def csv_text(rows: Iterable[Row]) -> str:
    """Every target, reading and period, for spreadsheets."""
    titles = {target["id"]: target["title"] for target in reference.table("targets")}
    return texts.csv_text(_TITLES, (_csv_line(row, titles[row["target_id"]]) for row in rows))


def _csv_line(row: Row, title: str) -> tuple[object, ...]:
    return (
        row["target_id"],
        title,
        target_words.reading_title(row),
        target_words.period_title(row),
        row["actual"],
        row["comparator"],
        row["threshold"],
        row["unit"],
        row["progress_share"],
        row["cut_off_date"],
        row["actual_at_cut_off"],
        row["expected_share"],
        target_words.status(row),
        row["missing_unit_codes"],
        words.FIGURE_STATES.get(row["figure_state"] or ""),
        row["confirmed_share"],
        row.get("balance_verified_share"),
    )


def card(facts: TargetFacts, as_of: dt.date) -> Card:
    row = facts.shown
    actual, threshold = targets.amount(row["actual"]), targets.amount(row["threshold"])
    full = max(actual, threshold) or Decimal(1)
    return Card(
        target_id=facts.plan["id"],
        title=facts.plan["title"],
        quote=facts.plan["quote"],
        status=row["status"],
        status_said=target_words.status(row),
        period=target_words.period_and_reading(row),
        figure=target_words.figure(row),
        goal=target_words.goal(row),
        share=words.ABSENT if words.absent(row["actual"]) else words.share(row["actual"], threshold),
        parts=_parts(row, full),
        goal_place=_width(threshold, full),
        clock=target_words.clock(row),
        beside=tuple(target_words.beside(row)),
        later=_later(facts.later) if facts.later else None,
        pieces=tuple(_piece(piece) for piece in facts.pieces),
        others=tuple(_other(other, as_of) for other in facts.others),
        figure_state=row["figure_state"],
        signed=_share(row["confirmed_share"]),
        verified=_share(row.get("balance_verified_share")),
    )


def _parts(row: Row, full: Decimal) -> tuple[Part, ...]:
    """Those that are not empty, and the rows in any case."""
    return tuple(
        Part(
            name,
            words.COMPONENTS[name],
            words.percent(value) if targets.is_percent(row) else words.number(value),
            _width(value, full),
        )
        for name, value in targets.components(row).items()
        if value or name == "rows"
    )


def _share(value: Any) -> str | None:
    return None if words.absent(value) else words.share(value, 1)


def _piece(row: Row) -> tuple[str, ...]:
    """What may not be published has no figure; what an earlier program published has no components."""
    title = str(row["code_name"] or row["code"])
    if words.absent(row["actual"]):
        return title, words.UNPUBLISHED, words.ABSENT, words.ABSENT, words.ABSENT
    return title, *(words.number(row.get(name)) for name in ("actual", "counted", "opening_balance", "totals_only"))


def _other(row: Row, as_of: dt.date) -> tuple[str, str, str, str, str]:
    return (
        target_words.period_title(row),
        target_words.reading_title(row),
        _value(row, "actual") if targets.has_begun(row, as_of) else words.ABSENT,
        row["status"],
        target_words.status(row),
    )


def _later(row: Row) -> str:
    return f"{target_words.period_title(row)}{target_words.status(row)}"


def _value(row: Row, column: str) -> str:
    return words.percent(row[column]) if targets.is_percent(row) else words.number(row[column])


def _width(value: Decimal, full: Decimal) -> str:
    return f"{value * 100 / full:.2f}%"
