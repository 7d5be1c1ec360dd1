"""Delimited text → cell texts. A record's number is the physical line on which it starts.

The encoding is found by `sniff`. Ends at one sheet without a name.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.limits import limits
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed

DELIMITERS = {",": "csv", "\t": "tsv", ";": "csv", "|": "csv", "\x01": "csv"}
"""The last is what Hive writes unless told otherwise."""
SAMPLE_ROWS = 30
SAMPLE_CHARACTERS = 200_000
CHUNK_ROWS = 20_000
"""Rows that are Python objects at one time: 30 MB of 21 cells each."""
BLOCK_CHARACTERS = 4_000_000
MAX_LINES = 20
"""A record of more lines has a quote that was never closed: it would swallow the rows below it."""
csv.field_size_limit(2**24)
_FORMULA_OF_TEXT = re.compile(r'="(.*)"', re.DOTALL)
"""How exports keep Excel from making a number of a text."""


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """One sheet without a name; `content` is decoded already."""
    text = sniffed.text.removeprefix("\ufeff").rstrip("\x1a")  # old systems end a text with Ctrl-Z
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = find_delimiter(text[:SAMPLE_CHARACTERS])
    sheet = _quoted(text, delimiter) if '"' in text else _plain(text, delimiter)
    return Opened(DELIMITERS[delimiter], sniffed.encoding, (sheet,))


def _plain(text: str, delimiter: str) -> Sheet:
    """Text without a quote: every line is a record. No cell becomes a Python object, 1,000,000 × 25 in 3 s."""
    chunks = []
    for block in _blocks(text.removesuffix("\n")):
        lines = pc.split_pattern(pa.array([block], pa.large_string()), "\n").flatten()
        split = pc.split_pattern(lines, delimiter)
        cells, starts = split.flatten(), np.asarray(split.offsets)[:-1]
        lengths = np.diff(np.asarray(split.offsets))
        width = int(lengths.max(initial=0))
        if width > limits().columns:
            raise _too_wide(DELIMITERS[delimiter])
        places = [pa.array(starts + at, mask=lengths <= at) for at in range(width)]
        chunks.append(_Chunk([_filled(cells.take(place).cast(pa.string())) for place in places], len(lines)))
    columns = _joined(chunks)
    return Sheet(None, columns, pa.array(np.arange(1, sum(chunk.rows for chunk in chunks) + 1)))


def _quoted(text: str, delimiter: str) -> Sheet:
    """Text with quotes, whose records may go over several lines."""
    chunks: list[_Chunk] = []
    rows: list[list[str]] = []
    numbers = array("q")
    width = 0
    has_formulas = '="' in text
    try:
        reader = _records(text, delimiter)
        last_line = 0
        for row in reader:
            rows.append(row)
            width = max(width, len(row))
            numbers.append(last_line + 1)
            if reader.line_num - last_line > MAX_LINES:
                raise _unpaired(last_line + 1, DELIMITERS[delimiter])
            last_line = reader.line_num
            if len(rows) == CHUNK_ROWS:
                chunks.append(_chunk(rows, has_formulas))
                rows.clear()
    except csv.Error:
        raise Unreadable(
            "damaged", "文本文件的引号或分隔符混乱，无法分列，请重新导出。", DELIMITERS[delimiter]
        ) from None
    if numbers and last_line > numbers[-1] and _has_odd_quotes(text, numbers[-1]):
        raise _unpaired(numbers[-1], DELIMITERS[delimiter])
    if width > limits().columns:
        raise _too_wide(DELIMITERS[delimiter])
    chunks.append(_chunk(rows, has_formulas))
    return Sheet(None, _joined(chunks), pa.array(np.asarray(numbers, dtype=np.int64)))


@dataclass
class _Chunk:
    """Some rows of a text as columns: as a Python object a cell is five times as large."""

    columns: list[pa.StringArray]
    rows: int


def _chunk(rows: Sequence[Sequence[str]], has_formulas: bool) -> _Chunk:
    columns = [pa.array(cells, pa.string()) for cells in zip_longest(*rows)]
    return _Chunk([_filled(_without_formulas(cells) if has_formulas else cells) for cells in columns], len(rows))


def _without_formulas(cells: pa.StringArray) -> pa.StringArray:
    if not pc.any(pc.match_substring(cells, '="')).as_py():
        return cells
    return pa.array([cell and _FORMULA_OF_TEXT.sub(r"\1", cell) for cell in cells.to_pylist()], pa.string())


def _filled(cells: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _joined(chunks: Sequence[_Chunk]) -> tuple[pa.StringArray, ...]:
    """The columns of all chunks, each let go as soon as it is joined."""
    width = max((len(chunk.columns) for chunk in chunks), default=0)
    columns = []
    for _ in range(width):
        parts = [chunk.columns.pop(0) if chunk.columns else pa.nulls(chunk.rows, pa.string()) for chunk in chunks]
        columns.append(pa.concat_arrays(parts))
    return tuple(columns)


def _blocks(text: str) -> Iterator[str]:
    """The text cut at line ends into pieces that cost little to take apart."""
    start = 0
    while len(text) - start > BLOCK_CHARACTERS:
        end = text.rfind("\n", start, start + BLOCK_CHARACTERS)
        end = text.find("\n", start + BLOCK_CHARACTERS) if end < 0 else end
        if end < 0:
            break
        yield text[start:end]
        start = end + 1
    yield text[start:]


def _lines(text: str) -> Iterator[str]:
    """The lines with their ends. A text file in memory would hold four bytes for each character."""
    start = 0
    while end := text.find("\n", start) + 1:
        yield text[start:end]
        start = end
    if start < len(text):
        yield text[start:]


def _records(text: str, delimiter: str) -> Any:
    """A blank between the delimiter and a quote is no part of the value."""
    is_spaced = f'{delimiter} "' in text
    return csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=is_spaced)


def _too_wide(kind: str) -> Unreadable:
    return Unreadable("too_large", f"有的行超过 {limits().columns} 列，请检查分隔符，删去多余的列。", kind)


def _has_odd_quotes(text: str, from_line: int) -> bool:
    lines = islice(_lines(text), from_line - 1, None)
    return sum(line.count('"') for line in lines) % 2 == 1


def _unpaired(line: int, kind: str) -> Unreadable:
    return Unreadable("damaged", f"第{line}行起有英文双引号没有成对，后面的行无法分开，请改正后重新导出。", kind)


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into many columns, and most of them into the same number."""

    def score(delimiter: str) -> int:
        try:
            sample = islice(_records(text, delimiter), SAMPLE_ROWS)
            widths = Counter(len(row) for row in sample if len(row) > 1)
        except csv.Error:
            return 0
        return max((width * count for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=score)
