"""The city's totals without small groups: nothing small is shown, and nothing hidden can be subtracted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse import marts_world
from warehouse.published.postgres import city
from warehouse.published.postgres.city import TOTALS, Totals
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import PROTECTED, unit_kind

Row = dict[str, Any]
SMALLEST = 5
CASES = pytest.mark.parametrize("totals", TOTALS, ids=lambda totals: totals.table)


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.fixture(scope="module", params=range(3))
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    publication = marts_world.publication(tmp_path_factory.mktemp("city") / "p", request.param)
    with publication.connect() as con:
        yield con


def key(totals: Totals, row: Row) -> tuple[Any, ...]:
    return tuple(row[column] for column in marts()[totals.table].primary_key)


def shown_and_true(con: duckdb.DuckDBPyConnection, totals: Totals) -> list[tuple[Row, Row]]:
    true = {key(totals, row): row for row in rows(con, f"select * from {totals.table} where {totals.only}")}
    shown = rows(con, city.query(totals, SMALLEST))
    assert len(shown) == len(true)
    return [(row, true[key(totals, row)]) for row in shown]


def counts_people(con: duckdb.DuckDBPyConnection, row: Row) -> bool:
    units = dict(con.execute("select target_id, unit from dim_target").fetchall())
    return "target_id" not in row or unit_kind(units[row["target_id"]]) in PROTECTED


def is_small(value: Any) -> bool:
    return value is not None and 0 < value < SMALLEST


@CASES
def test_no_small_group_of_people_is_shown(totals: Totals, world: duckdb.DuckDBPyConnection) -> None:
    pairs = shown_and_true(world, totals)
    assert any(row["is_suppressed"] for row, _ in pairs)
    for row, true in pairs:
        if counts_people(world, row):
            assert not any(is_small(row[column]) for column in totals.counts), true
        else:
            assert not row["is_suppressed"]
        for column in row.keys() - {"is_suppressed"}:
            hidden = row["is_suppressed"] and column in (*totals.counts, *totals.hidden)
            assert row[column] == (None if hidden else true[column])


@CASES
def test_a_hidden_part_is_never_the_only_one_of_its_whole(totals: Totals, world: duckdb.DuckDBPyConnection) -> None:
    pairs = shown_and_true(world, totals)
    for whole, column in itertools.product(totals.wholes, totals.counts):
        groups: dict[tuple[Any, ...], list[tuple[Row, Row]]] = {}
        for row, true in pairs:
            groups.setdefault(tuple(row[name] for name in whole), []).append((row, true))
        for group in groups.values():
            hidden = [true[column] for row, true in group if row["is_suppressed"] and true[column]]
            shown = [row[column] for row, _ in group if not row["is_suppressed"] and row[column]]
            assert len(hidden) != 1 or not is_small(hidden[0]) or not shown


def months(con: duckdb.DuckDBPyConnection, values: list[list[int | None]]) -> list[Row]:
    totals = next(totals for totals in TOTALS if totals.table == "rpt_participation_month")
    con.execute(
        "create or replace table rpt_participation_month (month_date date, funding_group varchar, "
        "participations bigint, counted bigint, headline bigint, persons bigint)"
    )
    for number, (group, headline, size) in enumerate(itertools.product("ab", (0, 1), range(len(values)))):
        value = values[size][(number + headline) % len(values[size])]
        con.execute(
            "insert into rpt_participation_month values (date '2025-11-01' + ? * interval 1 month, ?, ?, ?, ?, ?)",
            [size + 100 * headline, group, value, value, (value or 0) * headline, value],
        )
    return rows(con, city.query(totals, SMALLEST))


@settings(max_examples=60)
@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 12)), min_size=1, max_size=4), min_size=1, max_size=5))
def test_of_a_count_another_part_with_people_in_it_goes_too(values: list[list[int | None]]) -> None:
    with duckdb.connect() as con:
        shown = {(row["month_date"], row["funding_group"]): row for row in months(con, values)}
        true = rows(con, "select * from rpt_participation_month")
    for column, axis in itertools.product(("participations", "headline"), ("month_date", "funding_group")):
        for part in {row[axis] for row in true}:
            part_rows = [row for row in true if row[axis] == part and row[column]]
            hidden = [
                row[column] for row in part_rows if shown[row["month_date"], row["funding_group"]]["is_suppressed"]
            ]
            if any(is_small(value) for value in hidden) and len(hidden) < len(part_rows):
                assert max(hidden) >= SMALLEST and len(hidden) > 1


def test_departments_are_no_part_of_the_citys_totals(world: duckdb.DuckDBPyConnection) -> None:
    shown = {totals.table: rows(world, city.query(totals, SMALLEST)) for totals in TOTALS}
    assert {row["breakdown"] for row in shown["rpt_target_breakdown"]} == {"district", "part"}
    assert {row["subject_kind"] for row in shown["rpt_program_quality"]} == {"institution", "occupation"}


def test_every_report_of_the_whole_city_is_among_the_totals() -> None:
    city_wide = {
        name
        for name, mart in marts().items()
        if name.startswith("rpt_")
        and not mart.is_supervision
        and "department_code" not in mart.columns
        and name not in {"rpt_row_reconciliation", "rpt_task_progress"}  # each row of a project, or of a unit
    }
    assert {totals.table for totals in TOTALS} == city_wide
