"""How the marts lie in a publication: Parquet files, and tables of one DuckDB file that opens alone.

A mart is one file, or, where its model says so, a folder of parts: by reporting period, or by the first digit of a
person's token. In the DuckDB file a mart of parts is a view over one table for each. What holds the same rows as in the
publication before is taken from there: Parquet by hard link, tables by a copy of the file. Rows are ordered inside a
file, so that the same rows give the same bytes; nothing is sorted over all parts. Ends at files and what a manifest
says of them; what a publication is, is `publication`.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.store.integrity import Damaged
from warehouse.store.settings import duckdb_bounds
from warehouse.vocabulary.mart import Division, Parts, marts

DATABASE = "warehouse.duckdb"
FOLDER = "parquet"
_SCHEMA = "parts"
"""Of the DuckDB file: the tables under its views."""
_FORMAT = "format parquet, compression zstd"
WRITER = f"duckdb {duckdb.__version__}; {_FORMAT}; 1"
"""What another writer wrote may differ in its bytes though not in its rows: it is written anew. The number at the end
grows with what is written otherwise."""
_NO_PART = "none"
"""The part of rows that no period or digit is known of, and of a mart without rows."""
_MOST_FREE = 0.5
"""Of a DuckDB file: what was replaced in it leaves room, which what comes next takes; one that is emptier is not worth
copying."""
_FEW = 3
"""Parts that are cheaper picked one by one; of more, a mart is split into all of them first."""
_PIECE = 1 << 20

_GROUPS: Mapping[Division, str] = {"period": "split_part({column}, '#', 1)", "first_digit": "left({column}, 1)"}
"""What rows of one part have in common and is cheap to ask of each: the submission that a key begins with."""
_PARTS: Mapping[Division, str] = {
    "period": "regexp_extract({group}, '^[^-]+-[^-]+-([0-9A-Z-]+)-[0-9a-f]{{12}}$', 1)",
    "first_digit": "regexp_extract({group}, '^[0-9a-f]$')",
}
"""The part by that, empty where it has none; asked of each row it is a second for two million."""
_LIKELY: Mapping[Division, str] = {
    "period": "contains({column}, '-{part}-')",
    "first_digit": "starts_with({column}, '{part}')",
}
"""True of all rows of a part, and cheaper than what is exact."""


Relation = tuple[str, str]
"""A mart and one of its parts; an empty name for the whole of it."""


@dataclass(frozen=True)
class Content:
    """The rows of a file, told from others without their order: their number, and their hashes added and combined."""

    rows: int
    checksum: str


@dataclass(frozen=True)
class Table:
    """A mart as dbt built it: `columns` is a digest of names, types and comments; part → content, the whole of it under
    an empty name where it is not published in parts."""

    name: str
    columns: str
    contents: Mapping[str, Content]

    @property
    def rows(self) -> int:
        return sum(content.rows for content in self.contents.values())

    @property
    def division(self) -> Parts | None:
        return division(self.name)


@dataclass(frozen=True)
class Earlier:
    """A publication whose files are whole, to take from what is the same."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def tables(self) -> Mapping[str, Any]:
        """What its manifest says of its tables, where they were written as they would be now."""
        tables: Mapping[str, Any] = self.manifest["tables"] if self.manifest.get("writer") == WRITER else {}
        return tables


def division(name: str) -> Parts | None:
    """Into what parts a mart is published; null where it is one file."""
    mart = marts().get(name)
    return mart.parts if mart else None


def place(name: str, part: str = "") -> str:
    """Where a mart's Parquet file lies in a publication, or that of one of its parts."""
    return f"{FOLDER}/{name}/{part}.parquet" if part else f"{FOLDER}/{name}.parquet"


def pattern(name: str) -> str:
    """All Parquet files of a mart in a publication."""
    return place(name, "*" if division(name) else "")


def files(tables: Mapping[str, Any]) -> dict[str, str]:
    """Place in the publication → SHA-256, of all Parquet files that a manifest's `tables` tell of."""
    return {
        place(name, part): told["sha256"]
        for name, table in tables.items()
        for part, told in table.get("parts", {"": table}).items()
    }


def survey(database: Path) -> list[Table]:
    """The marts that dbt built, with what tells their content from another; which is kept beside them, until a change
    of a mart makes it be forgotten: to hash all rows costs more than to write those of one change."""
    with duckdb.connect(str(database), config=dict(duckdb_bounds())) as con:
        con.execute(_SURVEYED)
        known = {name: _read_contents(told) for name, told in con.execute("from survey.mart").fetchall()}
        tables = [Table(name, columns, known.get(name) or _contents(con, name)) for name, columns in _columns(con)]
        new = {table.name: _contents_text(table.contents) for table in tables if table.name not in known}
        con.execute("insert into survey.mart select unnest($1), unnest($2)", [list(new), list(new.values())])
        return tables


def forget(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> None:
    """Of marts whose rows change, in the transaction that changes them."""
    con.execute(_SURVEYED)
    con.execute("delete from survey.mart where name in (select unnest($1))", [sorted(names)])


_SURVEYED = (
    "create schema if not exists survey; create table if not exists survey.mart (name varchar, contents varchar)"
)


def _contents_text(contents: Mapping[str, Content]) -> str:
    return json.dumps({part: [content.rows, content.checksum] for part, content in contents.items()})


def _read_contents(text: str) -> dict[str, Content]:
    return {part: Content(*told) for part, told in json.loads(text).items()}


def _columns(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    described = con.execute(
        """
        select t.table_name, t.comment, list([c.column_name, c.data_type, c.comment] order by c.column_index)
        from duckdb_tables() as t inner join duckdb_columns() as c using (table_oid)
        where t.schema_name = 'marts' group by all order by t.table_name
        """
    ).fetchall()
    for name, comment, columns in described:
        yield name, hashlib.sha256(json.dumps([comment, columns]).encode()).hexdigest()[:16]


def _contents(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Content]:
    # Hashed once more, so that a column's value counts with its row's others even in a plain sum.
    parts = division(name)
    group = _GROUPS[parts.by].format(column=parts.column) if parts else "''"
    counted = con.execute(
        f"""
        with grouped as (
            select
                {group} as grouping, count(*) as rows, sum(hash(hash(t))) as total, bit_xor(hash(hash(t), 1)) as mixed
            from marts.{name} as t group by all
        )
        select {_part(parts, "grouping")} as part, cast(sum(rows) as bigint), sum(total), bit_xor(mixed)
        from grouped group by all having sum(rows) > 0 order by part
        """
    ).fetchall()
    contents = {part: Content(rows, f"{total:x}-{mixed:x}") for part, rows, total, mixed in counted}
    return contents or {_NO_PART if parts else "": Content(0, "")}


def _part(parts: Parts | None, group: str) -> str:
    if parts is None:
        return "''"
    return f"coalesce(nullif({_PARTS[parts.by].format(group=group)}, ''), '{_NO_PART}')"


def _part_of_row(name: str) -> str:
    parts = division(name)
    return _part(parts, _GROUPS[parts.by].format(column=parts.column)) if parts else "''"


def _rows_of(name: str, part: str) -> str:
    """The condition for the rows of a part."""
    parts = division(name)
    if parts is None:
        return "true"
    exactly = f"{_part_of_row(name)} = '{part}'"
    if part == _NO_PART:
        return exactly
    return f"{_LIKELY[parts.by].format(column=parts.column, part=part)} and {exactly}"


def _content(told: Mapping[str, Any]) -> Content:
    return Content(told["rows"], told.get("content", "?"))


def lay(database: Path, tables: Sequence[Table], folder: Path, earlier: Earlier | None) -> dict[str, Any]:
    """Writes the marts' files into a new folder; what the manifest says of each table: rows, SHA-256 (of its file, or
    over those of its parts), digests of columns and content, and the same of its parts."""
    kept = _kept(tables, earlier.tables) if earlier else {}
    for table in tables:
        (folder / place(table.name, "x")).parent.mkdir(parents=True, exist_ok=True)
    if earlier and kept:
        for relation, told in kept.items():
            link(earlier.folder / place(*relation), folder / place(*relation), told["sha256"])
        _copy_database(earlier, folder / DATABASE)
    options = duckdb_bounds() | {"temp_directory": str(folder)}
    with duckdb.connect(str(folder / DATABASE), config=dict(options)) as con:
        con.execute(f"attach '{database}' as build (read_only)")
        con.execute("begin")  # else each statement waits for the disk
        _Database(con, folder).lay(tables, kept)
        con.execute("commit")
    return {table.name: _facts(table, folder, kept) for table in tables}


def _kept(tables: Iterable[Table], known: Mapping[str, Any]) -> dict[Relation, Mapping[str, Any]]:
    """The files that are the same as before → what was said of them."""
    kept = {}
    for table in tables:
        told = known.get(table.name, {"columns": None})
        if told["columns"] == table.columns:
            parts = told.get("parts", {"": told})
            for part, content in table.contents.items():
                if part in parts and _content(parts[part]) == content:
                    kept[table.name, part] = parts[part]
    return kept


def link(there: Path, here: Path, told: str) -> None:
    """The same file under another name; a copy where the file system has no links, which must be what was told."""
    try:
        here.hardlink_to(there)
    except OSError:
        if _copied(there, here) != told:
            raise Damaged(f"{there} is damaged: call skills run, which makes it again.") from None


def _copied(there: Path, here: Path) -> str:
    """Copies a file; the SHA-256 of what was read."""
    digest = hashlib.sha256()
    with there.open("rb") as source, here.open("wb") as target:
        while piece := source.read(_PIECE):
            digest.update(piece)
            target.write(piece)
    return digest.hexdigest()


def _copy_database(earlier: Earlier, here: Path) -> None:
    """The DuckDB file as it was, unless it is worth writing anew."""
    if _copied(earlier.folder / DATABASE, here) == earlier.manifest["files"][DATABASE]:
        with duckdb.connect(str(here), read_only=True) as con:
            free, total = con.execute("select free_blocks, total_blocks from pragma_database_size()").fetchall()[0]
        if free <= _MOST_FREE * total:
            return
    here.unlink()


@dataclass(frozen=True)
class _Database:
    """The DuckDB file of a new publication, empty or as it was before; dbt's is attached as `build`."""

    con: duckdb.DuckDBPyConnection
    folder: Path

    def lay(self, tables: Sequence[Table], kept: Collection[Relation]) -> None:
        """Brings it, and the Parquet files that are not kept, to what dbt built."""
        self.con.execute(f"create schema if not exists {_SCHEMA}")
        tables_before, views_before = self._names("table"), self._names("view")
        stand = tables_before & {_identifier(*relation) for relation in kept}
        for name in sorted(tables_before - stand):
            self.con.execute(f"drop table {name}")
        for name in sorted(views_before - {table.name for table in tables if table.division}):
            self.con.execute(f"drop view {name}")
        for table in tables:
            names = {_identifier(table.name, part) for part in table.contents}
            self._lay_from_files(table, [part for part in table.contents if (table.name, part) in kept], stand)
            self._lay_from_build(table, [part for part in table.contents if (table.name, part) not in kept])
            if table.division is None:
                if not names <= stand:
                    self._describe(table.name, "table")
            elif table.name not in views_before or not names & stand or names != _parts_of(table.name, tables_before):
                self._combine(table)
                self._describe(table.name, "view")

    def _names(self, kind: str) -> set[str]:
        listed = self.con.execute(
            f"select schema_name, {kind}_name from duckdb_{kind}s() "
            "where database_name = current_database() and not internal"
        ).fetchall()
        return {name if schema == "main" else f"{schema}.{name}" for schema, name in listed}

    def _lay_from_files(self, table: Table, parts: Iterable[str], stand: Collection[str]) -> None:
        """Tables that the file lacks, from Parquet files that are kept."""
        for part in parts:
            name = _identifier(table.name, part)
            if name not in stand:
                self.con.execute(f"create table {name} as from read_parquet('{self.folder / place(table.name, part)}')")

    def _lay_from_build(self, table: Table, parts: Sequence[str]) -> None:
        """Tables with their Parquet files from what dbt built."""
        split = self.folder / "split"
        if len(parts) > _FEW:
            key = _part_of_row(table.name)
            self.con.execute(
                f"copy (select *, {key} as part from build.marts.{table.name}) to '{split}' "
                "(format parquet, compression snappy, partition_by (part))"
            )
        for part in parts:
            source = (
                f"read_parquet('{split}/part={part}/*.parquet', hive_partitioning = false)"
                if len(parts) > _FEW
                else f"build.marts.{table.name} where {_rows_of(table.name, part)}"
            )
            name = _identifier(table.name, part)
            self.con.execute(f"create table {name} as select * from {source} order by all")
            self.con.execute(f"copy {name} to '{self.folder / place(table.name, part)}' ({_FORMAT})")
        shutil.rmtree(split, ignore_errors=True)

    def _combine(self, table: Table) -> None:
        parts = " union all ".join(f"from {_identifier(table.name, part)}" for part in sorted(table.contents))
        self.con.execute(f"create or replace view {table.name} as {parts}")

    def _describe(self, name: str, kind: str) -> None:
        """Says of a table or view and its columns what dbt says of them."""
        comments = self.con.execute(
            "select null, comment from duckdb_tables() where database_name = 'build' and schema_name = 'marts' "
            f"and table_name = '{name}' union all "
            "select column_name, comment from duckdb_columns() where database_name = 'build' "
            f"and schema_name = 'marts' and table_name = '{name}'"
        ).fetchall()
        self.con.execute(
            ";".join(
                f"comment on {f'{kind} {name}' if column is None else f'column {name}.{column}'} is {_literal(text)}"
                for column, text in comments
                if text is not None
            )
        )


def _identifier(name: str, part: str) -> str:
    return f"{_SCHEMA}.{name}__{part.replace('-', '_').lower()}" if part else name


def _parts_of(name: str, identifiers: Iterable[str]) -> set[str]:
    return {identifier for identifier in identifiers if identifier.startswith(f"{_SCHEMA}.{name}__")}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _facts(table: Table, folder: Path, kept: Mapping[Relation, Mapping[str, Any]]) -> dict[str, Any]:
    parts = {
        part: {
            "rows": content.rows,
            "content": content.checksum,
            "sha256": kept[table.name, part]["sha256"]
            if (table.name, part) in kept
            else sha256(folder / place(table.name, part)),
        }
        for part, content in table.contents.items()
    }
    if table.division is None:
        return {"columns": table.columns, **parts[""]}
    digests = json.dumps({part: told["sha256"] for part, told in parts.items()}, sort_keys=True)
    return {
        "columns": table.columns,
        "rows": table.rows,
        "sha256": hashlib.sha256(digests.encode()).hexdigest(),
        "parts": parts,
    }


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
