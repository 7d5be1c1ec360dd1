"""Delimited text → cell texts. A record's number is the physical line on which it starts.

The encoding is found by `sniff`. Ends at one sheet without a name.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.limits import limits
from ingest.readers.sheet import Opened, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed

DELIMITERS = {",": "csv", "\t": "tsv", ";": "csv", "|": "csv", "\x01": "csv"}
"""The last is what Hive writes unless told otherwise."""
SAMPLE_ROWS = 30
SAMPLE_CHARACTERS = 200_000
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
    data = pa.array([text.removesuffix("\n")], pa.large_string())
    lines = pc.split_pattern(data, "\n").flatten()
    split = pc.split_pattern(lines, delimiter)
    cells, starts = split.flatten(), np.asarray(split.offsets)[:-1]
    lengths = np.diff(np.asarray(split.offsets))
    width = int(lengths.max(initial=0))
    if width > limits().columns:
        raise _too_wide(DELIMITERS[delimiter])
    columns = []
    for at in range(width):
        column = cells.take(pa.array(starts + at, mask=lengths <= at)).cast(pa.string())
        columns.append(pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column))
    return Sheet(None, tuple(columns), pa.array(np.arange(1, len(lines) + 1)))


def _quoted(text: str, delimiter: str) -> Sheet:
    """Text with quotes, whose records may go over several lines."""
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    try:
        reader = _records(text, delimiter)
        last_line = 0
        for row in reader:
            rows.append([_FORMULA_OF_TEXT.sub(r"\1", cell) or None for cell in row])
            numbers.append(last_line + 1)
            if reader.line_num - last_line > MAX_LINES:
                raise _unpaired(last_line + 1, DELIMITERS[delimiter])
            last_line = reader.line_num
    except csv.Error:
        raise Unreadable(
            "damaged", "文本文件的引号或分隔符混乱，无法分列，请重新导出。", DELIMITERS[delimiter]
        ) from None
    if rows and last_line > numbers[-1] and _has_odd_quotes(text, numbers[-1]):
        raise _unpaired(numbers[-1], DELIMITERS[delimiter])
    if max(map(len, rows), default=0) > limits().columns:
        raise _too_wide(DELIMITERS[delimiter])
    return Sheet(None, columns_of(rows), pa.array(numbers, pa.int64()))


def _records(text: str, delimiter: str) -> Any:
    """A blank between the delimiter and a quote is no part of the value."""
    is_spaced = f'{delimiter} "' in text
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=is_spaced)


def _too_wide(kind: str) -> Unreadable:
    return Unreadable("too_large", f"有的行超过 {limits().columns} 列，请检查分隔符，删去多余的列。", kind)


def _has_odd_quotes(text: str, from_line: int) -> bool:
    lines = islice(io.StringIO(text, newline=""), from_line - 1, None)
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
