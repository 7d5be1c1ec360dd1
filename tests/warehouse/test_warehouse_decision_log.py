"""When decisions were made, and what their files held: told once for what stands."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import shutil
from pathlib import Path

import pytest

from tests.warehouse.decided import decide, decision, submission
from warehouse.store import decision_log, log, register
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged

FIRST, SECOND = (dt.datetime(2026, 2, day, 8, tzinfo=dt.timezone(dt.timedelta(hours=8))) for day in (1, 2))


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def moments(root: Root) -> dict[str, str]:
    return {folder_name: told.at for folder_name, told in decision_log.told(root).items()}


def test_a_decision_that_stands_keeps_its_moment(root: Root) -> None:
    decision_log.add(root, [decision(submission("a"))], FIRST)
    decision_log.add(root, [decision(submission("a")), decision(submission("b"))], SECOND)
    assert moments(root) == {
        decision(submission("a")).folder_name: "2026-02-01T00:00:00+00:00",
        decision(submission("b")).folder_name: "2026-02-02T00:00:00+00:00",
    }


def test_nothing_new_writes_nothing(root: Root) -> None:
    decision_log.add(root, [], FIRST)
    assert not root.decisions.exists()
    assert moments(root) == {}


def test_a_decision_made_again_with_other_bytes_was_made_when_it_was_made(root: Root) -> None:
    decision_log.add(root, [decision(submission("a")), decision(submission("b"))], FIRST)
    other = dataclasses.replace(decision(submission("a")), program_version="1")
    decision_log.add(root, [other], SECOND)
    assert list(moments(root).items()) == [
        (decision(submission("b")).folder_name, "2026-02-01T00:00:00+00:00"),
        (other.folder_name, "2026-02-02T00:00:00+00:00"),
    ]
    assert decision_log.told(root)[other.folder_name].sha256 == decision_log.checksum(other)


def test_the_checksum_is_that_of_the_file(root: Root) -> None:
    decided = decide(root, submission("a"))
    file = root.decision_folder(decided) / "decision.json"
    assert decision_log.told(root)[decided.folder_name].sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_folder_without_its_line_does_not_count(root: Root) -> None:
    """A kill came between the rename and the line."""
    decided = decide(root, submission("a"))
    left = root.decision_folder(decision(submission("b")))
    left.mkdir()
    (left / "decision.json").write_text(decision(submission("b")).to_json(), "utf-8")
    assert register.decisions(root).keys() == {decided.submission_id}


def test_a_dropped_decision_does_not_count_until_it_is_made_again(root: Root) -> None:
    decided = decide(root, submission("a"), at=FIRST)
    decision_log.drop(root, [decided.folder_name], SECOND, "damaged")
    assert register.decisions(root) == {}
    decision_log.add(root, [decided], SECOND)
    assert moments(root) == {decided.folder_name: "2026-02-02T00:00:00+00:00"}
    assert [entry.kind for entry in log.read(root.decisions)] == ["decision", "dropped", "decision"]
    assert decision_log.fold(log.read(root.decisions)[:1]).keys() == {decided.folder_name}


def test_a_decision_that_is_not_what_its_line_says_is_never_read(root: Root) -> None:
    decided = decide(root, submission("a"))
    file = root.decision_folder(decided) / "decision.json"
    file.write_text(file.read_text("utf-8").replace('"accepted": 1', '"accepted": 50'), "utf-8")
    with pytest.raises(Damaged, match=r"decision.json is damaged: call skills run"):
        register.decisions(root)


def test_a_decision_without_its_file_or_folder_is_not_there(root: Root) -> None:
    first, second, third = (decide(root, submission(sha)) for sha in ("a", "b", "c"))
    (root.decision_folder(first) / "decision.json").unlink()
    shutil.rmtree(root.decision_folder(second))
    assert register.decisions(root).keys() == {third.submission_id}
