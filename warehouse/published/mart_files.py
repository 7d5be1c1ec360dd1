"""How the marts lie in a publication: Parquet files, and tables of one DuckDB file that opens alone.

In the DuckDB file a mart of parts (`mart_parts`) is a view over one table for each. What holds the same rows as in the
publication before is taken from there: Parquet by hard link, tables by a copy of the file; the rest `mart_parquet`
writes, and tables are made from the files. Ends at files and what a manifest says of them; what a publication is, is
`publication`.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.published import mart_parquet
from warehouse.published.mart_parts import NO_PART, Relation, division, group_of_row, part_of_group, place
from warehouse.store.cursors import asked
from warehouse.store.integrity import Damaged
from warehouse.store.settings import DUCKDB_STORAGE, duckdb_bounds
from warehouse.vocabulary.mart import Parts

DATABASE = "warehouse.duckdb"
_SCHEMA = "parts"
"""Of the DuckDB file: the tables under its views."""
WRITER = f"duckdb {duckdb.__version__}; {mart_parquet.FORMAT}; {DUCKDB_STORAGE}; 2"
"""What another writer wrote may differ in its bytes though not in its rows: it is written anew. The number at the end
grows with what is written otherwise."""
_MOST_FREE = 0.5
"""Of a DuckDB file: what was replaced in it leaves room, which what comes next takes; one that is emptier is not worth
copying."""
_PIECE = 1 << 20


@dataclass(frozen=True)
class Content:
    """The rows of a file, told from others without their order: their number, and their hashes added and combined
    (`total-mixed`, hexadecimal), so that rows can be added to them and taken away."""

    rows: int
    checksum: str

    def __add__(self, other: Content) -> Content:
        return self._with(self.rows + other.rows, other, self._total + other._total)

    def __sub__(self, other: Content) -> Content:
        return self._with(self.rows - other.rows, other, self._total - other._total)

    def _with(self, rows: int, other: Content, total: int) -> Content:
        return Content(rows, f"{total:x}-{self._mixed ^ other._mixed:x}")

    @property
    def _total(self) -> int:
        return int(self.checksum.partition("-")[0], 16)

    @property
    def _mixed(self) -> int:
        return int(self.checksum.partition("-")[2], 16)


_NOTHING = Content(0, "0-0")


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


def files(tables: Mapping[str, Any]) -> dict[str, str]:
    """Place in the publication → SHA-256, of all Parquet files that a manifest's `tables` tell of."""
    return {
        place(name, part): told["sha256"]
        for name, table in tables.items()
        for part, told in table.get("parts", {"": table}).items()
    }


def survey(database: Path) -> list[Table]:
    """The marts that dbt built, with what tells their content from another; which is kept beside them and
    follows their changes: to hash all rows costs more than to write those of one change."""
    with duckdb.connect(str(database), config=dict(duckdb_bounds())) as con:
        con.execute(_SURVEYED)
        known = {name: _read_contents(told) for name, told in con.execute("from survey.mart").fetchall()}
        columns = dict(_columns(con))
        unknown = [name for name in columns if name not in known]
        contents = known | dict(zip(unknown, asked(con, _of_all, unknown), strict=True))
        tables = [Table(name, digest, contents[name]) for name, digest in columns.items()]
        new = {table.name: _contents_text(table.contents) for table in tables if table.name not in known}
        con.execute("insert into survey.mart select unnest($1), unnest($2)", [list(new), list(new.values())])
        return tables


def follow(con: duckdb.DuckDBPyConnection, changed: Mapping[str, tuple[str, str]]) -> None:
    """Brings what tells the content of marts up to their change, in the transaction that changes them.

    Args:
        changed: mart → relations of the rows that are gone from it and of those that came, with its columns in order.
    """
    con.execute(_SURVEYED)
    for name, text in con.execute("from survey.mart").fetchall():
        if name in changed:
            gone, came = (_contents(con, name, relation) for relation in changed[name])
            contents = _changed(name, _read_contents(text), gone, came)
            con.execute("update survey.mart set contents = $1 where name = $2", [_contents_text(contents), name])


def _changed(
    name: str, before: Mapping[str, Content], gone: Mapping[str, Content], came: Mapping[str, Content]
) -> dict[str, Content]:
    after = {
        part: before.get(part, _NOTHING) - gone.get(part, _NOTHING) + came.get(part, _NOTHING)
        for part in {*before, *came}
    }
    return _of_mart(name, after)


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


def _contents(con: duckdb.DuckDBPyConnection, name: str, relation: str) -> dict[str, Content]:
    """Of rows of a mart, by part."""
    # Hashed once more, so that a column's value counts with its row's others even in a plain sum.
    counted = con.execute(
        f"""
        with grouped as (
            select
                {group_of_row(name)} as grouping,
                count(*) as rows, sum(hash(hash(t))) as total, bit_xor(hash(hash(t), 1)) as mixed
            from {relation} as t group by all
        )
        select {part_of_group(name, "grouping")} as part, cast(sum(rows) as bigint), sum(total), bit_xor(mixed)
        from grouped group by all having sum(rows) > 0 order by part
        """
    ).fetchall()
    return _of_mart(name, {part: Content(rows, f"{total:x}-{mixed:x}") for part, rows, total, mixed in counted})


def _of_all(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, Content]:
    return _contents(con, name, f"marts.{name}")


def _of_mart(name: str, contents: Mapping[str, Content]) -> dict[str, Content]:
    """A mart without rows has one part as well."""
    filled = {part: content for part, content in sorted(contents.items()) if content.rows}
    return filled or {NO_PART if division(name) else "": _NOTHING}


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
    options = duckdb_bounds() | {"temp_directory": str(folder), "storage_compatibility_version": DUCKDB_STORAGE}
    with duckdb.connect(str(folder / DATABASE), config=dict(options)) as con:
        con.execute(f"attach '{database}' as build (read_only)")
        con.execute("begin")  # else each statement waits for the disk
        _lay_tables(con, folder, tables, kept)
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


def _lay_tables(
    con: duckdb.DuckDBPyConnection, folder: Path, tables: Iterable[Table], kept: Collection[Relation]
) -> None:
    """Brings the DuckDB file, empty or as it was before, and the Parquet files that are not kept, to what dbt built."""
    database = _Database(con, folder, _comments(con), kept)
    database.clear(tables)
    # The largest first, so that no core has one left when the other is done.
    largest_first = {table.name: table for table in sorted(tables, key=lambda table: (-table.rows, table.name))}
    lacking = {name: _lacking(table, kept) for name, table in largest_first.items()}
    with closing(mart_parquet.written(con, folder, lacking)) as written:
        for name in written:
            database.lay(largest_first[name])


def _lacking(table: Table, kept: Collection[Relation]) -> list[str]:
    return [part for part in table.contents if (table.name, part) not in kept]


class _Database:
    """The DuckDB file of a new publication, into which Parquet files of its folder are laid as tables."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        folder: Path,
        comments: Mapping[str, Mapping[str | None, str]],
        kept: Collection[Relation],
    ) -> None:
        self._con, self._folder, self._comments = con, folder, comments
        con.execute(f"create schema if not exists {_SCHEMA}")
        self._tables, self._views = self._names("table"), self._names("view")
        self._standing = self._tables & {_identifier(*relation) for relation in kept}

    def _names(self, kind: str) -> set[str]:
        listed = self._con.execute(
            f"select schema_name, {kind}_name from duckdb_{kind}s() "
            "where database_name = current_database() and not internal"
        ).fetchall()
        return {name if schema == "main" else f"{schema}.{name}" for schema, name in listed}

    def clear(self, tables: Iterable[Table]) -> None:
        """Takes away what is no longer so."""
        for name in sorted(self._tables - self._standing):
            self._con.execute(f"drop table {name}")
        for name in sorted(self._views - {table.name for table in tables if table.division}):
            self._con.execute(f"drop view {name}")

    def lay(self, table: Table) -> None:
        """A mart, all of whose Parquet files stand."""
        places = {_identifier(table.name, part): self._folder / place(table.name, part) for part in table.contents}
        for name, path in places.items():
            if name not in self._standing:
                self._con.execute(f"create table {name} as from read_parquet('{path}')")
        names, stand = set(places), self._standing & places.keys()
        if table.division is None:
            if not stand:
                self._describe(table.name, "table")
        elif table.name not in self._views or not stand or names != _parts_of(table.name, self._tables):
            self._combine(table)
            self._describe(table.name, "view")

    def _combine(self, table: Table) -> None:
        parts = " union all ".join(f"from {_identifier(table.name, part)}" for part in sorted(table.contents))
        self._con.execute(f"create or replace view {table.name} as {parts}")

    def _describe(self, name: str, kind: str) -> None:
        """Says of a table or view and its columns what dbt says of them."""
        comments = [
            f"comment on {f'{kind} {name}' if column is None else f'column {name}.{column}'} is {_literal(text)}"
            for column, text in self._comments.get(name, {}).items()
        ]
        if comments:
            self._con.execute(";".join(comments))


def _comments(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str | None, str]]:
    """Mart → what dbt says of it, under no name, and of its columns."""
    comments: dict[str, dict[str | None, str]] = defaultdict(dict)
    for name, column, text in con.execute(
        """
        select table_name, null, comment from duckdb_tables()
        where database_name = 'build' and schema_name = 'marts' and comment is not null
        union all
        select table_name, column_name, comment from duckdb_columns()
        where database_name = 'build' and schema_name = 'marts' and comment is not null
        """
    ).fetchall():
        comments[name][column] = text
    return comments


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
