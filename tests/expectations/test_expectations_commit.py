"""Storing decisions: what stands where, the same bytes again, nothing overwritten."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq

from expectations.check import Batch, Checked, check
from expectations.commit import commit, lay_empty
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY, NOW, reading, shaped, submission
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Decision

NAME = "aggregate_summary"
ROW = {"report_period": "2026-06", "dept": "HRSS", "metric_id": "T01", "value_period": 5, "unit": "人次"}


def judged() -> Checked:
    good, bad, none = (submission(NAME, letter) for letter in "abc")
    dataset = contract.dataset(NAME)
    table = shaped(
        dataset,
        [
            {"submission_id": good.submission_id} | ROW,
            {"submission_id": bad.submission_id, "row_index": 1} | ROW | {"dept": "CAB"},
        ],
    )
    facts = reading(NAME)
    with connect(None) as con:
        return check(
            con,
            Batch(dataset, table, [(good, facts), (bad, facts), (none, reading(NAME, problem="empty"))], KEY),
        )


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_decision_stands_with_its_files(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    decisions = commit(root, root.work, judged(), NOW)
    assert [decision.outcome for decision in decisions] == ["accepted", "rejected", "unreadable"]
    for decision in decisions:
        folder = root.decision_folder(decision)
        assert sorted(path.name for path in folder.iterdir()) == [
            "accepted.parquet",
            "decision.json",
            "findings.parquet",
        ]
        assert Decision.from_json((folder / "decision.json").read_text("utf-8")) == decision
        assert pq.read_table(folder / "accepted.parquet").num_rows == decision.rows.accepted
        assert root.held_file(decision).is_file() == (decision.rows.held > 0)
        for name, checksum in decision.checksums.items():
            file = root.held_file(decision) if name == "held.parquet" else folder / name
            assert hashlib.sha256(file.read_bytes()).hexdigest() == checksum


def test_the_same_input_gives_the_same_bytes_and_nothing_is_overwritten(tmp_path: Path) -> None:
    first, second = Root(tmp_path / "first").make(), Root(tmp_path / "second").make()
    commit(first, first.work, judged(), NOW)
    commit(second, second.work, judged(), NOW)
    before = tree(first.path)
    assert before == tree(second.path)
    moments = {path: path.stat().st_mtime_ns for path in first.decided.rglob("*")}
    commit(first, first.work, judged(), NOW)
    assert tree(first.path) == before
    assert {path: path.stat().st_mtime_ns for path in first.decided.rglob("*")} == moments


def test_a_typed_empty_table_lies_in_every_dataset(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    lay_empty(root)
    lay_empty(root)
    with connect(None) as con:
        for name in contract.names():
            glob = f"{root.decided}/{name}/*/accepted.parquet"
            assert con.execute("select count(*) from read_parquet(?)", [glob]).fetchone() == (0,)
