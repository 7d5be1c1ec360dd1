"""What a dbt build that fails means: nothing new is published, the old publication and the reports stay."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from orchestration import transform
from warehouse.paths import Root


def build(root: Root, monkeypatch: pytest.MonkeyPatch, results: list[dict[str, object]] | None) -> transform.Built:
    """`transform.build` with a dbt that leaves these results."""
    def run(words: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        folder = Path(str(words[words.index("--target-path") + 1]))
        folder.mkdir(parents=True, exist_ok=True)
        if results is not None:
            (folder / "run_results.json").write_text(json.dumps({"results": results}), "utf-8")
        return subprocess.CompletedProcess([], 1, "told", "")

    monkeypatch.setattr(subprocess, "run", run)
    return transform.build(root)


def test_failed_models_and_tests_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = build(Root(tmp_path), monkeypatch, [
        {"unique_id": "model.skills_warehouse.fct_x", "status": "success", "message": None, "execution_time": 0.5},
        {"unique_id": "model.skills_warehouse.fct_y", "status": "skipped", "message": None, "execution_time": 0},
        {"unique_id": "test.skills_warehouse.key.abc", "status": "fail", "message": "Got 3 results",
         "execution_time": 0.1},
    ])
    assert built.models == {"fct_x": 0.5}
    assert built.failed == {"fct_y": "skipped", "key": "Got 3 results"}


def test_results_of_an_earlier_build_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(Root(tmp_path), monkeypatch, [])
    with pytest.raises(RuntimeError, match="before it built anything: told"):
        build(Root(tmp_path), monkeypatch, None)
