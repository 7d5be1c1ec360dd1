"""A house that is kept: backed up while it runs, restored elsewhere, pruned, and corrected as if nothing had been."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.clerk import Clerk, workbooks
from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import publication
from warehouse.store import log
from warehouse.store.data_root import Root

pytestmark = pytest.mark.soak


def correct(skills: Skills) -> None:
    """A clerk sends one workbook back, corrected."""
    book = next(iter(workbooks(skills.root, ("partly_accepted",))))
    path = skills.root.inbox / book.unit.replace(".", "/") / book.path.name
    path.write_bytes(Clerk(skills.root).correct(book))
    path.with_name(f"{path.name}.done").touch()
    skills("run", "--as-of", AS_OF)


def shown(root: Root) -> tuple[str, object, dict[str, bytes]]:
    """The publication's id, what it says of its tables, and the pages beside it."""
    current = publication.open_current(root)
    pages = {path.relative_to(root.reports).as_posix(): path.read_bytes() for path in root.reports.rglob("*.html")}
    return current.publication_id, current.manifest["tables"], pages


def test_a_backup_restored_elsewhere_publishes_the_same(skills: Skills, after_run: Skills, tmp_path: Path) -> None:
    done = after_run("backup", str(tmp_path / "backups"))
    assert "The key" in done.stdout and "is not in it" in done.stdout
    other = Skills(Root(tmp_path / "elsewhere" / "data"))
    done = other("restore", str(tmp_path / "backups"), str(other.root.path))
    assert f"to {other.root.key_file}" in done.stdout
    other.root.key_file.write_bytes(after_run.root.key_file.read_bytes())
    other.root.key_file.chmod(0o600)
    other("run", "--as-of", AS_OF)
    assert shown(other.root) == shown(skills.root)
    assert other("verify").returncode == 0
    correct(other)
    correct(after_run)
    assert shown(other.root)[:2] == shown(after_run.root)[:2]


def test_after_pruning_a_correction_gives_what_it_gives_without(after_run: Skills, tmp_path: Path) -> None:
    pruned = Skills(copy(after_run.root, tmp_path / "pruned"))
    before = sum(path.stat().st_size for path in pruned.root.work.rglob("*") if path.is_file())
    said = pruned("prune", "--dry-run").stdout
    assert "work/skills.duckdb" in said and "would be freed" in said
    assert "work/skills.duckdb" in pruned("prune", SKILLS_RETENTION__PUBLICATIONS="1").stdout
    assert sum(path.stat().st_size for path in pruned.root.work.rglob("*") if path.is_file()) < before * 0.8
    assert "Nothing new" in pruned("run", "--as-of", AS_OF).stdout
    old = publication.open_current(pruned.root).publication_id
    for root in (after_run, pruned):
        correct(root)
    assert shown(pruned.root) == shown(after_run.root)
    record = pruned.root.work / "stages.json"
    assert "dbt" in record.read_text("utf-8")
    pruned("prune", SKILLS_RETENTION__PUBLICATIONS="1", SKILLS_RETENTION__MONTH_ENDS="0")
    assert [entry.subject for entry in log.read(pruned.root.publications) if entry.kind == "pruned"][-2:][0] == old
    assert "were pruned: call skills rebuild" in pruned("diff", old, "latest", check=False).stderr
    assert "equal" in pruned("rebuild", old).stdout
    assert pruned("verify").returncode == 0
    assert pruned("diff", old, "latest").returncode == 0


def test_backups_beside_a_run_are_whole(demo: Root, tmp_path: Path) -> None:
    running = Skills(copy(demo, tmp_path))
    running("run", "--as-of", "2025-12-20")
    run = running.start("run", "--as-of", AS_OF)
    count = 0
    while run.poll() is None or count < 1:
        running("backup", str(tmp_path / "backups" / str(count)))
        count += 1
    assert run.returncode == 0
    for number in range(count):
        other = Skills(Root(tmp_path / f"restored{number}" / "data"))
        other("restore", str(tmp_path / "backups" / str(number)), str(other.root.path))
        assert other("verify").returncode == 0
