"""What a root stores, verified, made again where it can be, and never half named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import receive
from ingest.pool import Pool
from orchestration.pipeline import deciding, storage
from orchestration.pipeline import run as steps
from tests.orchestration import stored
from warehouse.store import decision_log, durable, log, register
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture
def root(laid: Root, tmp_path: Path) -> Root:
    shutil.copytree(laid.path, tmp_path / "data")
    return Root(tmp_path / "data")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def newest_month(root: Root) -> str:
    return next(name for name in decision_log.told(root) if name.startswith("CAB-training_record-2026-01-"))


FILES: dict[str, Callable[[Root, str], Path]] = {
    "content": lambda root, name: root.received / name.partition("@")[0] / "content",
    "decision": lambda root, name: root.decided / stored.DATASET / name / "decision.json",
    "findings": lambda root, name: root.decided / stored.DATASET / name / "findings.parquet",
    "accepted": lambda root, name: root.decided / stored.DATASET / name / "accepted.parquet",
    "held": lambda root, name: root.held / stored.DATASET / f"{name}.parquet",
}


def test_a_root_as_it_was_written_is_whole(root: Root) -> None:
    assert len(stored.tree(root.decided)) == 3 * 3 + len(list(root.decided.glob("*/_none@0/*")))
    assert storage.verify(root) == []
    assert storage.mend(root, stored.NOW) == storage.Lost()


@pytest.mark.parametrize("part", FILES)
@pytest.mark.parametrize("harm", [flip, Path.unlink])
def test_what_is_damaged_is_named_and_made_again(
    root: Root, readers: Pool, part: str, harm: Callable[[Path], None]
) -> None:
    path = FILES[part](root, newest_month(root))
    before = stored.tree(root.decided, root.held)
    content = path.read_bytes()
    assert storage.verify(root) == []
    harm(path)
    (said,) = storage.verify(root)
    assert said.startswith(f"{path} is damaged: ")
    assert "skills run" in said
    assert storage.mend(root, stored.NOW) == storage.Lost()
    stored.take(root, readers)
    assert path.read_bytes() == content
    assert stored.tree(root.decided, root.held) == before
    assert storage.verify(root) == []


def test_several_at_once_are_each_named_and_made_again(root: Root, readers: Pool) -> None:
    before = stored.tree(root.decided, root.held)
    first, second, third = sorted(decision_log.told(root))
    harmed = [FILES["decision"](root, first), FILES["held"](root, second), FILES["content"](root, third)]
    for path in harmed:
        flip(path)
    assert sorted(sentence.partition(" is damaged")[0] for sentence in storage.verify(root)) == sorted(map(str, harmed))
    storage.mend(root, stored.NOW)
    assert sorted(entry.subject for entry in log.read(root.decisions) if entry.kind == "dropped") == [first, second]
    stored.take(root, readers)
    assert stored.tree(root.decided, root.held) == before


@pytest.mark.parametrize("name", ["deliveries.jsonl", "decisions.jsonl"])
@pytest.mark.parametrize("harm", [flip, Path.unlink])
def test_a_damaged_log_is_named_and_stops_all(root: Root, name: str, harm: Callable[[Path], None]) -> None:
    harm(root.received / name)
    (said,) = storage.verify(root)
    assert str(root.received / name) in said
    with pytest.raises(OperatorError, match=name):
        storage.mend(root, stored.NOW)


def test_deliveries_cut_off_with_their_head_are_missed_by_the_decisions(root: Root) -> None:
    entries = log.read(root.deliveries)
    log.rewrite(root.deliveries, entries[:1])
    said = storage.verify(root)
    assert len(said) == 2
    assert all("lacks the delivery of" in sentence for sentence in said)
    with pytest.raises(OperatorError, match="lacks the delivery"):
        storage.mend(root, stored.NOW)


def test_what_is_lost_stops_its_own_part_alone(root: Root, readers: Pool) -> None:
    """Content that no channel has any more: what was decided on it stands, and nothing is decided on its key."""
    name = newest_month(root)
    path = FILES["content"](root, name)
    flip(path)
    (root.inbox / "CAB" / "training_record_2026-01.csv").unlink()
    lost = storage.mend(root, stored.NOW)
    assert lost.keys == {(stored.DATASET, "CAB", "2026-01")}
    assert lost.missing == set()
    assert str(path) in lost.told
    lost.refuse()
    run = stored.prepared(root, readers)
    run.lost = lost
    everything = [(delivery.submission, "x") for delivery in receive.deliveries(root) if delivery.submission]
    assert len(lost.readable(everything)) == 2
    assert register.decisions(root).keys() == {told.partition("@")[0] for told in decision_log.told(root)}


def test_the_same_file_sent_again_brings_lost_content_back(root: Root, readers: Pool) -> None:
    path = FILES["content"](root, newest_month(root))
    content = path.read_bytes()
    flip(path)
    (root.inbox / "CAB" / "training_record_2026-01.csv").rename(
        root.inbox / "CAB" / "again training_record_2026-01.csv"
    )
    assert storage.mend(root, stored.NOW).keys
    stored.take(root, readers)
    assert path.read_bytes() == content
    assert storage.mend(root, stored.NOW) == storage.Lost()


def test_without_what_counted_nothing_is_published(root: Root, readers: Pool) -> None:
    name = newest_month(root)
    for part in ("content", "accepted"):
        flip(FILES[part](root, name))
    (root.inbox / "CAB" / "training_record_2026-01.csv").unlink()
    other = FILES["decision"](root, min(set(decision_log.told(root)) - {name}))
    flip(other)
    run = stored.prepared(root, readers)
    run.lost = storage.mend(root, stored.NOW)
    assert run.lost.missing == {name}
    assert deciding.to_decide(run, stored.DATASET), "the others are decided"
    with pytest.raises(OperatorError, match="Nothing is published while what was decided cannot be read") as raised:
        steps.judge(run)
    assert str(FILES["content"](root, name)) in str(raised.value)


def test_what_is_built_from_decisions_alone_refuses_damage(root: Root) -> None:
    decisions = [decision for options in register.decisions(root).values() for decision in options]
    storage.refuse_damage(root, decisions)
    flip(FILES["held"](root, newest_month(root)))
    with pytest.raises(OperatorError, match=r"held/.*is damaged"):
        storage.refuse_damage(root, decisions)


def test_a_build_with_two_keys_is_refused(root: Root, readers: Pool) -> None:
    with pytest.raises(OperatorError, match=f"key {stored.KEY.key_id}, this run has key {stored.OTHER.key_id}"):
        steps.judge(stored.prepared(root, readers, stored.OTHER))


class Fault:
    """Every write, move and sync fails from the n-th on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
        self.left = calls
        for name in ("write_all", "_sync", "move"):
            monkeypatch.setattr(durable, name, self._counted(getattr(durable, name)))

    def _counted(self, function: Callable[..., object]) -> Callable[..., object]:
        def counted(*facts: object) -> object:
            if self.left <= 0:
                raise OSError(28, os.strerror(28))
            self.left -= 1
            return function(*facts)

        return counted


def calls_of_a_whole_take(folder: Path, readers: Pool) -> int:
    with pytest.MonkeyPatch.context() as patched:
        fault = Fault(patched, 10_000)
        root = Root(folder / "data").make()
        stored.send(root)
        stored.take(root, readers)
        return 10_000 - fault.left


def test_writes_that_fail_after_any_point_lose_nothing_and_name_nothing_half(
    laid: Root, tmp_path: Path, readers: Pool
) -> None:
    calls = calls_of_a_whole_take(tmp_path / "whole", readers)
    assert calls > 60
    for point in range(0, calls, calls // 8):
        root = Root(tmp_path / str(point) / "data").make()
        stored.send(root)
        with pytest.MonkeyPatch.context() as patched:
            Fault(patched, point)
            with pytest.raises(OSError, match="No space left"):
                stored.take(root, readers)
        assert storage.verify(root) == [], point
        storage.mend(root, stored.NOW)
        stored.take(root, readers)
        assert storage.verify(root) == []
        assert stored.tree(root.decided, root.held) == stored.tree(laid.decided, laid.held)
        assert receive.deliveries(root) == receive.deliveries(laid)
