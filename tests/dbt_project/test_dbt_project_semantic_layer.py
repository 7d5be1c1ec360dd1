"""dbt's semantic layer: what is stored is what the metrics file gives, and MetricFlow's figures are the marts'."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from orchestration.pipeline.dbt import DBT
from tests.warehouse import marts_world
from warehouse.published.publication import DATABASE
from warehouse.vocabulary import semantic_layer
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import Metric, Source, metrics
from warehouse.vocabulary.project import PROJECT, REFERENCE

Figures = dict[tuple[Any, ...], float]
METRICS = pytest.mark.parametrize("metric", metrics().metrics, ids=lambda metric: metric.name)


class Renderer:
    """What MetricFlow asks of a database to write SQL for it; running it is the tests'."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the dbt project, parsed as where a deprecation is an error, beside a root with random marts."""
    folder = tmp_path_factory.mktemp("semantic")
    shutil.copytree(PROJECT / "dbt_project", folder / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    publication = marts_world.publication(folder / "marts", 4)
    (folder / "work").mkdir()
    with duckdb.connect(str(folder / "work" / "dev.duckdb")) as con:
        con.execute(f"attach '{publication.folder / DATABASE}' as published (read_only)")
        con.execute("create schema marts")
        for name in marts():
            con.execute(f"create table marts.{name} as from published.{name}")
        for source in metrics().sources.values():
            if source.date_grain == "year":
                _date_by_year(con, source)
        con.execute("update marts.rpt_target_progress set as_of_date = '2026-11-20'")  # one in a publication
        con.execute("update marts.rpt_program_quality set judged_date = '2026-11-20'")
    run(folder / "dbt_project", [DBT, "--quiet", "--warn-error-options", '{"error": ["Deprecations"]}', "parse"])
    return folder / "dbt_project"


def _date_by_year(con: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Rows whose year alone is known bear one of our time, and its last day where they bear a day."""
    year = source.dimensions["year"]
    con.execute(f"update marts.{source.table} set {year} = {year} + 2020")
    if source.date in marts()[source.table].columns:
        con.execute(f"update marts.{source.table} set {source.date} = make_date(cast({year} as integer), 12, 31)")


def run(project: Path, words: list[str | Path]) -> str:
    places = {"DBT_PROJECT_DIR": str(project), "DBT_PROFILES_DIR": str(project), "SKILLS_HOME": str(project.parent)}
    done = subprocess.run(
        words,
        env=os.environ | places | {"SKILLS_REFERENCE": str(REFERENCE)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def engine(project: Path) -> MetricFlowEngine:
    manifest = (project / "target" / "semantic_manifest.json").read_text("utf-8")
    return MetricFlowEngine(SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest)), Renderer())


@pytest.fixture(scope="module")
def con(project: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(project.parent / "work" / "dev.duckdb"), read_only=True) as con:
        con.execute("set search_path = 'dev.marts'")
        yield con


def asked_by(metric: Metric, dimension: str) -> str:
    """How a tool names a dimension of the metrics file."""
    source = metrics().sources[metric.source]
    links = {link.column: link.table for link in marts()[source.table].foreign_keys if link.column == link.field}
    if dimension in ("year", "month"):
        return f"metric_time__{dimension}"
    led_to = links.get(source.dimensions[dimension])
    return semantic_layer.entity(led_to) if led_to else f"{semantic_layer.entity(source.table)}__{dimension}"


def figures(rows: list[tuple[Any, ...]], by: tuple[str, ...]) -> Figures:
    """Key → figure that is not nothing: a part without rows is absent by one way and 0 by the other."""

    def key(name: str, value: Any) -> Any:
        day = value.date() if isinstance(value, dt.datetime) else value
        return day.year if name == "year" and isinstance(day, dt.date) else day

    return {
        tuple(map(key, by, row)): round(float(row[-1]), 6)
        for row in rows
        if row[-1] is not None and Decimal(row[-1]) != 0
    }


def check(metric: Metric, dimensions: tuple[str, ...], engine: MetricFlowEngine, con: duckdb.DuckDBPyConnection) -> int:
    by = tuple(dict.fromkeys((*metric.each, *dimensions)))
    names = [asked_by(metric, dimension) for dimension in by]
    asked = MetricFlowQueryRequest.create(metric_names=[metric.name], group_by_names=names)
    in_order = f"select {', '.join([*names, metric.name])} from ({engine.explain(asked).sql_statement.sql})"
    expected = figures(con.execute(metrics().sql(metric, *dimensions)).fetchall(), by)
    assert figures(con.execute(in_order).fetchall(), by) == expected, names
    return len(expected)


def test_the_stored_file_is_what_the_metrics_give() -> None:
    assert semantic_layer.FILE.read_text("utf-8") == semantic_layer.text(), (
        "call python -m warehouse.vocabulary.semantic_layer"
    )


@METRICS
def test_metricflow_gives_a_metric_as_the_marts_have_it(
    metric: Metric, engine: MetricFlowEngine, con: duckdb.DuckDBPyConnection
) -> None:
    """Whole, and by all of its dimensions at once."""
    told = check(metric, (), engine, con) + check(metric, metrics().dimensions_of(metric), engine, con)
    assert told > 1


@pytest.mark.soak
@METRICS
def test_metricflow_gives_a_metric_by_each_dimension(
    metric: Metric, engine: MetricFlowEngine, con: duckdb.DuckDBPyConnection
) -> None:
    for dimension in metrics().dimensions_of(metric):
        check(metric, (dimension,), engine, con)


def test_names_are_reached_through_entities(engine: MetricFlowEngine, con: duckdb.DuckDBPyConnection) -> None:
    asked = MetricFlowQueryRequest.create(
        metric_names=["counted_participations", "counted_certificates"], group_by_names=["department__short_name"]
    )
    told = con.execute(engine.explain(asked).sql_statement.sql).fetchall()
    expected = con.execute(
        """
        select short_name, count(*) filter (is_participation), count(*) filter (not is_participation)
        from (
            select department_code, true as is_participation from fct_participation where is_counted
            union all
            select department_code, false from fct_certificate where is_counted
        )
        left join dim_department using (department_code)
        group by short_name
        """
    ).fetchall()
    assert {row[0]: (row[1] or 0, row[2] or 0) for row in told if any(row[1:])} == {
        name: tuple(counts) for name, *counts in expected
    }


def test_the_command_answers_and_asks_nobody(project: Path, tmp_path: Path, con: duckdb.DuckDBPyConnection) -> None:
    """`mf` as people call it; a package index would have to be asked through the proxy, which counts."""
    con.close()  # the command opens the database for writing
    out = tmp_path / "rows.csv"
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.setblocking(False)
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        words = ["query", "--metrics", "headline_participations,pass_rate", "--group-by", "department", "--csv", out]
        command: list[str | Path] = ["env", f"HTTPS_PROXY={address}", f"HTTP_PROXY={address}", "NO_PROXY="]
        run(project, [*command, sys.executable, "-m", "tests.metricflow_cli", *words])
        with pytest.raises(BlockingIOError):
            proxy.accept()
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["department"]: row for row in csv.DictReader(file)}
    with duckdb.connect(str(project.parent / "work" / "dev.duckdb"), read_only=True) as opened:
        expected = opened.execute(
            "select department_code, count(*) from marts.fct_participation where counts_to_headline group by all"
        ).fetchall()
    told = {name: int(float(row["headline_participations"])) for name, row in rows.items() if name}
    assert {name: count for name, count in told.items() if count} == {name: count for name, count in expected if name}
