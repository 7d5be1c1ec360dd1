"""How the opening balance of January to October 2025 stands against rows: by unit, and by target for the bureau.

Reads rows of `rpt_opening_balance`, in which small numbers of sensitive groups, and what would tell them by
subtraction, are null already, and which back-files were signed as complete. Ends at rows and sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pages.gather.sources import Sources
from pages.target_words import Row
from warehouse.store import records
from warehouse.vocabulary import reference, target_rule

MART = "rpt_opening_balance"
_MAIN = "main"
_RECOGNISED = "recognised"


@dataclass(frozen=True)
class Signing:
    """A dataset of a unit whose back-files may be, or are, signed as complete (回补完成)."""

    unit_code: str
    dataset: str


@dataclass(frozen=True)
class Balances:
    """`rows`: of a department and its units, or of one unit, in the plan's order; `to_sign`: what is still open;
    `signed`: what was signed and not opened again."""

    rows: Sequence[Row] = ()
    to_sign: Sequence[Signing] = ()
    signed: Sequence[Signing] = ()

    @property
    def exceeded(self) -> int:
        """How many numbers rows exceed, each once whatever the reading."""
        return exceeded(self.rows)

    def of_unit(self, unit: str) -> Balances:
        return Balances(
            [row for row in self.rows if row["unit_code"] == unit],
            [signing for signing in self.to_sign if signing.unit_code == unit],
            [signing for signing in self.signed if signing.unit_code == unit],
        )


@dataclass(frozen=True)
class TargetSum:
    """One target and period over all units, by the main reading; a number is null where one of its parts is."""

    first: Row
    units: int
    exceeded: int
    declared: Decimal | None
    covered: Decimal | None
    remaining: Decimal | None
    written_off: Decimal | None
    excess: Decimal | None
    verified: Decimal | None


@dataclass(frozen=True)
class UnitBalances:
    """The rows of one unit by the main reading, in the plan's order."""

    unit_code: str
    rows: Sequence[Row]

    @property
    def exceeded(self) -> int:
        return exceeded(self.rows)


def stands(sources: Sources) -> bool:
    """Not in a publication from before balances were reconciled."""
    return sources.current is not None and MART in sources.current.manifest["tables"]


def balance_rows(sources: Sources) -> Sequence[Row]:
    """All rows of the current publication."""
    return _ordered(sources.rows(f"from published.{MART}")) if stands(sources) else ()


def balances(sources: Sources, code: str, grid: Iterable[Row]) -> Balances:
    """Of a department and all its units. `grid`: what they owe, which says the datasets that each of them reports."""
    if not stands(sources):
        return Balances()
    rows = _ordered(sources.rows(f"from published.{MART} where department_code = $code", code=code))
    signed = signings(sources, code)
    return Balances(rows, to_sign(rows, grid, signed), signed)


def signings(sources: Sources, code: str) -> list[Signing]:
    """What the units of a department signed as complete."""
    complete = records.back_files_complete(records.read(sources.root, records.BackFilesSigned))
    return [Signing(unit, dataset) for unit, dataset in sorted(complete) if unit.partition(".")[0] == code]


def to_sign(rows: Iterable[Row], grid: Iterable[Row], signed: Iterable[Signing]) -> list[Signing]:
    """The datasets of each unit that hold rows of a target of which something remains and was not recognised."""
    open_targets = {
        (row["unit_code"], row["target_id"])
        for row in rows
        if row["state"] != _RECOGNISED and (row["remaining"] is None or row["remaining"] > 0)
    }
    datasets = sorted({(row["unit_code"], row["dataset"]) for row in grid})
    done = set(signed)
    return [
        Signing(unit, dataset)
        for unit, dataset in datasets
        if Signing(unit, dataset) not in done
        and any(
            other == unit and target_rule.is_counted_from(target, dataset) for other, target in sorted(open_targets)
        )
    ]


def exceeded(rows: Iterable[Row]) -> int:
    """Rows that exceed what was declared; of a hidden number that is not told."""
    return sum(bool(row["is_exceeded"]) and row["reading"] == _MAIN for row in rows)


def by_target(rows: Iterable[Row]) -> list[TargetSum]:
    """In the plan's order."""
    gathered: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["reading"] == _MAIN:
            gathered.setdefault((row["target_id"], row["period"]), []).append(row)
    return [_sum(of_target) for of_target in gathered.values()]


def by_unit(rows: Iterable[Row]) -> list[UnitBalances]:
    """Units whose rows exceed what they declared first, then by code."""
    gathered: dict[str, list[Row]] = {}
    for row in rows:
        if row["reading"] == _MAIN:
            gathered.setdefault(row["unit_code"], []).append(row)
    listed = [UnitBalances(unit, of_unit) for unit, of_unit in gathered.items()]
    return sorted(listed, key=lambda unit: (unit.exceeded == 0, unit.unit_code))


def verified(row: Row) -> Decimal | None:
    """What rows cover, what was written off and what was recognised; null where a number of the row is hidden."""
    if row["declared"] is None or row["remaining"] is None:
        return None
    left = Decimal(0) if row["state"] == _RECOGNISED else row["remaining"]
    return Decimal(row["declared"] - left)


def _sum(rows: Sequence[Row]) -> TargetSum:
    return TargetSum(
        first=rows[0],
        units=len({row["unit_code"] for row in rows}),
        exceeded=exceeded(rows),
        declared=_total(row["declared"] for row in rows),
        covered=_total(row["covered"] for row in rows),
        remaining=_total(row["remaining"] for row in rows),
        written_off=_total(row["written_off"] for row in rows),
        excess=_total(row["excess"] for row in rows),
        verified=_total(verified(row) for row in rows),
    )


def _total(values: Iterable[Decimal | int | None]) -> Decimal | None:
    listed = list(values)
    shown = [Decimal(value) for value in listed if value is not None]
    return sum(shown, Decimal(0)) if len(shown) == len(listed) else None


def _ordered(rows: Iterable[Mapping[str, object]]) -> list[Row]:
    order = {target: place for place, target in enumerate(reference.codes("target"))}
    return sorted(
        rows,
        key=lambda row: (
            order[str(row["target_id"])],
            str(row["unit_code"]),
            row["reading"] != _MAIN,
            str(row["reading"]),
            str(row["period"]),
            str(row["part_code"]),
        ),
    )
