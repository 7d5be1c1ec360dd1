"""What the product promises on two cores, beside what was measured.

The only place of these limits: tests never assert them, a benchmark prints them. Ends at a table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Limit:
    """`before`: as measured before cost followed the change. Without `rises`, less is better."""

    before: str
    must: float
    aim: float
    rises: bool = False

    def holds(self, measured: float, limit: float) -> bool:
        return measured >= limit if self.rises else measured <= limit


@dataclass(frozen=True)
class Claim:
    """A row of `LIMITS` and what was measured for it."""

    what: str
    measured: float


LIMITS = {
    "one correction of 5,000 rows, one year: CPU s": Limit("51", 13, 8),
    "three years / one year": Limit("about 3", 1.3, 1.1),
    "until the decision and its report stand, resident: s": Limit("45", 3, 1.5),
    "until published: s": Limit("30–45", 12, 8),
    "run from empty, default demo: s": Limit("77", 55, 40),
    "skills check, 5,000-row workbook, cold: s": Limit("1.7–2.5", 1.2, 0.8),
    "skills check, 5,000-row workbook, resident: s": Limit("–", 0.5, 0.3),
    "skills check, 400,000-row CSV: peak MB": Limit("3,200", 1000, 600),
    "whole suite of a dataset, rows per CPU second": Limit("44,000", 100_000, 200_000, rises=True),
    "shared 23 checks / DuckDB's floor, CPU": Limit("2.2", 1.5, 1.1),
    "shared 23 checks / pandera on polars, CPU": Limit("2.2", 1.2, 1.0),
    "three years from empty: s": Limit("not run", 150, 100),
    "three years from empty: peak MB": Limit("not run", 2000, 2000),
    "30 million participations, check + build + publish: min": Limit("about 60", 30, 15),
    "30 million participations: peak MB": Limit("did not fit", 8000, 8000),
    "ten thousand files of ten rows: CPU s": Limit("about 400", 150, 80),
    "until decided: all feeds over channels / from the folder": Limit("–", 1.5, 1.1),
    "dbt stage, default demo: s": Limit("–", 15, 12),
    "slowest of 18 questions, DuckDB: ms": Limit("–", 200, 100),
    "slowest of 18 questions, PostgreSQL: ms": Limit("–", 200, 100),
    "a channel lists ten thousand files: s": Limit("–", 5, 2),
}


def show(claims: Iterable[Claim]) -> None:
    """One row for each limit that was measured, in the order of the limits."""
    measured = {claim.what: claim.measured for claim in claims}
    unknown = measured.keys() - LIMITS.keys()
    if unknown:
        raise ValueError(f"no limit is known for {sorted(unknown)}")
    table = Table("what", "before", "measured", "must", "aim", "holds", title="What must hold", title_justify="left")
    for what, limit in LIMITS.items():
        if what in measured:
            table.add_row(
                what,
                limit.before,
                _figure(measured[what]),
                _figure(limit.must),
                _figure(limit.aim),
                _word(limit, measured[what]),
            )
    if measured:
        Console().print(table)


def _word(limit: Limit, measured: float) -> str:
    if limit.holds(measured, limit.aim):
        return "yes, and the aim"
    return "yes" if limit.holds(measured, limit.must) else "NO"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
