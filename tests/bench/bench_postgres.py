"""Loading a publication of two million participations into PostgreSQL, beside one plain scan of them by DuckDB and
beside what a naive program does: row by row through `executemany`, for a sample of the rows.

The server is one of its own on this machine, with its default settings.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from rich.console import Console
from rich.table import Table

from tests.bench.claims import Claim
from tests.bench.parts import Options
from tests.warehouse import marts_world, pg_server
from warehouse.published.postgres import table
from warehouse.published.postgres.load import load
from warehouse.published.publication import Publication

FACT = "fct_participation"
LIMIT_SECONDS = 60.0
SAMPLE = 20_000
PARTICIPATIONS = 2_000_000


def scan(publication: Publication) -> float:
    """Seconds of one query that looks at every value of the fact."""
    with publication.connect() as con:
        columns = [name for (name,) in con.execute(f"select column_name from (describe {FACT})").fetchall()]
        begun = time.perf_counter()
        con.execute(f"select {', '.join(f'max({column})' for column in columns)} from {FACT}").fetchall()
        return time.perf_counter() - begun


def naive(publication: Publication, address: str, sample: int) -> float:
    """Seconds of a sample of the fact's rows by `executemany`, without keys and indexes."""
    with publication.connect() as source, psycopg.connect(address) as con:
        begun = time.perf_counter()
        fact = next(
            mart_table for mart_table in table.published_tables(publication, source) if mart_table.mart.name == FACT
        )
        con.execute(table.definition(fact))
        rows = source.execute(f"select * from {FACT} limit {sample}").fetchall()
        values = SQL(", ").join(SQL("%s") for _ in fact.columns)
        with con.cursor() as cursor:
            cursor.executemany(SQL("insert into {} values ({})").format(Identifier(FACT), values), rows)
        con.commit()
        return time.perf_counter() - begun


def measure(options: Options) -> dict[str, float]:
    """Seconds of each way; the whole load has keys, indexes, comments, policies and statistics in it. `options.size`:
    participations."""
    count, sample = options.size or PARTICIPATIONS, SAMPLE
    rows = {FACT: count, "dim_person": count // 3, "dim_class": count // 40}
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder, pg_server.server() as running:
        publication = marts_world.publication(Path(folder) / "p", 7, rows)
        scanned = scan(publication)
        loaded = load(publication, pg_server.database(running))
        again = naive(publication, pg_server.database(running), min(sample, count))
    return {
        "rows": count,
        "all_rows": loaded.rows,
        "scan_seconds": round(scanned, 2),
        "load_seconds": round(loaded.seconds, 1),
        "naive_rows": min(sample, count),
        "naive_seconds": round(again, 2),
        "naive_seconds_for_all": round(again * count / min(sample, count), 1),
    }


def show(report: dict[str, float]) -> None:
    timings = Table(
        "way", "rows", "seconds", "limit", title="Loading a publication into PostgreSQL", title_justify="left"
    )
    timings.add_row(
        f"all marts by COPY, {FACT} among them",
        f"{report['rows']:,}",
        str(report["load_seconds"]),
        f"{LIMIT_SECONDS:.0f}",
    )
    timings.add_row("one plain scan by DuckDB", f"{report['rows']:,}", str(report["scan_seconds"]), "")
    timings.add_row("executemany, no keys nor indexes", f"{report['naive_rows']:,}", str(report["naive_seconds"]), "")
    timings.add_row(
        "  the same for all rows, by proportion", f"{report['rows']:,}", str(report["naive_seconds_for_all"]), ""
    )
    Console().print(timings)


def claims(report: dict[str, float]) -> list[Claim]:
    """No limit is told of it but its own, beside the figure."""
    return []
