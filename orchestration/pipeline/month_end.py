"""What is open of a month that the bureau is about to close, and its figures, from the current publication.

Reads and decides nothing: who may close is `sign_off`, what a closing is lies in `warehouse.store.records`. Ends at
facts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb

from warehouse.published.publication import Publication
from warehouse.vocabulary import period
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.period import Period

Kind = Literal["missing", "awaiting", "held_back", "excepted", "unsigned", "balance"]
KINDS: dict[Kind, str] = {
    "missing": "未报",
    "awaiting": "待本单位确认",
    "held_back": "暂缓入库",
    "excepted": "经批准的例外",
    "unsigned": "未审签",
    "balance": "仍按基数计的目标",
}
"""What may be open of a month, in the order in which it is shown."""
_GRID = """
select unit_code, dataset, period, due_date, submission_id, is_confirmed,
    coalesce(latest_submission_id, submission_id) as latest, latest_standing, standing, held_back_row_count
from rpt_submission_grid
order by unit_code, dataset, period
"""
_EXCEPTED = """
select unit_code, dataset, period, excepted_finding_count
from fct_submission
where standing = 'standing' and excepted_finding_count > 0
order by unit_code, dataset, period
"""
_BALANCES = """
select target_id, period, opening_balance, actual
from rpt_target_progress
where reading = 'main' and opening_balance > 0 and $month between period_start_date and period_end_date
order by target_id, period
"""
_FIGURES = "select target_id, reading, period, actual from rpt_target_month where month_date = $month"
_DEPARTMENT_MART = "rpt_target_department_month"
_DEPARTMENT_FIGURES = f"""
select target_id, reading, period, department_code, actual from {_DEPARTMENT_MART} where month_date = $month
order by all
"""
_TASKS = """
select target_id, period, task_split, task_unit_code, task_version, task_document, task_quantity as amount
from rpt_task_progress
where date_trunc('month', cut_off_date) = $month and task_quantity is not null
order by all
"""


@dataclass(frozen=True)
class OpenItem:
    """One thing that is open, in words: which report, or which target."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class MonthEnd:
    """A month as the current publication shows it. `figures`, `department_figures`, `tasks`: as in
    `records.MonthClosing`."""

    month: Period
    publication_id: str
    open_items: tuple[OpenItem, ...]
    figures: Mapping[str, str | None]
    department_figures: Mapping[str, str | None]
    tasks: Sequence[dict[str, Any]]

    @property
    def counts(self) -> dict[str, int]:
        """Kind → how many are open, of every kind."""
        counted = Counter(item.kind for item in self.open_items)
        return {kind: counted[kind] for kind in KINDS}


def month_end(current: Publication, text: str) -> MonthEnd:
    """`OperatorError` for what is no month, for one that is not due yet or lies in the opening balance."""
    month = period.parse(text)
    if month is None or month.months != 1:
        raise OperatorError(f"{text} is not a month: write it like 2026-01.")
    with current.connect() as con:
        grid = con.execute(_GRID).fetchall()
        due = [row[3] for row in grid if row[2] == str(month)]
        if not due:
            raise OperatorError(
                f"Nothing is reported for {month} in {current.publication_id}: a month closes when all that is owed "
                "for it is due; what lies in the opening balance closes with none."
            )
        if max(due).isoformat() >= current.manifest["as_of_date"]:
            raise OperatorError(
                f"{month} is due until {max(due)}, and {current.publication_id} is of "
                f"{current.manifest['as_of_date']}: nothing of it is late yet."
            )
        return MonthEnd(
            month,
            current.publication_id,
            (*_open_reports(grid, month), *_excepted(con, month), *_balances(con, month)),
            _figures(con, _FIGURES, month),
            # A publication of an earlier program does not tell departments apart by month.
            _figures(con, _DEPARTMENT_FIGURES, month) if _DEPARTMENT_MART in current.manifest["tables"] else {},
            _tasks(con, month),
        )


def _is_of(month: Period, text: str) -> bool:
    """Whether a period ends in the month: a quarter's report closes with its last month."""
    parsed = period.parse(text)
    return parsed is not None and month.start <= parsed.end <= month.end


def _open_reports(grid: Iterable[Sequence[object]], month: Period) -> list[OpenItem]:
    items = []
    for unit, dataset, of_period, due, submission, is_confirmed, latest, latest_standing, standing, held in grid:
        if not _is_of(month, str(of_period)):
            continue
        name = f"{unit} {dataset} {of_period}"
        if submission is None:
            items.append(OpenItem("missing", f"{name}, due {due}"))
        if latest_standing == "awaiting_confirmation":
            items.append(OpenItem("awaiting", f"{name}: {latest}"))
        if "held_back" in (standing, latest_standing) or held:
            items.append(OpenItem("held_back", f"{name}: {latest}"))
        if submission is not None and not is_confirmed:
            items.append(OpenItem("unsigned", f"{name}: {submission}"))
    return sorted(items, key=lambda item: list(KINDS).index(item.kind))


def _excepted(con: duckdb.DuckDBPyConnection, month: Period) -> list[OpenItem]:
    return [
        OpenItem("excepted", f"{unit} {dataset} {of_period}: {count} findings")
        for unit, dataset, of_period, count in con.execute(_EXCEPTED).fetchall()
        if _is_of(month, of_period)
    ]


def _balances(con: duckdb.DuckDBPyConnection, month: Period) -> list[OpenItem]:
    rows = con.execute(_BALANCES, {"month": month.start}).fetchall()
    return [
        OpenItem("balance", f"{target} {of_period}: {balance:,.0f} of {actual:,.0f}")
        for target, of_period, balance, actual in rows
    ]


def _figures(con: duckdb.DuckDBPyConnection, query: str, month: Period) -> dict[str, str | None]:
    """What stands before the last column names the figure."""
    rows = con.execute(query, {"month": month.start}).fetchall()
    return {"|".join(name): amount_text(actual) for *name, actual in rows}


def _tasks(con: duckdb.DuckDBPyConnection, month: Period) -> list[dict[str, Any]]:
    result = con.execute(_TASKS, {"month": month.start})
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def amount_text(amount: Decimal | None) -> str | None:
    """A figure as records keep it."""
    return None if amount is None else str(amount)
