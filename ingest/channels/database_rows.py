"""Rows of a table as one canonical file: CSV in UTF-8 with a header, the same bytes for the same rows, whatever order,
precision, driver or machine they come from.

Rows are sorted here and not by the department's server, which would sort by a collation that its upgrades change and
would spend its memory on it. Sorted runs lie in files without a name, so that nothing stays behind when the process is
killed. Which rows is `database_groups`. Ends at bytes.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import heapq
import io
import json
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from ingest.limits import MB, limits
from warehouse.vocabulary import clock

_RUN_CHARACTERS = 8_000_000
"""Of rows in memory at one time: 60 MB as Python objects."""
_BREAKS = re.compile(r"[\t-\r\x85\u2028\u2029]+")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_BETWEEN, _BEFORE_LINE = "\x1f", "\x1e"


@dataclass(frozen=True)
class Written:
    """Where a file lies in the spool, in bytes. Of one that is larger than any that is read nothing lies there."""

    offset: int
    size: int
    sha256: str


class _Line:
    """Gives a record as the `csv` module writes it."""

    def write(self, line: str) -> str:
        return line


def write(
    spool: BinaryIO, folder: Path, names: Sequence[str], keys: Sequence[int], rows: Iterable[Sequence[object]]
) -> Written:
    """Adds the file at the end of the spool.

    Args:
        folder: for sorted runs, with room for as much as the file.
        keys: the columns by which rows are sorted before all others.
    """
    writer = csv.writer(_Line(), lineterminator="\n")
    header = writer.writerow([_clean(name) for name in names])
    size = len(header.encode())
    runs: list[BinaryIO] = []
    entries: list[str] = []
    characters = 0
    try:
        for row in rows:
            cells = [text(value) for value in row]
            line = writer.writerow(cells)
            size += len(line.encode())
            if size > limits().file_mb * MB:
                entries.clear()
                continue
            entry = _BETWEEN.join([_rank(cells[key]) for key in keys]) + _BEFORE_LINE + line
            entries.append(entry)
            characters += len(entry)
            if characters > _RUN_CHARACTERS:
                runs.append(_run(folder, entries))
                entries, characters = [], 0
        if size > limits().file_mb * MB:
            return Written(0, size, "")
        offset = spool.seek(0, io.SEEK_END)
        digest = hashlib.sha256(header.encode())
        spool.write(header.encode())
        for entry in heapq.merge(*runs, (entry.encode() for entry in sorted(entries))):
            line = entry.partition(_BEFORE_LINE.encode())[2]
            digest.update(line)
            spool.write(line)
        spool.flush()
        return Written(offset, size, digest.hexdigest())
    finally:
        for run in runs:
            run.close()


def _run(folder: Path, entries: list[str]) -> BinaryIO:
    """Sorted entries in a file without a name; each is a line, since no cell has a break in it."""
    run = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115, closed by the one who merges
    run.writelines(entry.encode() for entry in sorted(entries))
    run.seek(0)
    return run


def _rank(cell: str) -> str:
    """So that 9 stands before 10."""
    return f"{len(cell):03}{cell}" if cell.isdecimal() and cell.isascii() else cell


def text(value: object) -> str:
    """A cell. Numbers without zeros at their end, moments with a zone as the clock in Shenzhen shows them, nothing for
    null; breaks within a text become one space, and other control characters are left out, since a reader of files
    takes them for damage."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return _number(Decimal(repr(value)))
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dt.datetime):
        local = clock.in_zone(value).replace(tzinfo=None) if value.tzinfo else value
        return local.isoformat(" ")
    if isinstance(value, bytes | bytearray | memoryview):
        return _of_bytes(bytes(value))
    if isinstance(value, dict | list):
        return _clean(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
    return _clean(str(value))


def _clean(value: str) -> str:
    if value.isprintable():  # most are
        return value
    return _CONTROLS.sub("", _BREAKS.sub(" ", value)).encode("utf-8", "replace").decode()


def _number(value: Decimal) -> str:
    if not value.is_finite():
        return str(value)
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain == "-0" else plain


def _of_bytes(value: bytes) -> str:
    try:
        return _clean(value.decode())
    except UnicodeDecodeError:
        return "0x" + value.hex()


class Window(io.RawIOBase):
    """A file of the spool as a stream of its own; several threads may read one spool at once."""

    def __init__(self, spool: BinaryIO, written: Written) -> None:
        self._spool = spool
        self._at = written.offset
        self._end = written.offset + written.size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        piece = os.pread(self._spool.fileno(), min(len(buffer), self._end - self._at), self._at)
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
