"""Sums that values under an open warning change: shown from the difference on that the policy names, year by year."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from pages.gather.sources import Sources
from pages.gather.warned_sums import WarnedSum, warned_sums
from warehouse.store.data_root import Root
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import metrics

AS_OF = dt.date(2026, 11, 20)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    """A publication whose tables are empty."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as published")
    for table in {source.table for source in metrics().sources.values()}:
        columns = ", ".join(f"{name} {kind}" for name, kind in marts()[table].columns.items())
        connection.execute(f"create table published.{table} ({columns})")
    return Sources(Root(tmp_path), AS_OF, (), (), str, connection, None)


def budget(sources: Sources, fen: int, is_warned: bool) -> None:
    sources.connection.execute(
        "insert into published.fct_competition (budget_fen, is_counted, has_open_warning) values ($1, true, $2)",
        [fen, is_warned],
    )


def test_nothing_is_shown_where_nothing_is_open(sources: Sources) -> None:
    budget(sources, 100_00, False)
    assert warned_sums(sources) == []


def test_a_hundredth_is_shown_and_less_is_not(sources: Sources) -> None:
    budget(sources, 99_00, False)
    budget(sources, 99, True)
    assert warned_sums(sources) == []
    budget(sources, 1, True)
    assert warned_sums(sources) == [WarnedSum("competition_budget", "竞赛办赛经费", "元", None, 100.0, 99.0)]


def test_a_figure_of_a_year_is_told_by_year_and_may_rest_on_nothing_else(sources: Sources) -> None:
    sources.connection.execute("""
        insert into published.fct_wage_guidance (report_year, p50_fen, has_open_warning)
        values (2025, 600_00, true), (2026, 600_00, true), (2026, 90_000_00, false), (2027, 90_000_00, false)
    """)
    assert [(told.group, told.total, told.unwarned) for told in warned_sums(sources)] == [
        ("2025", 600.0, None),
        ("2026", 45_300.0, 90_000.0),
    ]


def test_every_sum_of_sent_values_has_a_twin_without_those_open_to_doubt() -> None:
    names = {metric.name for metric in metrics().metrics}
    sums = [
        metric
        for metric in metrics().metrics
        if "sum(" in metric.formula
        and "persons_of_year" not in metric.formula
        and metric.kind != "target"  # counts of events, and no values that anybody sent
        and "has_open_warning" in marts()[metrics().sources[metric.source].table].columns
        and not metric.name.endswith("_unwarned")
    ]
    assert len(sums) > 8
    assert [metric.name for metric in sums if f"{metric.name}_unwarned" not in names] == []
