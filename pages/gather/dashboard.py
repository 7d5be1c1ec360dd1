"""What the dashboard shows of a publication: the rows of its queries, as they are. Words for them are for `render`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from pages.gather import month_state
from pages.gather.dashboard_queries import queries
from pages.gather.month_state import MonthState
from warehouse.published.publication import Publication


@dataclass(frozen=True)
class DashboardFacts:
    """`tables`: name of a query → its rows, each as column → value."""

    publication_id: str
    as_of: dt.date
    is_demo: bool
    tables: Mapping[str, list[dict[str, Any]]]
    month: MonthState | None = None


def dashboard(publication: Publication) -> DashboardFacts:
    as_of = dt.date.fromisoformat(publication.manifest["as_of_date"])
    with publication.connect() as con:
        con.execute("set threads = 2")
        tables = {name: _rows(con, sql) for name, sql in queries(as_of).items()}
        month = month_state.asked(lambda sql: _rows(con, sql), publication)
    is_demo = publication.manifest.get("is_demo", False)
    return DashboardFacts(publication.publication_id, as_of, is_demo, tables, month)


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = con.execute(sql)
    columns = [column[0] for column in result.description or []]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
