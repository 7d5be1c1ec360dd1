"""Records of an interface as one file: the same records give the same bytes, in whatever order and pages they came.

By the other side's number of each record, which itself is left out; members by name; floats as short as they are
exact. They are put in order on disk, so that memory holds a page. Ends at the bytes.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, cast

from ingest.channels import Unreachable
from ingest.channels.exchange import Record
from ingest.channels.piecewise import Piecewise
from ingest.limits import MB, limits

NOTHING = {"说明": "本期无数据", "data": []}
"""As a department writes that there is nothing to report: a total of zero says the same."""
_LINES = 1000


@contextmanager
def snapshot(pages: Iterable[list[Record]], total: int, work: Path) -> Iterator[BinaryIO]:
    """A JSON array, a record a line. Raises what the pages do, and `Unreachable` where a number stands twice with other
    content or there are not as many records as their total says. Where it gets larger than a file may be, it is not
    read to its end. `work`: where identifiers may lie."""
    if total == 0:
        yield cast(BinaryIO, Piecewise(iter([_canonical(NOTHING) + b"\n"])))
        return
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    with closing(_nameless(work)) as database:
        is_whole = _fill(database, pages)
        (count,) = database.execute("select count(*) from record").fetchone()
        if is_whole and count != total:
            raise Unreachable(f"there are {count:,} records where their total says {total:,}", is_passing=False)
        yield cast(BinaryIO, Piecewise(_lines(database)))


def _nameless(work: Path) -> sqlite3.Connection:
    """Its file is gone with it, also where the process is killed."""
    with TemporaryDirectory(dir=work) as folder:
        database = sqlite3.connect(Path(folder) / "records.sqlite")
        for setting in ("journal_mode = off", "synchronous = off", "cache_size = -16000"):
            database.execute(f"pragma {setting}")
        # Without a type, numbers stand before texts, and texts by their characters.
        database.execute("create table record (id primary key, data blob not null) without rowid")
    return database


def _fill(database: sqlite3.Connection, pages: Iterable[list[Record]]) -> bool:
    """Whether all of them are there."""
    left = limits().file_mb * MB
    for page in pages:
        rows = [(record.id, _line(record)) for record in page]
        before = database.total_changes
        database.executemany("insert into record values (?, ?) on conflict do nothing", rows)
        if database.total_changes - before < len(rows):
            _refuse_others(database, rows)
        left -= sum(len(line) for _, line in rows)
        if left < 0:
            return False
    return True


def _refuse_others(database: sqlite3.Connection, rows: Iterable[tuple[int | str, bytes]]) -> None:
    """The same record may come twice, as pages shift; another by its number may not."""
    for number, line in rows:
        if database.execute("select data from record where id = ?", [number]).fetchone() != (line,):
            raise Unreachable("two records bear the same id and are not the same", is_passing=False)


def _line(record: Record) -> bytes:
    try:
        return _canonical(record.data)
    except (ValueError, RecursionError):
        raise Unreachable("a record holds a number or text that is none", is_passing=False) from None


def _canonical(value: object) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()


def _lines(database: sqlite3.Connection) -> Iterator[bytes]:
    lines = (line for (line,) in database.execute("select data from record order by id"))
    before = b"[\n"
    while batch := list(itertools.islice(lines, _LINES)):
        yield before + b",\n".join(batch)
        before = b",\n"
    yield b"\n]\n"
