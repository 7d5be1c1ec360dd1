"""What judgements keep for the next one: rows read or found, each under its source, in `work/judged.duckdb`.

A source is the digest of all that its rows depend on, so that what is kept is never asked whether it is old: a source
that is wanted is there or is made. Holds no identifiers; lost or damaged, it is made anew. Which sources there are is
`submission_findings`, `across_tables` and `cross_submission`.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.privacy import Key
from warehouse.vocabulary.project import PACKAGE

CATALOG = "judged"
_SOURCES = f"{CATALOG}.source"
_JUDGEMENTS_KEPT = 4
"""A build that holds something back judges up to three times, each over other rows."""


@dataclass(frozen=True)
class Kind:
    """Rows that are kept. `schema`: without their source. `select`: the columns of `schema` as SQL over a stored
    Parquet file, which is named `file`; empty for what is not read but found. `stored`: columns that such a file has
    now and one of an earlier program may lack."""

    name: str
    schema: pa.Schema
    select: str = ""
    stored: pa.Schema = field(default_factory=lambda: pa.schema([]))

    @property
    def table(self) -> str:
        return f"{CATALOG}.{self.name}"

    @property
    def columns(self) -> str:
        return ", ".join(f'"{name}"' for name in self.schema.names)


class JudgementStore:
    """The kept rows of all judgements, attached to a connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._kinds: dict[str, Kind] = {}
        con.execute(f"create table if not exists {_SOURCES} (kind varchar, source varchar, judgement bigint)")
        told = con.execute(f"select coalesce(max(judgement), 0) + 1 from {_SOURCES}").fetchone()
        self._judgement = told[0] if told else 1

    def missing(self, kind: Kind, wanted: Iterable[str]) -> set[str]:
        """Notes which sources are wanted now; those of them that are not kept yet."""
        self._lay(kind)
        self._register_wanted(wanted)
        self.con.execute(
            f"update {_SOURCES} as kept set judgement = {self._judgement} from wanted_source as wanted "
            f"where kept.kind = '{kind.name}' and kept.source = wanted.source"
        )
        missing = self.con.execute(
            f"select source from wanted_source "
            f"anti join (select source from {_SOURCES} where kind = '{kind.name}') using (source)"
        ).fetchall()
        self.con.unregister("wanted_source")
        return {source for (source,) in missing}

    def read(self, kind: Kind, files: Mapping[str, Path]) -> None:
        """Keeps the rows of files by source, and shows them, of these sources alone, as the view `kind.name`."""
        missing = self.missing(kind, files)
        if missing:
            arriving = {str(files[source]): source for source in sorted(missing)}
            text = pa.string()
            self.con.register(
                "arriving",
                pa.table({"file": pa.array(arriving, text), "source": pa.array(arriving.values(), text)}),
            )
            self.con.register("stored", pa.schema([("filename", text), *kind.stored]).empty_table())
            self.add(
                kind,
                missing,
                f"select arriving.source, {kind.select} "
                "from (from stored union all by name "
                "from read_parquet(?, filename = true, union_by_name = true, file_row_number = true)) as file "
                "inner join arriving on arriving.file = file.filename",
                [list(arriving)],
            )
            self.con.unregister("arriving")
            self.con.unregister("stored")
        self.show(kind, files)

    def add(self, kind: Kind, sources: Iterable[str], query: str, parameters: Iterable[object] = ()) -> None:
        """Keeps what a query gives, its first column the source; all of it or nothing."""
        self._register_wanted(sources)
        with _whole(self.con):
            self.con.execute(f"insert into {kind.table} (source, {kind.columns}) {query}", list(parameters) or None)
            self.con.execute(
                f"insert into {_SOURCES} "
                f"select '{kind.name}', source, {self._judgement} from wanted_source order by source"
            )
        self.con.unregister("wanted_source")

    def show(self, kind: Kind, sources: Iterable[str]) -> None:
        """The kept rows of some sources as the view `kind.name`."""
        self._register_wanted(sources)
        self.con.execute(f"create or replace temp table {kind.name}_source as from wanted_source")
        self.con.unregister("wanted_source")
        self.con.execute(
            f"create or replace temp view {kind.name} as "
            f"select {kind.columns} from {kind.table} semi join {kind.name}_source using (source)"
        )

    def forget_unused(self) -> None:
        """Lets go of what no judgement of late has wanted."""
        oldest = self._judgement - _JUDGEMENTS_KEPT
        with _whole(self.con):
            for kind in self._kinds.values():
                self.con.execute(
                    f"delete from {kind.table} where source in "
                    f"(select source from {_SOURCES} where kind = '{kind.name}' and judgement < {oldest})"
                )
            names = ", ".join(f"'{name}'" for name in self._kinds)
            self.con.execute(f"delete from {_SOURCES} where judgement < {oldest} and kind in ({names})")

    def _lay(self, kind: Kind) -> None:
        if kind.name in self._kinds:
            return
        self._kinds[kind.name] = kind
        self.con.register("typed", kind.schema.empty_table())
        self.con.execute(
            f"create table if not exists {kind.table} as select null::varchar as source, {kind.columns} from typed"
        )
        self.con.unregister("typed")

    def _register_wanted(self, sources: Iterable[str]) -> None:
        self.con.register("wanted_source", pa.table({"source": pa.array(list(sources), pa.string())}))


@contextmanager
def _whole(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


@contextmanager
def opened(con: duckdb.DuckDBPyConnection, path: Path | None, version: str) -> Iterator[JudgementStore]:
    """The store at `path`, in memory without one; begun anew where another version wrote it or it cannot be read."""
    if path is not None:
        _set_aside_others(con, path, version)
    con.execute(f"attach '{path or ':memory:'}' as {CATALOG}")
    try:
        con.execute(f"create table if not exists {CATALOG}.version as select '{version}' as version")
        yield JudgementStore(con)
    finally:
        con.execute(f"detach {CATALOG}")


def remove(path: Path) -> None:
    """It is made anew by the next judgement."""
    for file in (path, path.with_name(f"{path.name}.wal")):
        file.unlink(missing_ok=True)


def _set_aside_others(con: duckdb.DuckDBPyConnection, path: Path, version: str) -> None:
    if not path.exists():
        remove(path)  # a log without its database
        return
    try:
        con.execute(f"attach '{path}' as {CATALOG}")
        is_ours = con.execute(f"select version from {CATALOG}.version").fetchall() == [(version,)]
        con.execute(f"detach {CATALOG}")
    except duckdb.Error:
        is_ours = False
        con.execute(f"detach database if exists {CATALOG}")
    if not is_ours:
        remove(path)


def digest(*facts: object) -> str:
    """Thirty-two hex digits over facts whose representation says all of them."""
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def version(key: Key) -> str:
    """Changes with everything on which kept rows depend beside their sources: this program, the contracts, the
    reference tables, the key of the tokens."""
    return digest(_program(), contract.datasets(), reference.version(), key.key_id, duckdb.__version__)


@functools.cache
def _program() -> str:
    folders = (Path(__file__).parent, PACKAGE / "vocabulary")
    files = sorted(file for folder in folders for file in folder.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
