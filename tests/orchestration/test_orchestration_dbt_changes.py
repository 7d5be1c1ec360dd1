"""Rows of changed keys: which are looked up, an empty key among them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline.dbt_changes import _Change
from orchestration.pipeline.dbt_state import ChangedBy, Model, Project
from warehouse.store.data_root import Root

SUM = "select person, place, sum(amount) as amount from paid group by all"


@pytest.mark.parametrize("changed_key", [("a", "x"), ("a", None), (None, "x"), (None, None), ("new", "x")])
def test_of_changed_keys_alone_rows_are_worked_out_anew(tmp_path: Path, changed_key: tuple[str | None, ...]) -> None:
    """A row of a key comes, once with an empty part of it: the sums of this key are others, all others stay."""
    project = Project(
        models=(
            Model("paid", "paid", "from paid", ()),
            Model("total", "total", SUM, ("paid",), ("person", "place"), {"paid": ChangedBy(("person", "place"))}),
        ),
        tests=(),
        sources={},
    )
    with duckdb.connect() as con:
        con.execute("create table paid (person varchar, place varchar, amount bigint)")
        rows = [(person, place, 1) for person in ("a", "b", None) for place in ("x", "y", None)]
        con.executemany("insert into paid values (?, ?, ?)", rows)
        con.execute(f"create table total as {SUM}")
        con.execute(
            "update total set amount = -1 where person = 'b' and place = 'y'"
        )  # seen where it is worked out anew
        con.execute("create temp table gone_paid as from paid limit 0")
        con.execute(
            "create temp table came_paid as select ? as person, ? as place, 5::bigint as amount", [*changed_key]
        )
        con.execute("insert into paid from came_paid")
        change = _Change(con, Root(tmp_path), project, changed={"paid"})
        change.periods, change.other = {}, set()
        change._work_out(project.models[1], ["paid"])
        assert change.changed == {"paid", "total"}
        expected = con.execute(SUM).fetchall()
        totals = {(person, place): amount for person, place, amount in con.execute("from total").fetchall()}
    expected_totals = {(person, place): amount for person, place, amount in expected}
    assert totals == expected_totals | {("b", "y"): -1}
    assert totals[changed_key] == (5 if changed_key == ("new", "x") else 6)
