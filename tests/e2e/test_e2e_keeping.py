"""A house that is kept: backed up while it runs, restored elsewhere, pruned, and corrected as if nothing had been."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from tests.comparison.__main__ import differences
from tests.e2e.clerk import Clerk, workbooks
from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import publication
from warehouse.store import lock
from warehouse.store.data_root import Root

pytestmark = pytest.mark.soak
SENT = dt.datetime(2026, 2, 19, tzinfo=dt.UTC).timestamp()
_CHECKSUM = "select count(*), bit_xor(hash(row_of)), sum(hash(row_of)::hugeint) from (select {} from {}) as row_of"


def corrected(root: Root, number: int = 0) -> tuple[str, bytes]:
    """The place in the inbox and the content of a workbook that a clerk corrected."""
    book = list(workbooks(root, ("partly_accepted",)))[number]
    return f"{book.unit.replace('.', '/')}/{book.path.name}", Clerk(root).correct(book)


def send(skills: Skills, place: str, content: bytes) -> None:
    """Lays a file that is whole into the inbox, and runs."""
    path = skills.root.inbox / place
    path.write_bytes(content)
    os.utime(path, (SENT, SENT))
    path.with_name(f"{path.name}.done").touch()
    skills("run", "--as-of", AS_OF)


def work_size(root: Root) -> int:
    return sum(path.stat().st_size for path in root.work.rglob("*") if path.is_file())


def tables(root: Root, name: str = "latest") -> dict[str, str]:
    """Published table → a checksum of its rows, without the moments at which something was received."""
    with publication.open_publication(root, name).connect() as con:
        columns = con.execute(
            "select table_name, string_agg(format('\"{}\"', column_name), ', ') from duckdb_columns() "
            "where schema_name = 'main' and not internal and data_type not like 'TIMESTAMP%' group by all"
        ).fetchall()
        return {name: str(con.execute(_CHECKSUM.format(names, name)).fetchall()[0]) for name, names in columns}


def test_a_backup_restored_elsewhere_publishes_the_same(skills: Skills, after_run: Skills, tmp_path: Path) -> None:
    done = after_run("backup", str(tmp_path / "backups"))
    assert "The key" in done.stdout and "is not in it" in done.stdout
    other = Skills(Root(tmp_path / "elsewhere" / "data"))
    done = other("restore", str(tmp_path / "backups"), str(other.root.path))
    assert f"to {other.root.key_file}" in done.stdout
    other.root.key_file.write_bytes(after_run.root.key_file.read_bytes())
    other.root.key_file.chmod(0o600)
    other("run", "--as-of", AS_OF)
    first, again = publication.open_current(skills.root), publication.open_current(other.root)
    assert (again.publication_id, again.manifest["tables"]) == (first.publication_id, first.manifest["tables"])
    assert [*differences(skills.root.path, other.root.path)] == []
    assert other("verify").returncode == 0
    before, correction = tables(other.root), corrected(skills.root)
    for house in (other, after_run):
        send(house, *correction)
    assert tables(after_run.root) == tables(other.root) != before


def test_after_pruning_a_correction_gives_what_it_gives_without(after_run: Skills, tmp_path: Path) -> None:
    """Both roots have been built at their place, so that the correction is carried on in what pruning left."""
    pruned = Skills(copy(after_run.root, tmp_path / "pruned"))
    first, second = corrected(pruned.root, 0), corrected(pruned.root, 1)
    for house in (after_run, pruned):
        send(house, *first)
    size = work_size(pruned.root)
    said = pruned("prune", "--dry-run").stdout
    assert "work/skills.duckdb" in said and "would be freed" in said
    assert work_size(pruned.root) == size
    assert "work/skills.duckdb" in pruned("prune").stdout
    assert work_size(pruned.root) < size * 0.8
    assert "Nothing new" in pruned("run", "--as-of", AS_OF).stdout
    old, before = publication.open_current(pruned.root).publication_id, tables(pruned.root)
    built_in_full = (pruned.root.work / "dbt" / "run_results.json").stat().st_mtime_ns
    for house in (after_run, pruned):
        send(house, *second)
    assert (pruned.root.work / "dbt" / "run_results.json").stat().st_mtime_ns == built_in_full
    assert tables(after_run.root) == tables(pruned.root) != before
    few = {"SKILLS_RETENTION__PUBLICATIONS": "1", "SKILLS_RETENTION__MONTH_ENDS": "0"}
    assert old in pruned("prune", **few).stdout
    assert "were pruned: call skills rebuild" in pruned("diff", old, "latest", check=False).stderr
    assert pruned("verify").returncode == 0
    assert "made again:" in pruned("rebuild", old).stdout
    assert pruned("verify").returncode == 0
    assert pruned("diff", old, "latest").returncode == 0
    assert tables(pruned.root, old) == before


def test_backups_beside_a_run_are_whole(demo: Root, tmp_path: Path) -> None:
    running = Skills(copy(demo, tmp_path))
    running("run", "--as-of", "2025-12-20")
    run = running.start("run", "--as-of", AS_OF)
    while run.poll() is None and lock.holder(running.root) is None:
        time.sleep(0.05)
    count = 0
    while run.poll() is None or count < 1:
        running("backup", str(tmp_path / "backups" / str(count)))
        count += 1
    assert run.returncode == 0
    for number in range(count):
        other = Skills(Root(tmp_path / f"restored{number}" / "data"))
        other("restore", str(tmp_path / "backups" / str(number)), str(other.root.path))
        assert other("verify").returncode == 0
