"""What is hidden of small units in sensitive targets cannot be counted again from anything else that is published.

The demo's VET sends for the whole city. Here districts and another department send a few of its rows, and a few totals.
The attack knows the marts' columns and nothing of the models: for each hidden number it groups every mart by every
place that it has, taking the rows that have to do with the target, and subtracts what is told from the whole.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.dbt_project.dbt_world import World, build
from tests.e2e.harness import AS_OF, Skills
from tests.e2e.test_e2e_signals import is_of_place
from warehouse.published import publication
from warehouse.store.data_root import Root
from warehouse.vocabulary.mart import Mart, marts

Row = dict[str, Any]
SERVICE, PROGRAM = {"T04": "1", "T05": "2"}, {"T05": "15"}
"""Target → the service and the programme that count, as the plan's rules have it."""
MOVED = (
    ("2025-12", "2", "VET.440305", 3),
    ("2025-12", "1", "VET.440305", 12),
    ("2025-11", "2", "VET.440303", 5),
    ("2025-11", "1", "VET.440303", 8),
    ("2026-01", "1", "VET.440306", 4),
    ("2026-01", "1", "VET.440303", 9),
)
"""Period, kind of service, unit that sends instead of VET, how many rows."""
TOTALS = (("T05", "VET.440305", 3), ("T05", "VET.440303", 7), ("T04", "VET.440306", 4), ("T04", "VET.440303", 80))
"""Declared by 2025-10."""

PLANNED = "fct_task_allocation"
"""What units are asked to do, which nobody has done yet."""


@pytest.fixture(scope="module")
def con(skills: Skills, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("small_cells")
    root = laid(skills.root, folder)
    (folder / "target").mkdir()
    build(root, folder / "target", "--exclude-resource-type", "unit_test")
    with duckdb.connect(str(root.database), read_only=True) as connection:
        connection.execute("set search_path = 'marts'")
        yield connection


def laid(root: Root, folder: Path) -> Root:
    """The rows of the demo's run, some of them sent by others."""
    world = World(Root(folder / "data"), dt.date.fromisoformat(AS_OF))
    sent: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for name in publication.open_current(root).manifest["submissions"]:
        [file] = root.decided.glob(f"*/{name.partition('@')[0]}@*/accepted.parquet")
        for row in pq.read_table(file).to_pylist():
            kept = {column: value for column, value in row.items() if not is_of_place(column)}
            sent[file.parent.parent.name, row["unit_code"], row["period"]].append(kept)
    for period, service, unit, count in MOVED:
        rows = sent["support_service", "VET", period]
        moved = [row for row in rows if row["service_type"] == service and row["person_category"] == "09"][:count]
        assert len(moved) == count
        sent["support_service", "VET", period] = [row for row in rows if row not in moved]
        sent["support_service", unit, period] += moved
    adaptive_training(sent)
    for metric, unit, value in TOTALS:
        [declared] = [row for row in sent["aggregate_summary", "VET", "2025-10"] if row["metric_id"] == metric]
        told = {"value_ytd": value, "value_cum": value, "district": None}
        sent["aggregate_summary", unit, "2025-10"].append(declared | told)
    for (dataset, unit, period), rows in sent.items():
        world.submit(dataset, unit, period, rows)
    world.expected = pq.read_table(root.register / "expected.parquet").to_pylist()
    world.write()
    return world.root


def adaptive_training(sent: dict[tuple[str, str, str], list[Row]]) -> None:
    """A class that VET trains is adaptive training, and HRSS reports two who were there."""
    rows = sent["training_record", "VET", "2026-01"]
    name = next(row["class_id"] for row in rows if row["completed"])
    for (dataset, _, _), classes in sent.items():
        for row in classes if dataset == "training_class" else ():
            if row["class_id"] == name:
                row["programs"] = PROGRAM["T05"]
    moved = [row for row in rows if row["class_id"] == name and row["completed"]][:2]
    sent["training_record", "VET", "2026-01"] = [row for row in rows if row not in moved]
    sent["training_record", "HRSS", "2026-01"] += moved


@dataclass(frozen=True)
class Cell:
    """What of a target, and of whom, is hidden."""

    target: str
    period: str
    kind: str
    code: str
    numbers: frozenset[int]


WHOLE = """
with numbers as (
    select target_id, year(event_date)::varchar as period, 'counted' as component, department_code, district_key,
        case target_id when 'T05' then person_key else fact_key end as thing, null as amount
    from intermediate.int_target_contribution
    union all
    select target_id, period, 'reported', department_code, district_key, null, coalesce(opening_balance, totals_only)
    from intermediate.int_target_component
), pieces as (
    select *, 'department' as breakdown, department_code as code from numbers
    union all select *, 'district', district_key from numbers
)
select target_id, period, breakdown, code, component, coalesce(sum(amount), count(distinct thing))::bigint
from pieces semi join rpt_target_breakdown as hidden
    on hidden.target_id = pieces.target_id and hidden.period = pieces.period and hidden.breakdown = pieces.breakdown
        and hidden.code = pieces.code and hidden.actual is null
group by all
"""
"""What the builder knows of the cells that rpt_target_breakdown hides."""


@pytest.fixture(scope="module")
def hidden(con: duckdb.DuckDBPyConnection) -> list[Cell]:
    numbers: dict[tuple[str, str, str, str], list[int]] = defaultdict(list)
    for target, period, kind, code, _, number in con.execute(WHOLE).fetchall():
        numbers[target, period, kind, code].append(number)
    return [Cell(*cell, frozenset({*some, sum(some)} - {0})) for cell, some in numbers.items()]


def places(mart: Mart) -> Iterator[tuple[str, str, str]]:
    """What a mart says of a place: kind of place, column, and SQL for its code."""
    for column in mart.columns:
        if column.endswith("department_code"):
            yield "department", column, column
        elif column.endswith("district_key"):
            yield "district", column, column
        elif column.endswith("unit_code") and not column.startswith("task_"):
            yield "department", column, f"split_part({column}, '.', 1)"
            yield "district", column, f"if(contains({column}, '.'), split_part({column}, '.', 2), 'SZ')"
    for kind in ("department", "district"):
        if "task_unit_code" in mart.columns:
            yield kind, "task_unit_code", f"if(task_split = '{kind}', task_unit_code, null)"
        if mart.name == "rpt_target_breakdown":
            yield kind, "code", f"if(breakdown = '{kind}', code, null)"


def about(mart: Mart, target: str) -> Iterator[str]:
    """Conditions for the rows that have to do with a target."""
    columns = mart.columns
    yield from (f"{column} = '{target}'" for column in ("target_id", "metric_id") if column in columns)
    if "service_type_code" in columns:
        yield f"service_type_code = '{SERVICE[target]}'"
    if program := PROGRAM.get(target):
        yield from (f"program_code = '{program}'" for _ in range("program_code" in columns))
        yield from (f"contains(program_codes, '{program}')" for _ in range("program_codes" in columns))
        if "class_key" in columns:
            yield f"class_key in (select class_key from bridge_class_program where program_code = '{program}')"
            yield f"class_key in (select class_key from dim_class where contains(program_codes, '{program}'))"


def conditions(mart: Mart, cell: Cell) -> Iterator[str]:
    years = [f"period = '{cell.period}'"] if "period" in mart.columns else []
    years += [f"period like '{cell.period}%'"] if "period" in mart.columns else []
    years += [f"year({column}) = {cell.period}" for column, kind in mart.columns.items() if kind == "date"]
    counted = ["true", *(name for name, kind in mart.columns.items() if kind == "boolean")]
    components = ["true"]
    if "component" in mart.columns:
        components += [f"component = '{name}'" for name in ("counted", "opening_balance", "totals_only")]
    for parts in itertools.product(about(mart, cell.target), years or ["true"], counted, components):
        yield " and ".join(parts)


def measures(mart: Mart) -> list[str]:
    rows = [] if mart.name.startswith("rpt_") else ["count(*)"]  # a report's rows are no persons
    numbers = [
        f"sum({column})"
        for column, kind in mart.columns.items()
        if kind.startswith(("bigint", "integer", "decimal")) and not column.startswith("row_") and "share" not in column
    ]
    keys = [f"count(distinct {column})" for column in mart.columns if column.endswith("_key")]
    return [*rows, *numbers, *keys]


@functools.cache
def answer(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    """Asked once for all cells of a target and a period."""
    return con.execute(query).fetchall()


def attacks(con: duckdb.DuckDBPyConnection, cell: Cell) -> Iterator[str]:
    """Each way in which a number of the cell can be read from one mart."""
    for mart in marts().values():
        if mart.name == PLANNED:
            continue
        told = measures(mart)
        for (kind, column, code), condition in itertools.product(places(mart), conditions(mart, cell)):
            if kind != cell.kind:
                continue
            source = f"{', '.join(told)} from {mart.name} where {condition}"
            groups = answer(con, f"select {code}, {source} group by {code}")
            [whole] = answer(con, f"select {source}")
            for index, measure in enumerate(told, start=1):
                of_cell = [row[index] for row in groups if row[0] == cell.code]
                others = [row[index] for row in groups if row[0] not in (None, cell.code) and row[index] is not None]
                rest = (whole[index - 1] or 0) - sum(others)
                for way, number in (("is", of_cell[0] if of_cell else None), ("is left", rest)):
                    if number in cell.numbers:
                        yield f"{cell}: {measure} {way} {number} by {column} of {mart.name} where {condition}"


def test_districts_and_departments_are_hidden_of_each_sensitive_target(hidden: list[Cell]) -> None:
    small = {(cell.target, cell.period, cell.kind, cell.code) for cell in hidden if min(cell.numbers) < 5}
    assert {
        ("T04", "2026", "district", "440306"),
        ("T04", "2025", "district", "440306"),
        ("T05", "2025", "district", "440305"),
        ("T05", "2026", "department", "HRSS"),
    } <= small
    beside = {(cell.target, cell.period, cell.code) for cell in hidden if min(cell.numbers) >= 5}
    assert {("T04", "2026", "440303"), ("T05", "2026", "VET")} <= beside


def test_no_mart_tells_a_hidden_number(con: duckdb.DuckDBPyConnection, hidden: list[Cell]) -> None:
    assert [way for cell in hidden for way in attacks(con, cell)] == []


def test_the_city_is_told_in_whole_and_large_units_where_they_tell_of_no_other(
    con: duckdb.DuckDBPyConnection,
) -> None:
    of_services = """
        select service_type_code, year(service_date), is_counted, count(*), sum(support_amount_fen) from {} group by all
    """
    told, built = (
        sorted(con.execute(of_services.format(table)).fetchall(), key=str)
        for table in ("fct_support_service", "intermediate.int_support_service")
    )
    assert told == built
    units = con.execute("""
        select service_type_code, year(event_date), unit_code, count(*) from fct_support_service
        where department_code = 'VET' group by all order by all
    """).fetchall()
    large = {("1", 2025, "VET"), ("1", 2026, "VET"), ("2", 2025, "VET"), ("4", 2025, "VET"), ("4", 2026, "VET")}
    assert {unit[:3] for unit in units} == large | {("1", 2025, "VET.440305")}
    assert min(count for *_, count in units) >= 5
    figures = con.execute("""
        select progress.target_id, progress.period, progress.actual, sum(rows.amount), count(rows.unit_code) > 0
        from rpt_target_progress as progress
        inner join fct_target_contribution as rows using (target_id, reading, period)
        where target_id in ('T04', 'T05') group by all
    """).fetchall()
    assert all(actual == added for _, _, actual, added, _ in figures)
    assert {(target, period) for target, period, _, _, is_placed in figures if is_placed} == {
        ("T04", "2025"),
        ("T04", "2026"),
        ("T05", "2025"),
    }


def test_a_class_by_which_a_small_department_could_be_counted_is_of_no_programme(
    con: duckdb.DuckDBPyConnection,
) -> None:
    """Its participations keep their place, since other figures of their departments hold them."""
    told = con.execute("""
        select count(distinct department_code), count(program_codes), count(class_key) > 5
        from fct_participation
        where class_key in (select class_id from intermediate.int_class where program_codes = '15')
    """).fetchall()
    assert told == [(2, 0, True)]
