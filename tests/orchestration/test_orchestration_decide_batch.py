"""Several processes decide beside a run: the same decisions, committed once, by the run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from expectations.check import Batch, Checked, check
from expectations.versions import rules_version
from ingest.limits import limits
from ingest.pool import Pool
from orchestration.pipeline import batches, decide_batch, deciding
from orchestration.pipeline import run as steps
from tests.ingest.files import HEADERS, ROW, delimited
from tests.orchestration import stored
from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

PROCESSES = 4
DEPARTMENTS = ("HRSS", "EDU", "STI", "IIT", "HCD", "COM", "CTS", "HEA")
SKILLS = "from orchestration.cli.main import main; main()"


def send(root: Root, departments: Sequence[str] = DEPARTMENTS) -> None:
    """A file of each department beside those of `stored`; one of them is no table."""
    root.make()
    stored.send(root)
    for number, department in enumerate(departments):
        path = root.inbox / department / "training_record_2026-01.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(delimited([HEADERS, ROW, stored.BAD]) if number != 1 else b"\x00\x01\x02\x03")
        os.utime(path, (1_770_000_000 + number, 1_770_000_000 + number))
        path.with_name(f"{path.name}.done").touch()


def received(root: Root, readers: Pool) -> None:
    decide_batch.receive_new(stored.prepared(root, readers))


def decided_by_run(root: Root, readers: Pool) -> steps.Run:
    run = stored.prepared(root, readers)
    run.open()
    try:
        deciding.decide(run, stored.DATASET, deciding.to_decide(run, stored.DATASET))
    finally:
        run.close()
    return run


def tree(*folders: Path) -> dict[str, bytes]:
    return {
        f"{folder.name}/{path.relative_to(folder)}": path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


def in_processes(root: Root, shares: Sequence[Sequence[str]]) -> None:
    files = []
    for number, share in enumerate(shares):
        files.append(root.path / f"batch-{number}.jsonl")
        files[-1].write_text("\n".join(share), "utf-8")
    environment = os.environ | {"SKILLS_HOME": str(root.path), "SKILLS_KEY": stored.KEY.secret.hex()}
    processes = [
        subprocess.Popen([sys.executable, "-c", SKILLS, "decide", "--batch", str(file)], env=environment)
        for file in files
    ]
    assert [process.wait() for process in processes] == [0] * len(processes)


def test_four_processes_decide_what_one_run_does(tmp_path: Path, readers: Pool) -> None:
    alone, shared = Root(tmp_path / "alone"), Root(tmp_path / "shared")
    for root in (alone, shared):
        send(root)
        received(root, readers)
    decided_by_run(alone, readers)
    lines = list(decide_batch.waiting_lines(shared))
    assert len(lines) == len(stored.FILES) + len(DEPARTMENTS)
    shares = [lines[number::PROCESSES] for number in range(PROCESSES)]
    shares[0] = [*shares[0], *shares[1]]  # what two processes decide counts once
    in_processes(shared, shares)
    assert not log.read(shared.decisions), "nothing stands before the run"
    run = decided_by_run(shared, readers)
    assert "read" not in {span.stage for span in run.stages.spans}, "the run read nothing itself"
    assert tree(shared.decided, shared.held) == tree(alone.decided, alone.held)
    assert log.read(shared.decisions) == log.read(alone.decisions)
    assert not list(shared.staged.rglob("*@*"))


@pytest.mark.parametrize("beside_the_run", [False, True])
def test_submissions_that_do_not_fit_into_memory_together_are_decided_by_fewer(
    beside_the_run: bool, tmp_path: Path, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, halved, together = Root(tmp_path / "whole"), Root(tmp_path / "halved"), []
    for root in (whole, halved):
        send(root)
        received(root, readers)
    decided_by_run(whole, readers)

    def check_few(con: duckdb.DuckDBPyConnection, batch: Batch) -> Checked:
        together.append(len(batch.readings))
        if len(batch.readings) > 2:
            raise duckdb.OutOfMemoryException("too many")
        return check(con, batch)

    monkeypatch.setattr(deciding, "check", check_few)
    if beside_the_run:
        lines = list(decide_batch.waiting_lines(halved))
        assert decide_batch.decide_batch(stored.prepared(halved, readers), lines) == (len(lines), 0)
    decided_by_run(halved, readers)
    assert tree(halved.decided, halved.held) == tree(whole.decided, whole.held)
    assert together[0] == len(stored.FILES) + len(DEPARTMENTS)
    assert sum(count for count in together if count <= 2) == together[0]


def test_what_was_staged_under_other_rules_or_is_damaged_is_decided_again(tmp_path: Path, readers: Pool) -> None:
    alone, shared = Root(tmp_path / "alone"), Root(tmp_path / "shared")
    for root in (alone, shared):
        send(root, departments=("HRSS", "EDU"))
        received(root, readers)
    decided_by_run(alone, readers)
    assert decide_batch.decide_batch(stored.prepared(shared, readers), decide_batch.waiting_lines(shared)) == (5, 0)
    staged = sorted((shared.staged / stored.DATASET).iterdir())
    (staged[0] / "accepted.parquet").write_bytes(b"another")
    (staged[1] / "decision.json").unlink()
    older = (staged[2] / "decision.json").read_text("utf-8").replace(rules_version(), "00000000")
    (staged[2] / "decision.json").write_text(older, "utf-8")
    run = decided_by_run(shared, readers)
    assert "read" in {span.stage for span in run.stages.spans}
    assert tree(shared.decided, shared.held) == tree(alone.decided, alone.held)


def test_batches_of_one_decide_what_all_at_once_do(
    tmp_path: Path, readers: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone, by_file = Root(tmp_path / "alone"), Root(tmp_path / "by_file")
    for root in (alone, by_file):
        send(root, departments=("HRSS", "EDU"))
        received(root, readers)
    decided_by_run(alone, readers)
    monkeypatch.setattr(batches, "limits", lambda: replace(limits(), batch_rows=1))
    assert len(batches.first(by_file, deciding.undecided(by_file, stored.DATASET))[0]) == 1
    decided_by_run(by_file, readers)
    assert tree(by_file.decided, by_file.held) == tree(alone.decided, alone.held)
    assert log.read(by_file.decisions) == log.read(alone.decisions)


@pytest.mark.parametrize("line", ["CAB-training_record", '{"submission": "x"}', '{"submission_id": "x"}'])
def test_a_line_that_names_nothing_received_is_told(line: str, tmp_path: Path, readers: Pool) -> None:
    root = Root(tmp_path)
    send(root, departments=())
    with pytest.raises(OperatorError, match="decide --list"):
        decide_batch.decide_batch(stored.prepared(root, readers), [line])
