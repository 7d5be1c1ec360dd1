"""The ledger of looks: what is worth a line, since when a source is away, and what dbt learns of it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from warehouse.store import log, pull_log, register
from warehouse.store.data_root import Root
from warehouse.store.pull_log import Pull, State
from warehouse.store.register import Register

FEED = "EDU/competition"


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path).make()


def look(day: int, state: State = "reached", hour: int = 1, new: int = 0, refused: int = 0) -> Pull:
    return Pull(
        "edu/EDU/competition",
        f"2026-03-{day:02}T{hour:02}:00:00+00:00",
        "sftp",
        state,
        (FEED,),
        {FEED: new} if new else {},
        {FEED: refused} if refused else {},
        "silent" if state == "unreachable" else "",
    )


@pytest.mark.parametrize(
    ("before", "after", "is_worth"),
    [
        (None, look(1), True),
        (look(1), look(1, hour=2), False),
        (look(1), look(1, hour=2, new=1), True),
        (look(1), look(1, hour=2, refused=1), True),
        (look(1), look(1, "unreachable", hour=2), True),
        (look(1, "unreachable"), look(1, "unreachable", hour=2), False),
        (look(1, "unreachable"), look(1, hour=2), True),
        (look(1), look(2), True),
        (look(1, hour=15), look(1, hour=17), True),  # midnight in Shenzhen lies between
    ],
)
def test_a_look_is_told_where_something_came_or_turned_and_once_a_day(
    root: Root, before: Pull | None, after: Pull, is_worth: bool
) -> None:
    if before:
        pull_log.record(root, [before])
    assert pull_log.record(root, [after]) == ([after] if is_worth else [])
    assert pull_log.pulls(root) == [*filter(None, [before]), *([after] if is_worth else [])]


def test_a_source_is_away_since_the_first_look_in_a_row_that_did_not_reach_it(root: Root) -> None:
    for pull in (look(1, "unreachable"), look(2), look(3, "unreachable"), look(4, "unreachable")):
        pull_log.record(root, [pull])
    (away,) = pull_log.unreachable(root)
    assert (away.since, away.reason, away.feeds) == (dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC), "silent", (FEED,))
    pull_log.record(root, [look(5)])
    assert pull_log.unreachable(root) == []


def test_a_look_is_known_from_when_it_was_written(root: Root) -> None:
    """A demo's looks are told as of its day; what was known at a moment follows from when lines were written."""
    told = look(20)
    written = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
    pull_log.record(root, [told], written)
    assert pull_log.pulls(root) == [told]
    assert [entry.at for entry in log.read(root.pulls)] == [written.isoformat()]


def test_a_look_changes_nothing_of_what_is_known(root: Root) -> None:
    """A build rests on what came and was decided, so that looking again builds nothing."""
    before = log.known(root)
    pull_log.record(root, [look(1)])
    assert log.known(root) == before
    assert "pulls.jsonl" in log.heads(root)


def test_dbt_learns_of_each_feed_and_look(root: Root) -> None:
    """Two looks of one second are one; what no feed took of a department that is none is not told."""
    drop = Pull(
        "drop_folder",
        look(1).at,
        "drop_folder",
        "reached",
        ("CAB/certificate",),
        {"CAB/certificate": 2, "CAB/": 1, "x/": 1},
        {"CAB/": 1},
    )
    register.write(
        root.register,
        Register([], [], [], {}, dt.date(2026, 3, 1), "r", "f", pulls=[look(1, new=1), look(1, refused=1), drop]),
    )
    rows = pq.read_table(root.register / "pull.parquet").to_pylist()
    told = {
        (row["department_code"], row["dataset"]): (row["new_deliveries"], row["refused_deliveries"]) for row in rows
    }
    assert told == {("EDU", "competition"): (1, 1), ("CAB", "certificate"): (2, 0)}
