"""Publishes the marts: an immutable folder with a read-only DuckDB file, Parquet and a manifest; `current` moves last.

Readers open a publication, never the database that dbt writes, so they neither see half a build nor block one. What
moved between two is `publication_diff`; the dashboard inside one is written by `pages`.
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

from warehouse.store import demo_mark, durable, log, publication_basis, publication_log
from warehouse.store.data_root import Root
from warehouse.store.register import dump_json
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

DATABASE = "warehouse.duckdb"
MANIFEST = "manifest.json"
FILE_MODE = 0o444
"""Nothing in a publication is ever changed."""


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


Add = Callable[[Publication], object]
"""Lays more files into a new publication before it is moved into place."""


def current(root: Root) -> Publication | None:
    """The publication that `current` points to, or none yet."""
    try:
        return opened(root.current.resolve(strict=True))
    except FileNotFoundError:
        return None


def opened(folder: Path) -> Publication:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError:
        raise OperatorError(
            f"{path} is damaged: restore it from a backup, or remove that publication's folder; where it was the "
            "current one, skills run publishes anew."
        ) from None
    return Publication(folder, manifest)


def publications(root: Root) -> list[Publication]:
    """All that stand, in the order published."""
    unordered = [opened(path.parent) for path in root.published.glob(f"*/{MANIFEST}") if not path.parent.is_symlink()]
    return sorted(unordered, key=lambda publication: (publication.manifest["published_at"], publication.publication_id))


def open_publication(root: Root, name: str) -> Publication:
    """A publication by its id or the beginning of one; `latest` is the current one, `previous` the newest beside it
    that a run made."""
    newest = open_current(root)
    if name == "latest":
        return newest
    others = [publication for publication in publications(root) if publication.publication_id != newest.publication_id]
    if name == "previous":
        before = [publication for publication in others if publication.manifest.get("known_at") is None]
        if not before:
            raise OperatorError(f"There is one publication only, {newest.publication_id}: nothing came before it.")
        return before[-1]
    matching = [publication for publication in [newest, *others] if publication.publication_id.startswith(name)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        ids = sorted(publication.publication_id for publication in matching)
        raise OperatorError(f"{name} begins {len(ids)} publications: {', '.join(ids)}.")
    raise OperatorError(
        f"There is no publication {name}: the folders in {root.published} are named after those that there are."
    )


def open_current(root: Root) -> Publication:
    publication = current(root)
    if publication is None:
        raise OperatorError("Nothing has been published yet: call skills run first.")
    return publication


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _copy_tables(database: Path, folder: Path) -> dict[str, dict[str, Any]]:
    """Every mart, ordered by all its columns, into Parquet and into the new DuckDB file; rows and checksum each."""
    tables: dict[str, dict[str, Any]] = {}
    with duckdb.connect(str(folder / DATABASE)) as con:
        con.execute(f"set temp_directory = '{folder}'")
        con.execute(f"attach '{database}' as build (read_only)")
        names = con.execute(
            "select table_name from duckdb_tables() where database_name = 'build' "
            "and schema_name = 'marts' order by table_name"
        ).fetchall()
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
            tables[name] = {"rows": rows, "sha256": sha256(path)}
        for table, column, text in comments:
            target = f"table {table}" if column is None else f"column {table}.{column}"
            quoted = text.replace("'", "''")
            con.execute(f"comment on {target} is '{quoted}'")
    return tables


def make(
    root: Root,
    folder: Path,
    statuses: Sequence[SubmissionStatus],
    as_of: dt.date,
    versions: dict[str, str],
    now: dt.datetime,
    known_at: dt.datetime | None = None,
) -> Publication:
    """Writes what dbt built in a root into a new folder. `known_at`: the moment whose knowledge it shows, where that
    is not the moment of publishing."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "parquet").mkdir(parents=True)
    tables = _copy_tables(root.database, folder)
    content = hashlib.sha256(json.dumps(tables, sort_keys=True).encode()).hexdigest()
    digest = hashlib.sha256(json.dumps([content, versions], sort_keys=True).encode()).hexdigest()
    manifest = {
        "publication_id": f"{as_of.isoformat()}-{digest[:12]}",
        "as_of_date": as_of.isoformat(),
        "published_at": clock.utc_text(now),
        "known_at": known_at and clock.utc_text(known_at),
        "content": content,
        "is_demo": demo_mark.is_demo(root),
        "versions": versions,
        "submissions": [status.decision.folder_name for status in statuses if status.stands],
        "tables": tables,
        **publication_basis.manifest_facts(root, statuses),
    }
    dump_json(folder / MANIFEST, manifest)
    return Publication(folder, manifest)


def keep(root: Root, draft: Publication, add: Add) -> Publication:
    """Moves a publication into its place in one rename; one that stands there already stays as it is."""
    folder = root.published / draft.publication_id
    if folder.exists():
        shutil.rmtree(draft.folder)
    else:
        add(draft)
        for path in draft.folder.rglob("*"):
            if path.is_file():
                path.chmod(FILE_MODE)
        durable.sync([draft.folder, *draft.folder.rglob("*")])
        durable.sync([durable.move(draft.folder, folder)])
    kept = opened(folder)
    _tell_made(root, kept)
    return kept


def is_older(publication: Publication, other: Publication) -> bool:
    """Whether it shows an earlier day than another, or was made when less was known."""
    return publication.manifest["as_of_date"] < other.manifest["as_of_date"] or publication_basis.is_shorter(
        publication.manifest, other.manifest
    )


def make_current(
    root: Root,
    publication: Publication,
    now: dt.datetime,
    actor: log.Actor = log.PROGRAM,
    reason: str | None = None,
) -> None:
    """Turns `current` to a publication that stands, in one rename, and tells who did."""
    link = root.published / ".current.part"
    link.unlink(missing_ok=True)
    link.symlink_to(publication.publication_id)
    durable.sync([durable.move(link, root.current)])
    _tell(root, publication, now, actor, reason)


def publish(
    root: Root,
    statuses: Sequence[SubmissionStatus],
    as_of: dt.date,
    versions: dict[str, str],
    now: dt.datetime,
    add: Add = lambda _: None,
    *,
    replace_newer: bool = False,
) -> tuple[Publication, bool]:
    """Publishes what dbt built and tested; gives the publication of it and whether it is new.

    A build whose tables equal those of `current` publishes nothing. One that is older than `current` is kept beside it
    unless it may replace what is newer: readers never go back in time unasked.
    """
    draft = make(root, root.work / "publication.part", statuses, as_of, versions, now)
    present = current(root)
    if present and all(present.manifest[part] == draft.manifest[part] for part in ("content", "versions")):
        shutil.rmtree(draft.folder)
        _tell(root, present, now)
        return present, False
    is_new = not (root.published / draft.publication_id).exists()
    kept = keep(root, draft, add)
    if present is None or replace_newer or not is_older(draft, present):
        make_current(root, kept, now)
    return kept, is_new


def _tell(
    root: Root,
    published: Publication,
    now: dt.datetime,
    actor: log.Actor = log.PROGRAM,
    reason: str | None = None,
) -> None:
    """Says that a publication stands and is current, where a kill left that untold."""
    _tell_made(root, published)
    publication_log.move(root, published.publication_id, clock.utc_text(now), actor, reason)


def _tell_made(root: Root, published: Publication) -> None:
    publication_log.add(
        root, published.publication_id, sha256(published.folder / MANIFEST), published.manifest["published_at"]
    )
