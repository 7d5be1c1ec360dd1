"""Same input, same bytes: a second root fed in two portions ends where the first one ended."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import duckdb

from tests.e2e.harness import AS_OF, Skills, copy
from warehouse.published import publication
from warehouse.store.data_root import Root


def checksums(folder: Path, pattern: str) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob(pattern)
    }


def tables(root: Root) -> dict[str, str]:
    """Table → checksum over its ordered rows, as a BI tool would see it."""
    with publication.open_current(root).connect() as con:
        names = [name for (name,) in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
        ordered = "select md5(string_agg(t::varchar, chr(10) order by t::varchar)) from {} as t"
        return {name: str(con.execute(ordered.format(name)).fetchall()[0][0]) for name in names}


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
    assert checksums(other.root.current / "parquet", "*.parquet") == checksums(
        skills.root.current / "parquet", "*.parquet"
    )


def test_a_bi_tool_reads_what_the_manifest_says(skills: Skills) -> None:
    current = publication.open_current(skills.root)
    with duckdb.connect(str(current.folder / publication.DATABASE), read_only=True) as con:
        for name, told in current.manifest["tables"].items():
            assert con.execute(f"select count(*) from {name}").fetchall() == [(told["rows"],)]
            parquet = current.folder / "parquet" / f"{name}.parquet"
            assert hashlib.sha256(parquet.read_bytes()).hexdigest() == told["sha256"]
        undescribed = con.execute(
            "select table_name from duckdb_tables() where comment is null union all "
            "select table_name || '.' || column_name from duckdb_columns() where not internal and comment is null"
        ).fetchall()
    assert not undescribed
