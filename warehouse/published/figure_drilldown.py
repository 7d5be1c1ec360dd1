"""Opens a figure of `rpt_target_progress`: its components, departments, submissions and rows, as published.

Ends at rows; which file a submission came in is `orchestration.pipeline.figure_sources`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from warehouse.published.publication import Publication
from warehouse.vocabulary.errors import OperatorError

TABLE = "fct_target_contribution"
WITHHELD = "withheld"
COMPONENTS = ("counted", "measured", "opening_balance", "totals_only")


@dataclass(frozen=True)
class Part:
    """What one component, department or submission adds. Rows that stand without their place have no department, and
    `WITHHELD` for a submission."""

    name: str | None
    rows: int
    amount: Decimal
    base_amount: Decimal | None
    department: str | None = None


@dataclass(frozen=True)
class Row:
    """A row that the figure is made of, at its place in a submission."""

    component: str
    department_code: str | None
    unit_code: str | None
    submission_id: str
    row_index: int
    row_number: int | None
    fact: str
    event_date: dt.date | None
    amount: Decimal
    base_amount: Decimal | None


@dataclass(frozen=True)
class Figure:
    """A figure, and what it or one department's share of it is made of. `total` is worked out from the rows."""

    target_id: str
    title: str
    reading: str
    period: str
    unit: str
    actual: Decimal | None
    comparator: str
    threshold: Decimal
    status: str | None
    department: str | None
    total: Decimal | None
    components: list[Part]
    departments: list[Part]
    submissions: list[Part]
    query: str


_FIGURE = """
select p.target_id, t.title, p.reading, p.period, p.unit, p.actual, p.comparator, p.threshold, p.status
from rpt_target_progress as p inner join dim_target as t using (target_id)
where target_id = $target order by p.reading <> 'main', p.reading, p.period
"""
# As the warehouse works a ratio out: exact, cut after four places.
_VALUE = """case when count(base_amount) = 0 then sum(amount) else cast(cast(
    cast(sum(amount) * 10000 as hugeint) * 1000000 // nullif(cast(sum(base_amount) * 10000 as hugeint), 0)
as double) / 10000 as decimal(18, 4)) end"""
_PARTS = "select {name}, count(*), sum(amount), sum(base_amount){more} from ({query}) group by all order by {order}"


def explain(publication: Publication, target: str, reading: str, period: str, department: str | None = None) -> Figure:
    """Opens one figure, or what one department adds to it."""
    with connect(publication) as con:
        named = con.execute(_FIGURE, {"target": target}).fetchall()
        if not named:
            targets = [
                name for (name,) in con.execute("select target_id from dim_target order by target_order").fetchall()
            ]
            raise OperatorError(f"There is no target {target}: choose one of {', '.join(targets)}.")
        chosen = [row for row in named if row[2:4] == (reading, period)]
        if not chosen:
            choices = ", ".join(f"--reading {row[2]} --period {row[3]}" for row in named)
            raise OperatorError(f"{target} has no figure for reading {reading} and period {period}: {choices}.")
        query = rows_query(target, reading, period, department)

        def parts(name: str, more: str = "", order: str = "1 nulls last") -> list[Part]:
            sql = _PARTS.format(name=name, more=more, query=query, order=order)
            return [Part(*part) for part in con.execute(sql).fetchall()]

        total = con.execute(f"select {_VALUE} from ({query})").fetchall()[0][0]
        target_id, title, _, _, unit, actual, comparator, threshold, status = chosen[0]
        return Figure(
            target_id,
            title,
            reading,
            period,
            unit,
            actual,
            comparator,
            threshold,
            status,
            department,
            total,
            query=query,
            components=sorted(parts("component"), key=lambda part: COMPONENTS.index(str(part.name))),
            departments=parts("department_code", order="sum(amount) desc, 1 nulls last"),
            submissions=parts("submission_id", ", department_code", "sum(amount) desc, 1 nulls last"),
        )


def rows(publication: Publication, figure: Figure) -> list[Row]:
    """Every row that the figure is made of, as `figure.query` gives them to any reader of the publication."""
    with connect(publication) as con:
        return [Row(*row) for row in con.execute(figure.query).fetchall()]


def rows_query(target: str, reading: str, period: str, department: str | None) -> str:
    """The one query from a figure to its rows. The amounts add up to the figure; a ratio is their sum over the sum of
    the bases."""
    conditions = {"target_id": target, "reading": reading, "period": period, "department_code": department}
    where = " and ".join(f"{name} = {_literal(value)}" for name, value in conditions.items() if value is not None)
    return (
        f"select {', '.join(Row.__dataclass_fields__)}\nfrom {TABLE}\nwhere {where}\n"
        "order by component, department_code, submission_id, row_index"
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def connect(publication: Publication) -> duckdb.DuckDBPyConnection:
    """A reader of a publication whose figures can be opened."""
    check_opens([publication])
    return publication.connect()


def check_opens(publications: Sequence[Publication]) -> None:
    for publication in publications:
        tables: dict[str, Any] = publication.manifest["tables"]
        if TABLE not in tables:
            raise OperatorError(f"{publication.publication_id} was published before figures could be opened.")
