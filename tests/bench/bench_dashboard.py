"""The dashboard's queries on a published file, each beside one plain DuckDB scan of the same columns and rows.

Also what it costs a run to lay the pages, and how soon a browser has drawn them from the folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from pages.gather import dashboard_queries
from pages.write import dashboard
from tests.browser import drawn, launched, opened
from tests.conftest import BROWSER
from warehouse.published.publication import DATABASE, Publication, open_current
from warehouse.store.data_root import Root

LIMIT_MS, LIMIT_WRITE_SECONDS, LIMIT_OPEN_MS = 100.0, 0.4, 1000
TABLES = re.compile(r"\b(?:rpt|fct)_\w+")


def _milliseconds(con: duckdb.DuckDBPyConnection, sql: str, times: int = 7) -> float:
    """The median; the first time, which reads the file, is left out."""
    spent = []
    for _ in range(times + 1):
        begun = time.perf_counter()
        con.execute(sql).fetchall()
        spent.append((time.perf_counter() - begun) * 1000)
    return round(statistics.median(spent[1:]), 1)


def _scan(con: duckdb.DuckDBPyConnection, sql: str) -> str:
    """A query that reads every value of the columns that `sql` names, of all rows of its table."""
    table = TABLES.findall(sql)[0]
    columns = [row[0] for row in con.execute(f"describe {table}").fetchall()]
    named = [column for column in columns if re.search(rf"\b{column}\b", sql)] or columns
    return f"select {', '.join(f'max(hash({column}))' for column in named)} from {table}"


def compare(publication: Publication) -> dict[str, Any]:
    """Milliseconds of every query and of its scan, seconds to lay the pages, milliseconds to open them."""
    queries = []
    with publication.connect() as con:
        con.execute("set threads = 2")
        for name, sql in dashboard_queries.queries(dt.date.fromisoformat(publication.manifest["as_of_date"])).items():
            rows = con.execute(f"select count(*) from {TABLES.findall(sql)[0]}").fetchall()[0][0]
            queries.append(
                {
                    "query": name,
                    "rows": rows,
                    "ms": _milliseconds(con, sql),
                    "scan_ms": _milliseconds(con, _scan(con, sql)),
                }
            )
    with tempfile.TemporaryDirectory() as folder:
        copy = Publication(Path(folder), publication.manifest)
        (copy.folder / DATABASE).symlink_to(publication.folder / DATABASE)
        begun = time.perf_counter()
        dashboard.write(copy)
        seconds = time.perf_counter() - begun
        site = copy.folder / dashboard.FOLDER
        data = (site / "data.js").stat().st_size
        milliseconds = _drawn(site / "index.html") if BROWSER else None
    return {"queries": queries, "write_seconds": round(seconds, 2), "data_bytes": data, "drawn_ms": milliseconds}


def _drawn(page: Path) -> int:
    """Milliseconds from the start of the page to its last chart, the least disturbed of three."""
    spent = []
    with launched() as browser:
        for _ in range(3):
            with opened(browser, f"{page.as_uri()}#trend") as shown:
                spent.append(int(drawn(shown).evaluate("document.documentElement.dataset.drawn")))
    return min(spent)


def show(report: dict[str, Any]) -> None:
    console = Console()
    table = Table(
        "query", "rows", "ms", "limit", "plain scan ms", title="The dashboard's queries", title_justify="left"
    )
    for query in report["queries"]:
        table.add_row(query["query"], f"{query['rows']:,}", str(query["ms"]), f"{LIMIT_MS:.0f}", str(query["scan_ms"]))
    console.print(table)
    console.print(
        f"pages laid in {report['write_seconds']} s (limit {LIMIT_WRITE_SECONDS}), data.js of "
        f"{report['data_bytes']:,} bytes; drawn after {report['drawn_ms']} ms (limit {LIMIT_OPEN_MS})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path, nargs="?", help="a data root with a publication; default: the project's")
    home = parser.parse_args().root
    show(compare(open_current(Root(home) if home else Root.default())))
