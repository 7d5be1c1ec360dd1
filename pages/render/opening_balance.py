"""The lines of the opening balance as pages show them: what was declared, what rows cover, what remains, its state.

Ends at texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from pages import target_words, words
from pages.gather.opening_balance import Signing, TargetSum, UnitBalances, verified
from pages.target_words import Row
from warehouse.vocabulary import reference, target_rule


@dataclass(frozen=True)
class BalanceLine:
    """One number that was declared; `excess` empty where rows do not exceed it. `document`: by which it was
    recognised."""

    unit_code: str
    title: str
    unit: str
    declared: str
    covered: str
    remaining: str
    written_off: str
    excess: str
    state: str
    share: str
    document: str


@dataclass(frozen=True)
class SumLine:
    """One target over all units."""

    title: str
    unit: str
    units: str
    declared: str
    covered: str
    remaining: str
    written_off: str
    excess: str
    share: str


@dataclass(frozen=True)
class UnitSheet:
    """The lines of one unit; `exceeded`: how many of them its rows exceed; `open_count`: of how many something is
    neither verified nor recognised."""

    unit_code: str
    exceeded: int
    open_count: int
    lines: tuple[BalanceLine, ...]


def lines(rows: Iterable[Row]) -> list[BalanceLine]:
    return [_line(row) for row in rows]


def sum_lines(sums: Iterable[TargetSum]) -> list[SumLine]:
    return [_sum_line(total) for total in sums]


def sheets(units: Iterable[UnitBalances]) -> list[UnitSheet]:
    return [
        UnitSheet(
            unit.unit_code,
            unit.exceeded,
            sum(row["state"] in ("unverified", "partly_verified") for row in unit.rows),
            tuple(lines(unit.rows)),
        )
        for unit in units
    ]


def signing_texts(signings: Iterable[Signing], has_districts: bool) -> str:
    """The datasets by name; where a page is of several units, each unit with its own."""
    texts = []
    for unit, of_unit in groupby(signings, key=lambda signing: signing.unit_code):
        named = "、".join(words.dataset(signing.dataset) for signing in of_unit)
        texts.append(f"{words.district(unit)}（{named}）" if has_districts else named)
    return "；".join(texts)


def _line(row: Row) -> BalanceLine:
    return BalanceLine(
        unit_code=row["unit_code"],
        title=_title(row),
        unit=target_rule.unit(row["target_id"]),
        declared=_number(row["declared"]),
        covered=_number(row["covered"]),
        remaining=_number(row["remaining"]),
        written_off=_number(row["written_off"]),
        excess=_excess(row["excess"], bool(row["is_exceeded"])),
        state=row["state"],
        share=_share(verified(row), row["declared"]),
        document=row["document"] or "",
    )


def _sum_line(total: TargetSum) -> SumLine:
    return SumLine(
        title=f"{_target(total.first)}（{target_words.period_title(total.first)}）",
        unit=target_rule.unit(total.first["target_id"]),
        units=words.number(total.units),
        declared=_number(total.declared),
        covered=_number(total.covered),
        remaining=_number(total.remaining),
        written_off=_number(total.written_off),
        excess=_excess(total.excess, total.exceeded > 0),
        share=_share(total.verified, total.declared),
    )


def _title(row: Row) -> str:
    """Target and period, with the reading where it is not the main one, and the part where there are parts."""
    part = f"：{row['part_name']}" if row["part_name"] else ""
    return f"{_target(row)}（{target_words.period_and_reading(row)}）{part}"


def _target(row: Row) -> str:
    return f"{row['target_id']} {reference.codes('target')[row['target_id']]}"


def _number(value: Decimal | int | None) -> str:
    return words.UNPUBLISHED if value is None else words.number(value)


def _excess(value: Decimal | None, is_exceeded: bool) -> str:
    if value is None:
        return words.UNPUBLISHED
    return words.number(value) if is_exceeded else ""


def _share(part: Decimal | None, whole: Decimal | None) -> str:
    return words.UNPUBLISHED if part is None or whole is None else words.share(part, whole)
