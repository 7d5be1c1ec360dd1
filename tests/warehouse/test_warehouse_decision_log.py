"""When decisions were made: told once, by the line that its decision followed."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.warehouse.decided import decide, decision, submission
from warehouse.store import decision_log
from warehouse.store.data_root import Root

FIRST, SECOND = (dt.datetime(2026, 2, day, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))) for day in (1, 2))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_a_decision_that_stands_keeps_its_moment(root: Root) -> None:
    decision_log.add(root, [decision(submission("a"))], FIRST)
    stands = decide(root, submission("a"))
    decision_log.add(root, [stands, decision(submission("b"))], SECOND)
    assert decision_log.moments(root) == {
        stands.folder_name: "2026-02-01T00:00:00+00:00",
        decision(submission("b")).folder_name: "2026-02-02T00:00:00+00:00",
    }


def test_nothing_new_writes_nothing(root: Root) -> None:
    decision_log.add(root, [decide(root, submission("a"))], FIRST)
    assert not root.decisions.exists()
    assert decision_log.moments(root) == {}


def test_what_a_kill_prevented_was_made_when_it_was_made(root: Root) -> None:
    decision_log.add(root, [decision(submission("a")), decision(submission("b"))], FIRST)
    decision_log.add(root, [decision(submission("a"))], SECOND)
    assert list(decision_log.moments(root).items()) == [
        (decision(submission("b")).folder_name, "2026-02-01T00:00:00+00:00"),
        (decision(submission("a")).folder_name, "2026-02-02T00:00:00+00:00"),
    ]


def test_a_line_cut_off_spoils_no_other(root: Root) -> None:
    decision_log.add(root, [decision(submission("a"))], FIRST)
    with root.decisions.open("ab") as file:
        file.write(b'{"decided_at": "2026-02')
    decision_log.add(root, [decision(submission("b"))], SECOND)
    assert list(decision_log.moments(root)) == [decision(submission(sha)).folder_name for sha in "ab"]
