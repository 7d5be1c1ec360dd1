"""The eighteen questions of a leader on the default demo, in the published DuckDB file and in PostgreSQL, and how long
dbt takes to build the marts that they ask.

Each question is asked several times over one connection, and its median is told; the first time, which reads the file,
beside it. PostgreSQL is a server of its own on this machine, with its default settings.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from tests.bench.claims import Claim
from tests.bench.house import House
from tests.bench.parts import Options
from tests.warehouse import pg_server
from warehouse.published.postgres.load import load
from warehouse.published.publication import Publication, open_current
from warehouse.store.data_root import Root
from warehouse.vocabulary.project import PROJECT

QUESTIONS = sorted((PROJECT / "docs" / "questions").glob("*.sql"))
AS_OF = "2026-11-20"
TIMES = 5
Ask = Callable[[str], object]


def measure(options: Options) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="skills-bench-") as folder:
        house = House(Root(Path(folder) / "data"))
        house.skills("demo", "--scale", str(options.scale))
        spent = house.skills("run", "--as-of", AS_OF)
        stages = house.stages(spent)
        publication = open_current(house.root)
        rows = publication.manifest["tables"]["fct_participation"]["rows"]
        return {
            "scale": options.scale,
            "participations": rows,
            "dbt": stages["dbt"],
            "questions": timed(publication),
        }


def timed(publication: Publication) -> dict[str, dict[str, dict[str, float]]]:
    """Engine → question → milliseconds: `first`, and the median of the others."""
    with pg_server.server() as running:
        address = pg_server.database(running)
        load(publication, address)
        with publication.connect() as duck, psycopg.connect(address, autocommit=True) as con:
            duck.execute("set threads = 2")
            ways: dict[str, Ask] = {
                "DuckDB": lambda sql: duck.execute(sql).fetchall(),
                "PostgreSQL": lambda sql: con.execute(sql.encode()).fetchall(),
            }
            return {engine: {path.stem: _asked(ask, path) for path in QUESTIONS} for engine, ask in ways.items()}


def _asked(ask: Ask, path: Path) -> dict[str, float]:
    sql, spent = path.read_text("utf-8"), []
    for _ in range(TIMES + 1):
        begun = time.perf_counter()
        ask(sql)
        spent.append((time.perf_counter() - begun) * 1000)
    return {"first": round(spent[0], 1), "median": round(statistics.median(spent[1:]), 1)}


def claims(report: dict[str, Any]) -> list[Claim]:
    if report["scale"] != 1:
        return []
    slowest = {
        engine: max(asked["median"] for asked in questions.values())
        for engine, questions in report["questions"].items()
    }
    return [
        Claim("dbt stage, default demo: s", report["dbt"]["wall"]),
        *(Claim(f"slowest of 18 questions, {engine}: ms", spent) for engine, spent in slowest.items()),
    ]


def show(report: dict[str, Any]) -> None:
    table = Table(
        "question",
        *(f"{engine}, {when} ms" for engine in report["questions"] for when in ("first", "then")),
        title=f"Questions over {report['participations']:,} participations; dbt {report['dbt']['wall']:.1f} s",
        title_justify="left",
    )
    for path in QUESTIONS:
        told = [questions[path.stem] for questions in report["questions"].values()]
        table.add_row(path.stem, *(f"{asked[when]:,.1f}" for asked in told for when in ("first", "median")))
    Console().print(table)
