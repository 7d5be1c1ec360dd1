"""Same input, same bytes: a second root fed in two portions ends where the first one ended."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline.run import Run, report
from pages.write import seals
from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import mart_files, mart_parts, publication
from warehouse.store.data_root import Root


def checksums(folder: Path, pattern: str) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob(pattern)
    }


def tables(root: Root) -> dict[str, str]:
    """Table → checksum over its ordered rows, as a BI tool would see it."""
    with publication.open_current(root).connect() as con:
        names = [name for (name,) in con.execute("show tables").fetchall()]
        ordered = "select md5(string_agg(t::varchar, chr(10) order by t::varchar)) from {} as t"
        return {name: str(con.execute(ordered.format(name)).fetchall()[0][0]) for name in names}


def assert_written_as_from_nothing(root: Root) -> None:
    """Reports and workbooks that two runs wrote, each what had changed, are those that one would write."""

    def written() -> dict[str, bytes]:
        return {
            path.relative_to(root.path).as_posix(): path.read_bytes()
            for folder in (root.reports, root.corrections)
            for path in folder.rglob("*")
            if path.is_file() and seals.FOLDER not in path.parts
        }

    before = written()
    for folder in (root.reports, root.corrections):
        shutil.rmtree(folder)
    run = Run(root.make(), dt.date.fromisoformat(AS_OF), dt.datetime.now(dt.UTC))
    try:
        assert sum(changed for _, changed in report(run)) > 100
    finally:
        run.close()
    assert [name for name, content in written().items() if content != before.get(name)] == []
    assert written().keys() == before.keys()


@pytest.mark.soak
def test_two_portions_end_where_one_run_ended(skills: Skills, demo: Root, tmp_path: Path) -> None:
    other = Skills(copy(demo, tmp_path))
    shutil.copy2(skills.root.key_file, other.root.key_file)
    later = tmp_path / "later"
    files = [path for path in other.root.inbox.rglob("*") if path.is_file()]
    files.sort(key=lambda path: path.stat().st_mtime)
    waiting = files[len(files) * 2 // 3 :]
    for path in waiting:
        target = later / path.relative_to(other.root.inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, target)
    other("run", "--as-of", AS_OF)
    for path in waiting:
        shutil.move(later / path.relative_to(other.root.inbox), path)
    other("run", "--as-of", AS_OF)

    for pattern in ("*/*/accepted.parquet", "*/*/findings.parquet"):
        assert checksums(other.root.decided, pattern) == checksums(skills.root.decided, pattern)
    assert checksums(other.root.held, "*/*.parquet") == checksums(skills.root.held, "*/*.parquet")
    assert tables(other.root) == tables(skills.root)
    assert_written_as_from_nothing(other.root)
    assert checksums(other.root.current / "parquet", "**/*.parquet") == checksums(
        skills.root.current / "parquet", "**/*.parquet"
    )


def test_a_bi_tool_reads_what_the_manifest_says(skills: Skills) -> None:
    current = publication.open_current(skills.root)
    with duckdb.connect(str(current.folder / publication.DATABASE), read_only=True) as con:
        for name, told in current.manifest["tables"].items():
            assert con.execute(f"select count(*) from {name}").fetchall() == [(told["rows"],)]
            parquet = str(current.folder / mart_parts.pattern(name))
            assert con.execute("select count(*) from read_parquet(?)", [parquet]).fetchall() == [(told["rows"],)]
        assert {name for (name,) in con.execute("show tables").fetchall()} == current.manifest["tables"].keys()
        undescribed = con.execute(
            """
            with described as (
                select schema_name, table_name, comment from duckdb_tables()
                union all select schema_name, view_name, comment from duckdb_views() where not internal
                union all
                select schema_name, table_name || '.' || column_name, comment from duckdb_columns() where not internal
            )
            select table_name from described where schema_name = 'main' and comment is null
            """
        ).fetchall()
    for place, told in mart_files.files(current.manifest["tables"]).items():
        assert hashlib.sha256((current.folder / place).read_bytes()).hexdigest() == told
    assert not undescribed
