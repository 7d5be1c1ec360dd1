"""The texts of decisions that are kept together: trusted by their checksum alone, and lost without harm."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import orjson
import pytest

from tests.warehouse.decided import decide, submission
from warehouse.store import decision_log, decision_texts, register
from warehouse.store.data_root import Root

RIGHT = {
    hashlib.sha256(content).hexdigest(): content
    for content in (f"text {number}".encode() for number in range(decision_texts._FEW + 1))
}
"""By their checksums, so many that they are kept."""
WRONG = {sha256: content + b"!" for sha256, content in RIGHT.items()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "decisions.json"


def test_many_are_kept_and_given_back(file: Path) -> None:
    decision_texts.keep(file, RIGHT.keys(), RIGHT.get)
    assert {name: decision_texts.text(file, name) for name in RIGHT} == RIGHT
    assert decision_texts.text(file, "0" * 64) is None


def test_a_text_with_another_checksum_is_not_given(file: Path) -> None:
    decision_texts.keep(file, WRONG.keys(), WRONG.get)
    assert {decision_texts.text(file, name) for name in WRONG} == {None}


def test_a_few_new_ones_are_not_written_and_what_cannot_be_read_is_left_out(file: Path) -> None:
    decision_texts.keep(file, {"a"}, lambda _: b"a")
    assert not file.exists()
    decision_texts.keep(file, RIGHT.keys() | {"a"}, RIGHT.get)
    assert orjson.loads(file.read_bytes()).keys() == RIGHT.keys()


def test_what_is_no_longer_wanted_goes(file: Path) -> None:
    decision_texts.keep(file, RIGHT.keys(), RIGHT.get)
    rest = {*list(RIGHT)[1:]}
    decision_texts.keep(file, rest, lambda _: None)
    assert orjson.loads(file.read_bytes()).keys() == rest


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_damaged_file_keeps_nothing(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    assert decision_texts.text(file, next(iter(RIGHT))) is None
    decision_texts.keep(file, RIGHT.keys(), RIGHT.get)
    assert decision_texts.text(file, next(iter(RIGHT))) == next(iter(RIGHT.values()))


def test_a_process_that_begins_reads_no_decision_from_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Root(tmp_path / "data").make()
    monkeypatch.setattr(decision_texts, "_FEW", 1)
    decided = [decide(root, submission(sha)) for sha in ("a", "b")]
    register.keep_texts(root)
    for decision in decided:  # the file is damaged, which the check of all files finds
        (root.decision_folder(decision) / "decision.json").write_text("{}", "utf-8")
    register._decision.cache_clear()
    assert register.decisions(root) == {decision.submission_id: [decision] for decision in decided}


def test_a_decision_that_no_longer_stands_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path / "data").make()
    monkeypatch.setattr(decision_texts, "_FEW", 1)
    first, second = (decide(root, submission(sha)) for sha in ("a", "b"))
    register.keep_texts(root)
    decision_log.drop(root, [first.folder_name], decided_at(root, first.folder_name), "damaged")
    register.keep_texts(root)
    assert orjson.loads(root.decision_texts.read_bytes()).keys() == {decision_log.checksum(second)}


def decided_at(root: Root, folder_name: str) -> dt.datetime:
    return dt.datetime.fromisoformat(decision_log.told(root)[folder_name].at)
