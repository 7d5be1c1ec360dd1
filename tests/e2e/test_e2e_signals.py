"""Signals of supervision are cases: they outlive rows sent again, a build from nothing and another key.

The rows of the demo's run are laid down anew as whole submissions of other content, and the signals worked out of them.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from orchestration.pipeline import supervision
from tests.dbt_project.dbt_world import World, build
from tests.e2e.harness import AS_OF, Skills
from warehouse.published import publication
from warehouse.store import records, register
from warehouse.store.data_root import Root
from warehouse.vocabulary.signal import State

CHAINS: tuple[tuple[State, ...], ...] = (
    ("checking",),
    ("cleared",),
    ("confirmed", "recovered"),
    ("checking", "transferred"),
    (),
)
OF_PLACE = {"submission_id", "row_index", "department_code", "unit_code", "period", "delivery_order"}
SIGNALS = """
select rule_code, subject_kind, amount_fen, reason, row_count, state_code, is_reopened, signal_id, facts_digest
from rpt_risk_signal
"""
Row = dict[str, Any]


@pytest.fixture(scope="module")
def decided_on(skills: Skills) -> list[str]:
    """The submissions that stand in the run."""
    manifest = publication.open_current(skills.root).manifest
    return [name.partition("@")[0] for name in manifest["submissions"]]


def sent_again(root: Root, submissions: list[str], folder: Path) -> Root:
    """A root with the same rows, each file in another order and sent twice: first one row short, then whole."""
    dice = random.Random(7)
    world = World(Root(folder / "data"), dt.date.fromisoformat(AS_OF))
    for submission in submissions:
        [file] = root.decided.glob(f"*/{submission}@*/accepted.parquet")
        rows = pq.read_table(file).to_pylist()
        sent = [{name: value for name, value in row.items() if not is_of_place(name)} for row in rows]
        dice.shuffle(sent)
        for part in (sent[1:], sent) if rows else ():
            world.submit(file.parent.parent.name, rows[0]["unit_code"], rows[0]["period"], part)
    world.expected = pq.read_table(root.register / "expected.parquet").to_pylist()
    world.write()
    steps = register._signal_rows(records.read(root, records.SignalStep))
    table = pa.Table.from_pylist(list(steps), register.SIGNAL)
    pq.write_table(table, world.root.register / "signal.parquet")
    (folder / "target").mkdir()
    build(world.root, folder / "target", "--select", "+rpt_risk_signal", "--exclude-resource-type", "test")
    return world.root


def is_of_place(column: str) -> bool:
    return column in OF_PLACE or column.startswith("period_")


def signals(con: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """With what they are of but for tokens."""
    result = con.execute(SIGNALS)
    names = [column[0] for column in result.description or []]
    return (dict(zip(names, row, strict=True)) for row in result.fetchall())


def rebuilt(root: Root) -> list[Row]:
    with duckdb.connect(str(root.database), read_only=True) as con:
        con.execute("set search_path = 'marts'")
        return list(signals(con))


def published(root: Root) -> list[Row]:
    with publication.open_current(root).connect() as con:
        return list(signals(con))


def test_signals_are_the_same_where_all_is_sent_again_and_built_from_nothing(
    skills: Skills, decided_on: list[str], tmp_path: Path
) -> None:
    again = rebuilt(sent_again(skills.root, decided_on, tmp_path))
    names = [{(row["signal_id"], row["facts_digest"]) for row in rows} for rows in (published(skills.root), again)]
    assert names[0] == names[1]
    assert len({row["rule_code"] for row in again}) > 5


def test_what_was_decided_on_a_signal_outlives_two_other_keys(
    after_run: Skills, decided_on: list[str], tmp_path: Path
) -> None:
    """And a second one before anything is published: of every kind of signal, also of what was cleared on these very
    facts; each step is told once for each key."""
    root = after_run.root
    before = sorted(published(root), key=lambda row: (row["rule_code"], row["signal_id"]))
    for row, chain in zip(before, itertools.cycle(CHAINS), strict=False):
        for state in chain:
            supervision.signal_step(root, row["signal_id"], state, "张三", "已核实")
        row["state_code"] = chain[-1] if chain else "new"
    for key in ("ab", "cd"):
        after_run("rekey", SKILLS_KEY=key * 32)
    steps = [(step.signal_id, step.facts_digest, step.state) for step in records.read(root, records.SignalStep)]
    assert len(steps) == len(set(steps))
    after = rebuilt(sent_again(root, decided_on, tmp_path))
    assert Counter(map(told, after)) == Counter(map(told, before))
    assert not any(row["is_reopened"] for row in after)
    ids = [{row["signal_id"] for row in rows if row["subject_kind"] == "person"} for rows in (before, after)]
    assert ids[0] and ids[0].isdisjoint(ids[1])


def told(row: Row) -> tuple[Any, ...]:
    """A signal with its state, but for what is made of tokens."""
    return tuple(value for name, value in row.items() if name not in ("signal_id", "facts_digest", "is_reopened"))
