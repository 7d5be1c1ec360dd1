"""Publishes the marts: an immutable folder with a read-only DuckDB file, Parquet and a manifest; `current` moves last.

Readers open a publication, never the database that dbt writes, so they neither see half a build nor block one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import OperatorError
from warehouse.paths import Root
from warehouse.register import Standing, dump_json

DATABASE = "warehouse.duckdb"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Publication:
    """A standing publication."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def publication_id(self) -> str:
        return str(self.manifest["publication_id"])

    def connect(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self.folder / DATABASE), read_only=True)


def current(root: Root) -> Publication | None:
    """The publication that `current` points to, or none yet."""
    try:
        folder = root.current.resolve(strict=True)
        return Publication(folder, json.loads((folder / MANIFEST).read_text("utf-8")))
    except FileNotFoundError:
        return None


def open_current(root: Root) -> Publication:
    publication = current(root)
    if publication is None:
        raise OperatorError("Nothing has been published yet: call skills run first.")
    return publication


def open_publication(root: Root, publication_id: str) -> Publication:
    """A publication by its id, whether it is current or not."""
    folder = root.published / publication_id
    try:
        return Publication(folder, json.loads((folder / MANIFEST).read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise OperatorError(f"There is no publication {publication_id}: the folders in {root.published} are named "
                            "after those that there are.") from None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_tables(database: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Every mart, ordered by all its columns, into Parquet and into the new DuckDB file; rows and checksum each."""
    tables: dict[str, dict[str, Any]] = {}
    with duckdb.connect(str(folder / DATABASE)) as con:
        con.execute(f"set temp_directory = '{folder}'")
        con.execute(f"attach '{database}' as build (read_only)")
        names = con.execute("select table_name from duckdb_tables() where database_name = 'build' "
                            "and schema_name = 'marts' order by table_name").fetchall()
        comments = con.execute(
            "select table_name, null as column_name, comment from duckdb_tables() "
            "where database_name = 'build' and schema_name = 'marts' and comment is not null union all "
            "select table_name, column_name, comment from duckdb_columns() "
            "where database_name = 'build' and schema_name = 'marts' and comment is not null"
        ).fetchall()
        for (name,) in names:
            path = folder / "parquet" / f"{name}.parquet"
            con.execute(f"create table {name} as select * from build.marts.{name} order by all")
            con.execute(f"copy {name} to '{path}' (format parquet, compression zstd)")
            rows = con.execute(f"select count(*) from {name}").fetchall()[0][0]
            tables[name] = {"rows": rows, "sha256": _sha256(path)}
        for table, column, text in comments:
            target = f"table {table}" if column is None else f"column {table}.{column}"
            quoted = text.replace("'", "''")
            con.execute(f"comment on {target} is '{quoted}'")
    return tables


def publish(
    root: Root,
    standings: Sequence[Standing],
    as_of: dt.date,
    versions: dict[str, str],
    now: dt.datetime,
    add: Callable[[Publication], None] = lambda _: None,
) -> tuple[Publication, bool]:
    """Publishes what dbt built and tested; gives the current publication and whether it is new.

    A build whose tables equal those of `current` publishes nothing. `add` lays more files into a new publication
    before it is moved into place.
    """
    part = root.work / "publication.part"
    shutil.rmtree(part, ignore_errors=True)
    (part / "parquet").mkdir(parents=True)
    tables = _copy_tables(root.database, part)
    content = hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()
    standing = current(root)
    if standing and standing.manifest["content"] == content and standing.manifest["versions"] == versions:
        shutil.rmtree(part)
        return standing, False
    digest = hashlib.sha256(json.dumps([content, versions], sort_keys=True).encode()).hexdigest()
    publication_id = f"{as_of.isoformat()}-{digest[:12]}"
    manifest = {
        "publication_id": publication_id,
        "as_of_date": as_of.isoformat(),
        "published_at": now.astimezone(dt.UTC).isoformat(timespec="seconds"),
        "content": content,
        "versions": versions,
        "submissions": [one.decision.folder_name for one in standings if one.is_current],
        "tables": tables,
    }
    dump_json(part / MANIFEST, manifest)
    folder = root.published / publication_id
    if not folder.exists():
        add(Publication(part, manifest))
        for path in part.rglob("*"):
            if path.is_file():
                path.chmod(0o444)
        part.replace(folder)
    else:
        shutil.rmtree(part)
    link = root.published / ".current.part"
    link.unlink(missing_ok=True)
    link.symlink_to(publication_id)
    link.replace(root.current)
    return Publication(folder, json.loads((folder / MANIFEST).read_text("utf-8"))), True
