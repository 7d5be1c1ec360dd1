"""What a dbt build that fails means: nothing new is published, the old publication and the reports stay."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from orchestration.pipeline import dbt, dbt_process
from warehouse.store.data_root import Root

DBT_STAND_IN = """
import pathlib, sys
folder = pathlib.Path(sys.argv[sys.argv.index("--target-path") + 1])
folder.mkdir(parents=True, exist_ok=True)
if sys.stdin.readline():
    print("told")
    results = pathlib.Path(__file__).with_name("results.json")
    if results.exists():
        (folder / "run_results.json").write_text(results.read_text())
"""


def build(root: Root, monkeypatch: pytest.MonkeyPatch, results: list[dict[str, object]] | None) -> dbt.Built:
    """What is understood of a dbt that leaves these results."""
    program, left = root.path / "dbt.py", root.path / "results.json"
    program.write_text(DBT_STAND_IN, "utf-8")
    left.unlink(missing_ok=True)
    if results is not None:
        left.write_text(json.dumps({"results": results}), "utf-8")
    monkeypatch.setattr(dbt, "_PROCESS", (sys.executable, str(program)))
    return dbt.Dbt(root).build()


def test_failed_models_and_tests_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = build(
        Root(tmp_path),
        monkeypatch,
        [
            {"unique_id": "model.skills_warehouse.fct_x", "status": "success", "message": None, "execution_time": 0.5},
            {"unique_id": "model.skills_warehouse.fct_y", "status": "skipped", "message": None, "execution_time": 0},
            {
                "unique_id": "test.skills_warehouse.key.abc",
                "status": "fail",
                "message": "Got 3 results",
                "execution_time": 0.1,
            },
        ],
    )
    assert built.models == {"fct_x": 0.5}
    assert built.failed == {"fct_y": "skipped", "key": "Got 3 results"}
    assert built.stored == {}


def test_what_fails_a_test_of_senders_data_is_where_it_was_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test that warns stored what fails; one that passes stored nothing; one that could not run is our failure."""

    def result(name: str, status: str) -> dict[str, object]:
        return {
            "unique_id": f"test.skills_warehouse.{name}",
            "status": status,
            "message": f"{name} {status}",
            "execution_time": 0.1,
            "relation_name": f'"skills"."senders_data"."{name}"',
        }

    results = [result("codes", "warn"), result("keys", "pass"), result("amounts", "error")]
    built = build(Root(tmp_path), monkeypatch, results)
    assert built.stored == {"codes": '"skills"."senders_data"."codes"'}
    assert built.failed == {"amounts": "amounts error"}


def test_results_of_an_earlier_build_are_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(Root(tmp_path), monkeypatch, [])
    with pytest.raises(RuntimeError, match="before it built anything: told"):
        build(Root(tmp_path), monkeypatch, None)


def test_a_build_that_cannot_begin_says_what_dbt_says(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.work.mkdir()
    root.database.write_text("no database", "utf-8")
    with pytest.raises(RuntimeError, match=r"(?s)before it built anything.* not a valid DuckDB database"):
        dbt.Process(root, dbt.TARGET, tmp_path / "dbt").build()


def test_a_build_starts_with_nothing_that_a_killed_one_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path)
    left = [root.database, root.database.with_name("skills.duckdb.wal")]
    root.work.mkdir()
    for path in left:
        path.write_bytes(b"half a build")
    build(root, monkeypatch, [])
    assert not any(path.exists() for path in left)


def test_dbt_that_is_never_asked_to_build_ends(tmp_path: Path) -> None:
    process = dbt.Dbt(Root(tmp_path))
    process.close()
    process.close()
    assert not (tmp_path / "work" / "dbt" / "run_results.json").exists()


PARENT = """
import sys, time
from pathlib import Path
from orchestration.pipeline import dbt, dbt_process
from warehouse.store.data_root import Root
process = dbt.Dbt(Root(Path(sys.argv[1])))._start()
print(process._process.pid, flush=True)
if sys.argv[2] == "building":
    process._process.stdin.write("build\\n")
    process._process.stdin.flush()
time.sleep(600)
"""


@pytest.mark.parametrize("moment", ["parsing", "building"])
def test_dbt_ends_with_a_process_that_is_killed(tmp_path: Path, moment: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), moment], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        child = Path("/proc") / parent.stdout.readline().strip()
        assert child.exists()
        time.sleep(0.5)
        parent.kill()
        parent.wait()
    for _ in range(100):
        if not child.exists() or "Z" in (child / "stat").read_text().split()[2]:
            return
        time.sleep(0.1)
    raise AssertionError("dbt lives on")


def graph(parsed: Path) -> dict[str, dict[str, Any]]:
    """What a build goes by, without when it was parsed."""
    manifest = dbt_process.of_any_root(parsed)
    assert manifest is not None
    kinds = (manifest.nodes, manifest.sources, manifest.macros, manifest.unit_tests)
    told = {name: node.to_dict() for kind in kinds for name, node in kind.items()}
    for node in told.values():
        del node["created_at"]
        for order_of_a_set in (node.get("sources", []), node.get("depends_on", {}).get("nodes", [])):
            order_of_a_set.sort()
    return told


def test_what_was_parsed_for_any_root_is_what_is_parsed_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "partial_parse.msgpack"
    of_all = dbt.manifest().with_name(name)
    monkeypatch.setenv("SKILLS_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SKILLS_REFERENCE", str(tmp_path / "reference"))
    folder = str(dbt.DBT_PROJECT)
    options = ["--project-dir", folder, "--profiles-dir", folder, "--target-path", str(tmp_path)]
    subprocess.run([dbt.DBT, "--quiet", "parse", "--target", "pipeline", *options], check=True)
    assert graph(of_all) == graph(tmp_path / name)


@pytest.mark.parametrize("harm", ["cut", "of another dbt"])
def test_what_cannot_be_read_of_it_is_parsed_anew(harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = tmp_path / "partial_parse.msgpack"
    content = dbt.manifest().with_name(parsed.name).read_bytes()
    parsed.write_bytes(content[: len(content) // 2] if harm == "cut" else content)
    if harm == "of another dbt":
        monkeypatch.setattr("dbt.version.__version__", "0.0.1")
    assert dbt_process.of_any_root(parsed) is None
