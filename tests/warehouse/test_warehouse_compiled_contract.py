"""A contract that was read once is not read again by the next process, and never another in its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.vocabulary import compiled_contract, contract, contract_file
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import CONTRACTS

NAME = "attendance.odcs.yaml"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiled_contract, "FOLDER", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read."""
    read: list[Path] = []
    load = contract_file.load

    def seen(path: Path) -> Dataset:
        read.append(path)
        return load(path)

    monkeypatch.setattr(contract_file, "load", seen)
    return read


def test_what_is_kept_is_what_was_read(folder: Path, reads: list[Path]) -> None:
    paths = sorted(CONTRACTS.glob("*.odcs.yaml"))
    first, second = [[compiled_contract.of(path) for path in paths] for _ in range(2)]
    assert reads == paths
    assert first == second == list(contract.datasets())
    assert len(list(folder.iterdir())) == len(paths)


def test_a_contract_that_changes_is_read(folder: Path, reads: list[Path], tmp_path: Path) -> None:
    path = tmp_path / NAME
    text = (CONTRACTS / NAME).read_text("utf-8")
    path.write_text(text, "utf-8")
    before = compiled_contract.of(path)
    path.write_text(text.replace(f"businessName: {before.title}", "businessName: 别的", 1), "utf-8")
    assert (before.title, compiled_contract.of(path).title) == (before.title, "别的")
    assert reads == [path, path]


def test_other_code_reads_anew(folder: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    compiled_contract.of(CONTRACTS / NAME)
    monkeypatch.setattr(compiled_contract, "_code", lambda: b"other")
    compiled_contract.of(CONTRACTS / NAME)
    assert len(reads) == 2


def test_what_was_cut_off_is_read_anew_and_kept(folder: Path, reads: list[Path]) -> None:
    dataset = compiled_contract.of(CONTRACTS / NAME)
    [kept] = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert [compiled_contract.of(CONTRACTS / NAME) for _ in range(2)] == [dataset, dataset]
    assert len(reads) == 2


def test_where_nothing_can_be_kept_each_reads(folder: Path, reads: list[Path]) -> None:
    folder.write_text("in its place")
    assert compiled_contract.of(CONTRACTS / NAME) == compiled_contract.of(CONTRACTS / NAME)
    assert len(reads) == 2


def test_a_broken_contract_is_refused_each_time(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text("id: nothing", "utf-8")
    for _ in range(2):
        with pytest.raises(OperatorError, match="attendance"):
            compiled_contract.of(path)
    assert not folder.exists()


def test_a_reader_of_files_starts_without_what_only_reads_contracts() -> None:
    words = [sys.executable, "-c", "import sys, ingest.worker, ingest.feed; ingest.feed.feeds(); print(*sys.modules)"]
    _, said = [subprocess.run(words, capture_output=True, text=True, check=True).stdout.split() for _ in range(2)]
    assert {"ingest.read", "pyarrow"} <= {*said}
    assert not {"pydantic", "open_data_contract_standard", "duckdb"} & {*said}
