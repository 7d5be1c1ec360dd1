"""What BI tools are served, on the published demo: the metrics agree with the reports, and PostgreSQL with DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import duckdb
import psycopg
import pytest

from tests.e2e.harness import Skills
from tests.warehouse import pg_server
from warehouse.published import publication
from warehouse.published.postgres.access import department_role
from warehouse.published.postgres.local import started
from warehouse.published.publication import Publication
from warehouse.vocabulary.metric import Metric, metrics

Marts = duckdb.DuckDBPyConnection
Rows = list[tuple[Any, ...]]
NOTHING_YET = {
    "employment_rate",
    "trainee_employment_rate",
    "founder_practice_rate",
    "founder_success_rate",
    "founder_stability_rate",
    "founder_known_share",
    "amount_recovered_unwarned",
    "competition_budget_unwarned",
    "competition_participants_unwarned",
}
"""Whom the demo's three months trained nobody has followed up yet; all of its competitions and of the money recovered
is open to doubt."""
CASES = pytest.mark.parametrize("metric", metrics().metrics, ids=lambda metric: metric.name)


@pytest.fixture(scope="module")
def published(skills: Skills) -> Publication:
    return publication.open_current(skills.root)


@pytest.fixture(scope="module")
def marts(published: Publication) -> Iterator[Marts]:
    """Opened once for some thousand questions: to open it takes longer than to answer one."""
    with published.connect() as con:
        yield con


@pytest.fixture(scope="module")
def address(skills: Skills) -> Iterator[str]:
    """A database into which the command line has loaded the demo's publication."""
    with pg_server.server() as running:
        address = pg_server.database(running)
        done = skills("publish", "--to", address)
        assert "schema skills of" in done.stdout and "tables" in done.stdout
        yield address


def rows(marts: Marts, sql: str) -> Rows:
    return marts.execute(sql).fetchall()


def by_key(figures: Rows) -> dict[tuple[Any, ...], Any]:
    """Key → figure, without keys of which nothing is known."""
    return {row[:-1]: pytest.approx(float(row[-1]), abs=1e-6) for row in figures if row[-1] is not None}


def plain(figures: Rows) -> dict[tuple[Any, ...], float]:
    return {row[:-1]: float(row[-1]) for row in figures if row[-1] is not None}


def added_up(figures: Rows, places: int) -> dict[tuple[Any, ...], Decimal]:
    """Sums by the first columns, without what is nothing."""
    sums: dict[tuple[Any, ...], Decimal] = {}
    for row in figures:
        sums[row[:places]] = sums.get(row[:places], Decimal(0)) + Decimal(row[-1] or 0)
    return {key: value for key, value in sums.items() if value}


@CASES
def test_a_metric_has_a_figure_by_every_dimension(metric: Metric, marts: Marts) -> None:
    whole = rows(marts, metrics().sql(metric))
    assert any(row[-1] is not None for row in whole) == (metric.name not in NOTHING_YET)
    for name in metrics().dimensions_of(metric):
        parts = rows(marts, metrics().sql(metric, name))
        assert parts or metric.name in NOTHING_YET, name
        if metric.is_additive:
            assert added_up(parts, len(metric.each)) == added_up(whole, len(metric.each)), name


@pytest.mark.parametrize(
    "metric", [metric for metric in metrics().metrics if metric.report], ids=lambda metric: metric.name
)
def test_a_metric_is_what_the_report_says(metric: Metric, marts: Marts) -> None:
    reported = rows(marts, str(metric.report))
    assert plain(rows(marts, metrics().sql(metric))) == by_key(reported)
    assert by_key(reported)


@CASES
def test_postgresql_gives_the_same_figures(metric: Metric, marts: Marts, address: str) -> None:
    with psycopg.connect(address) as con:
        con.execute("set search_path to skills")
        con.execute("set role skills_bi")
        for by in ((), *((name,) for name in metrics().dimensions_of(metric))):
            sql = metrics().sql(metric, *by)
            assert plain(con.execute(sql).fetchall()) == by_key(rows(marts, sql))


def test_departments_see_their_own_part_of_the_demo(marts: Marts, address: str) -> None:
    counted = dict(rows(marts, "select department_code, count(*) from fct_participation group by all"))
    every = [code for (code,) in rows(marts, "select department_code from dim_department")]
    assert len(counted) > 10
    with psycopg.connect(address) as con:
        for code in every:
            con.execute(f"set role {department_role(code)}")
            counts = con.execute("select department_code, count(*) from skills.fct_participation group by 1").fetchall()
            assert dict(counts) == ({code: counted[code]} if code in counted else {})
            small = con.execute("select count(*) from skills.city_participation_month where participations < 5")
            assert small.fetchall() == [(0,)]


def test_the_local_server_outlives_the_command(after_run: Skills, published: Publication, marts: Marts) -> None:
    done = after_run("publish", "--to", "local", "--publication", published.publication_id)
    address = done.stdout.splitlines()[-1]
    try:
        with psycopg.connect(address) as con:
            loaded = con.execute("select count(*) from skills.fct_participation").fetchall()
        assert loaded == rows(marts, "select count(*) from fct_participation")
        assert done.stderr == ""
    finally:
        with started(after_run.root.postgres, stops=True):
            pass  # leaving it stops it


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--to", "postgresql://nobody@127.0.0.1:1/none"), 2, "cannot be reached"),
        (("--to", "127.0.0.1"), 2, "takes local or an address"),
        (("--to", "local", "--publication", "2000-01-01-abc"), 2, "There is no publication 2000-01-01-abc"),
        ((), 2, "--to"),
    ],
)
def test_what_cannot_be_published_is_one_sentence(
    words: tuple[str, ...], code: int, sentence: str, skills: Skills, complaint: Callable[..., str]
) -> None:
    assert sentence in complaint(skills, "publish", *words, code=code)


def test_the_metrics_are_listed(skills: Skills) -> None:
    shown = skills("metrics").stdout
    for metric in metrics().metrics:
        assert metric.name in shown
    for source in metrics().sources.values():
        assert source.table in shown
