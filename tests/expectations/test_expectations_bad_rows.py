"""Many conditions in one pass find what each check finds by itself."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest

from expectations import bad_rows, compiled, lookup
from expectations.bad_rows import ROW_KEY
from expectations.compiled import Check
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import Row, shaped
from warehouse.vocabulary import contract, privacy

Found = set[tuple[str, int, str]]


def rows_of_examples(name: str) -> pa.Table:
    """The rows of all examples of a dataset's rules, passing and failing, and a row with a wrong code in each field
    that has a list, as one submission."""
    rows: list[Row] = []
    for by_dataset in compiled.examples().values():
        if name in by_dataset:
            worlds = (*by_dataset[name].passes, *by_dataset[name].fails)
            rows += [row for world in worlds for row in world.get(name, [])]
    rows += [{field.name: "x"} for field in contract.dataset(name).fields if field.kind in ("code", "list")]
    placed = [row | {"submission_id": "S", "row_index": at} for at, row in enumerate(rows, 1)]
    return shaped(contract.dataset(name), placed)


def together(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table, checks: list[Check]) -> Found:
    shared = bad_rows.shared_columns(contract.dataset(name), checks)
    computed = "".join(f", {expression} as {column}" for expression, column in shared.items())
    con.execute(f"create or replace temp view computed as select *{computed} from {name}")
    query = bad_rows.by_row(f"computed as {name}", bad_rows.conditions_for(con, table, checks, shared))
    rows = con.execute(query).fetchall() if query else []
    return {(submission, row, checks[number].code) for submission, row, number in rows}


@pytest.mark.parametrize("name", contract.names())
def test_conditions_in_one_pass_find_what_each_finds_alone(name: str) -> None:
    table = rows_of_examples(name)
    checks = [check for check in compiled.load(name) if check.condition]
    with connect(None) as con:
        privacy.install(con)
        lookup.install(con)
        con.register(name, table)
        alone = {
            (submission, row, check.code) for check in checks for submission, row in con.execute(check.sql).fetchall()
        }
        assert together(con, name, table, checks) == alone
    assert alone


@pytest.mark.parametrize(
    ("holds", "bad"),
    [
        ("industry_cluster not in (select code from reference_code)", {2}),
        ("(industry_cluster is null or industry_cluster not in (select code from reference_code))", {2, 3}),
        ("industry_cluster in (FROM reference_code where code = 'nobody''s (from)')", set()),
        ("person_name = '(select)' and industry_cluster is null", {3}),
    ],
)
def test_a_condition_that_asks_a_table_finds_empty_values_where_it_holds_for_them(holds: str, bad: set[int]) -> None:
    sent: list[Row] = [
        {"submission_id": "S", "row_index": at, "person_name": name, "industry_cluster": cluster}
        for at, (name, cluster) in enumerate([("甲", "C01"), ("乙", "x"), ("(select)", None)], 1)
    ]
    table = shaped(contract.dataset("training_record"), sent)
    check = replace(compiled.load("training_record")[0], sql=f"select {ROW_KEY} from training_record where {holds}")
    with connect(None) as con:
        con.execute("create temp table reference_code as select 'C01' as code")
        con.register("training_record", table)
        assert {row for _, row, _ in together(con, "training_record", table, [check])} == bad


def test_tables_to_look_up_are_filled_once_in_a_connection() -> None:
    with connect(None) as con:
        lookup.install(con)
        con.execute("delete from reference_holiday")
        lookup.install(con)
        assert con.execute("from reference_holiday").fetchall() == []
        con.execute("drop table reference_code")
        lookup.install(con)
        for name, table in lookup.tables().items():
            assert con.execute(f"select count(*) from {name}").fetchall() == [
                (len({*zip(*table.to_pydict().values(), strict=True)}),)
            ]
