"""Every rule's examples through the compiled SQL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from expectations import compiled
from expectations.rule import Rule, rules
from tests.expectations.builder import Row, shaped
from warehouse.vocabulary import contract


def examples() -> Iterator[Any]:
    for rule in rules():
        if rule.scope == "submission":
            for dataset in rule.datasets:
                yield pytest.param(rule, dataset, id=f"{rule.code}-{dataset}")


def outside(rule: Rule) -> list[Row]:
    """The examples that fail, in submissions of periods that end before or after the rule's dates."""
    days = [
        day
        for day in (rule.since and rule.since - dt.timedelta(days=1), rule.until and rule.until + dt.timedelta(days=1))
        if day
    ]
    return [dict(row) | {"period_end_date": day} for day in days for row in rule.fails]


@pytest.mark.parametrize(("rule", "dataset"), examples())
def test_examples_pass_and_fail(con: duckdb.DuckDBPyConnection, rule: Rule, dataset: str) -> None:
    described = contract.dataset(dataset)
    rows = [*rule.passes, *rule.fails, *outside(rule)]
    con.register(dataset, shaped(described, rows))
    check = next(check for check in compiled.load(dataset) if check.code == rule.code)
    bad_rows = {row_index for _, row_index in con.execute(check.sql).fetchall()}
    assert bad_rows == set(range(len(rule.passes) + 1, len(rule.passes) + len(rule.fails) + 1))
    if check.expected:
        con.execute(f"select {check.expected} from {dataset}").fetchall()


def test_every_dataset_has_rules_and_there_are_more_than_two_hundred() -> None:
    covered = {dataset for rule in rules() for dataset in rule.datasets}
    assert covered == set(contract.names())
    assert len(rules()) > 200


def test_sql_stands_in_one_block() -> None:
    """On lines of its own, so that it is read, compared and linted line by line."""
    sql = {rule.code: rule.bad_rows_where or rule.bad_rows for rule in rules() if rule.native is None}
    assert len(sql) > 300
    assert [code for code, text in sql.items() if not str(text).startswith("\n        ")] == []
