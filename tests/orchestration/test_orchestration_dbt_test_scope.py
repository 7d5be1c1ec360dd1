"""Which rows a test looks at again that passed before: those of changed values, nothing among them."""

from __future__ import annotations

import duckdb
import pytest

from orchestration.pipeline.dbt_state import Test as DataTest
from orchestration.pipeline.dbt_test_scope import scoped_sql

TWICE = "select person, place, count(*) from paid group by all having count(*) > 1"
ROWS = [(person, place) for person in ("a", "b", None) for place in ("x", "y", None)]
NOTHING: list[tuple[str | None, ...]] = []


@pytest.mark.parametrize("columns", [("person",), ("place",), ("person", "place")])
@pytest.mark.parametrize("came", ROWS)
def test_a_row_that_comes_twice_is_found_and_what_did_not_change_is_not_asked(
    columns: tuple[str, ...], came: tuple[str | None, ...]
) -> None:
    """`b`, `y` stands twice already and is found only where its own value changed."""
    doubled = failing(columns, [*ROWS, came, ("b", "y")], came=[came])
    of_changed = {row for row in (came, ("b", "y")) if shared(row, came, columns)}
    assert doubled == {(*row, 3 if row == came == ("b", "y") else 2) for row in of_changed}


def test_of_what_is_gone_the_others_with_its_value_are_looked_at() -> None:
    assert failing(("person",), [("a", "x"), ("a", "x"), ("b", "x"), ("b", "x")], gone=[("a", "z")]) == {("a", "x", 2)}


def shared(row: tuple[str | None, ...], came: tuple[str | None, ...], columns: tuple[str, ...]) -> bool:
    places = [("person", "place").index(column) for column in columns]
    return [row[place] for place in places] == [came[place] for place in places]


def failing(
    columns: tuple[str, ...],
    rows: list[tuple[str | None, ...]],
    came: list[tuple[str | None, ...]] = NOTHING,
    gone: list[tuple[str | None, ...]] = NOTHING,
) -> set[tuple[str | int | None, ...]]:
    test = DataTest("twice", TWICE, ("paid",), judged_by={"paid": columns})
    with duckdb.connect() as con:
        for name, content in (("paid", rows), ("came_paid", came), ("gone_paid", gone)):
            con.execute(f"create table {name} (person varchar, place varchar)")
            for row in content:
                con.execute(f"insert into {name} values (?, ?)", row)
        return {*con.execute(scoped_sql(test, {"paid"}, {"paid"}, {"paid": "paid"})).fetchall()}
