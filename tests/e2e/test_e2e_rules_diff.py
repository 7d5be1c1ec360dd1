"""A changed threshold in a copy of the project: the preview tells what it would do, and no file of the root changes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.e2e.harness import Skills
from warehouse.store.data_root import Root
from warehouse.vocabulary.project import PROJECT

FORMER, LIMIT = "attended_hours <= 3000.0", 80
CODE = "TR.attended_hours.range"
PROGRAM = "from orchestration.cli import main; main()"


class Copy:
    """A copy of the project under git whose working tree allows fewer hours than its last commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for package in ("warehouse", "ingest", "expectations", "orchestration"):
            shutil.copytree(
                PROJECT / package, folder / package, ignore=lambda parent, names: {"__pycache__", "data"} & set(names)
            )
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "x")
        file = folder / "expectations" / "compiled" / "training_record.sql"
        text = file.read_text("utf-8")
        assert text.count(FORMER) == 1
        file.write_text(text.replace(FORMER, f"attended_hours <= {LIMIT}.0"), "utf-8")

    def git(self, *words: str) -> None:
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *words],
            cwd=self.folder,
            check=True,
            capture_output=True,
        )

    def __call__(self, skills: Skills, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, "rules", "diff", *words],
            cwd=self.folder,
            env=skills.environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("project"))


def files(root: Root) -> Iterator[tuple[str, str, int]]:
    for path in sorted(root.path.rglob("*")):
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        yield str(path), hashlib.md5(content).hexdigest(), path.lstat().st_mtime_ns


def newest(root: Root) -> list[dict[str, object]]:
    return [
        row
        for row in pq.read_table(root.register / "submission.parquet").to_pylist()
        if row["represents_key"] and row["dataset"] == "training_record"
    ]


def test_a_changed_threshold_is_told_and_nothing_changes(skills: Skills, copied: Copy, tmp_path: Path) -> None:
    before, out = list(files(skills.root)), tmp_path / "out.json"
    done = copied(skills, "--json", str(out))
    assert done.returncode == 0, done.stderr
    assert list(files(skills.root)) == before
    told = json.loads(out.read_text("utf-8"))
    assert [(change["dataset"], change["code"], change["kind"], change["facts"]) for change in told["changes"]] == [
        ("training_record", CODE, "changed", ["sql"])
    ]
    assert told["not_replayed"] == {}

    standing = newest(skills.root)
    over = [
        str(path)
        for row in standing
        for path in (
            skills.root.decided / "training_record" / str(row["folder_name"]) / "accepted.parquet",
            skills.root.held / "training_record" / f"{row['folder_name']}.parquet",
        )
        if path.is_file()
    ]
    counted = duckdb.execute(
        f"select department_code, count(*) from read_parquet(?, union_by_name = true) "
        f"where attended_hours > {LIMIT} and attended_hours <= 3000 group by all",
        [over],
    )
    expected = {department: (rows, 0, 0) for department, rows in counted.fetchall()}
    assert len(expected) > 3
    assert {
        effect["department"]: (effect["found"], effect["gone"], effect["regraded"])
        for effect in told["rules"]
        if effect["rule"] == CODE
    } == expected

    totals = {
        name: sum(department[name] for department in told["departments"].values())
        for name in ("submissions", "rows", "held_before", "held_after")
    }
    assert totals["submissions"] == len(standing)
    assert totals["rows"] == sum(row["received_rows"] for row in standing)  # type: ignore[misc]
    assert totals["held_before"] == sum(row["held_rows"] for row in standing)  # type: ignore[misc]
    assert totals["held_after"] > totals["held_before"]
    stored = {row["submission_id"]: row["outcome"] for row in standing}
    assert told["outcomes"]
    assert all(
        outcome["before"] == stored[outcome["submission_id"]] != outcome["after"] for outcome in told["outcomes"]
    )

    assert CODE in done.stdout
    assert done.stdout.rstrip().endswith("nothing was stored.")
    said = re.sub(r"-[0-9a-f]{12}\b", "", out.read_text("utf-8") + done.stdout).replace(told["since"]["commit"], "")
    assert not re.search(r"[0-9]{15}|1[3-9][0-9]{9}", said)


def test_one_department_as_json_alone(skills: Skills, copied: Copy) -> None:
    done = copied(skills, "--department", "HRSS", "--dataset", "training_record", "--json", "-")
    assert set(json.loads(done.stdout)["departments"]) == {"HRSS"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--since", "nonsense"), "There is no revision nonsense"),
        (("--department", "XYZ"), "no department XYZ"),
        (("--dataset", "nonsense"), "no dataset nonsense"),
    ],
)
def test_bad_words_are_one_sentence(words: tuple[str, ...], said: str, skills: Skills, copied: Copy) -> None:
    done = copied(skills, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_project_without_git_is_one_sentence(skills: Skills, copied: Copy) -> None:
    hidden = copied.folder / "hidden"
    (copied.folder / ".git").rename(hidden)
    try:
        done = copied(skills)
    finally:
        hidden.rename(copied.folder / ".git")
    assert done.returncode == 2
    assert "not in a git checkout" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
