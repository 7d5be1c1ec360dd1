"""The log of runs: whole lines whoever writes, turned over, without identifiers, and never a reason to fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.pipeline import run_log
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def lines(*files: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def test_a_line_says_when_what_and_how_grave(root: Root) -> None:
    run_log.tell(root, "run_ended", "error", job="build", rows={"held": 3}, feeds=("CAB/certificate",))
    [told] = lines(root.run_logs / "skills.jsonl")
    assert {key: told[key] for key in ("level", "event", "job", "rows", "feeds")} == {
        "level": "error",
        "event": "run_ended",
        "job": "build",
        "rows": {"held": 3},
        "feeds": ["CAB/certificate"],
    }
    assert str(told["at"]).endswith("+00:00")


def test_what_looks_like_an_identifier_is_masked_wherever_it_stands(root: Root) -> None:
    run_log.tell(
        root, "x", one_fact="110105194912310021", many=["13912345678", {"13912345678": "１３９１２３４５６７８"}]
    )
    text = run_log.file(root).read_text("utf-8")
    assert "13912345678" not in text
    assert "110105194912310021" not in text


def raised(error: Exception) -> Exception:
    try:
        raise error
    except type(error) as caught:
        return caught


def test_our_sentences_are_told_and_of_others_only_the_place() -> None:
    assert run_log.reason(OperatorError("The disk is full.")) == "The disk is full."
    quoting = OperatorError("The run x failed: could not convert '张三丰'")
    quoting.kept = "The run x failed: ValueError"
    assert run_log.reason(quoting) == "The run x failed: ValueError"
    told = run_log.reason(raised(ValueError("could not convert '张三丰'")))
    assert told.startswith("ValueError at test_orchestration_run_log.py:")
    assert "张三丰" not in told


def test_files_are_turned_over_and_the_oldest_go(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLS_LOG__FILES", "2")
    monkeypatch.setattr(run_log, "_MB", 1000)
    monkeypatch.setenv("SKILLS_LOG__MAX_MB", "1")
    for number in range(100):
        run_log.tell(root, "x", number=number)
    files = [root.run_logs / name for name in ("skills.jsonl.2", "skills.jsonl.1", "skills.jsonl")]
    assert sorted(path.name for path in root.run_logs.glob("skills.jsonl*")) == sorted(path.name for path in files)
    assert all(path.stat().st_size <= 1000 for path in files)
    numbers = [told["number"] for told in lines(*files)]
    assert numbers == list(range(100 - len(numbers), 100)), "in order, with none lost between two files"


def test_several_processes_lose_no_line_where_files_are_turned_over(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys; from pathlib import Path; from orchestration.pipeline import run_log; "
        "from warehouse.store.data_root import Root; run_log._MB = 2000\n"
        "for number in range(60): run_log.tell(Root(Path(sys.argv[1])), 'x', who=sys.argv[2], number=number)"
    )
    monkeypatch.setenv("SKILLS_LOG__FILES", "50")
    monkeypatch.setenv("SKILLS_LOG__MAX_MB", "1")
    writers = [subprocess.Popen([sys.executable, "-c", code, str(root.path), who]) for who in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    files = list(root.run_logs.glob("skills.jsonl*"))
    assert len(files) > 5
    told = sorted((str(line["who"]), int(str(line["number"]))) for line in lines(*files))
    assert told == [(who, number) for who in "abc" for number in range(60)]


def test_a_log_that_cannot_be_written_fails_nothing(root: Root) -> None:
    root.run_logs.write_text("in the way", "utf-8")
    run_log.tell(root, "x")
    assert root.run_logs.read_text("utf-8") == "in the way"


def test_the_folder_is_where_the_settings_say_and_private(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKILLS_LOG__FOLDER", str(tmp_path / "var" / "log"))
    run_log.tell(root, "x")
    file = tmp_path / "var" / "log" / "skills.jsonl"
    assert lines(file)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not root.run_logs.exists()
