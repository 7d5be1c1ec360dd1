"""What the dashboard shows of a publication: the rows of its queries, as they are. Words for them are for `render`."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather import month_state, warned_sums
from pages.gather.dashboard_queries import queries
from pages.gather.month_state import MonthState
from pages.gather.sources import rows
from pages.gather.warned_sums import WarnedSum
from warehouse.published.publication import Publication


@dataclass(frozen=True)
class DashboardFacts:
    """`tables`: name of a query → its rows, each as column → value."""

    publication_id: str
    as_of: dt.date
    is_demo: bool
    tables: Mapping[str, list[dict[str, Any]]]
    month: MonthState | None = None
    warned_sums: Sequence[WarnedSum] = ()


def dashboard(publication: Publication) -> DashboardFacts:
    as_of = dt.date.fromisoformat(publication.manifest["as_of_date"])
    with publication.connect() as con:
        con.execute("set threads = 2")
        tables = {name: rows(con, sql) for name, sql in queries(as_of).items()}
        ask = functools.partial(rows, con)
        month, doubted = month_state.asked(ask, publication), warned_sums.asked(ask, as_of)
    is_demo = publication.manifest.get("is_demo", False)
    return DashboardFacts(publication.publication_id, as_of, is_demo, tables, month, doubted)
