"""Delimited text → cell texts. A record's number is the physical line on which it starts."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice

import pyarrow as pa

from ingest.readers.sheet import Opened, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed

DELIMITERS = {",": "csv", "\t": "tsv", ";": "csv", "|": "csv"}
SAMPLE_ROWS = 30
MAX_LINES = 20
"""A record of more lines has a quote that was never closed: it would swallow the rows below it."""
csv.field_size_limit(2**24)


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """One sheet without a name; `content` is decoded already."""
    text = sniffed.text
    delimiter = find_delimiter(text)
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        last_line = 0
        for row in reader:
            rows.append([cell or None for cell in row])
            numbers.append(last_line + 1)
            if reader.line_num - last_line > MAX_LINES:
                raise _unpaired(last_line + 1, DELIMITERS[delimiter])
            last_line = reader.line_num
    except csv.Error:
        raise Unreadable("damaged", "文本文件的引号或分隔符混乱，无法分列，请重新导出。",
                         DELIMITERS[delimiter]) from None
    if rows and last_line > numbers[-1] and _has_odd_quotes(text, numbers[-1]):
        raise _unpaired(numbers[-1], DELIMITERS[delimiter])
    return Opened(DELIMITERS[delimiter], sniffed.encoding, (Sheet(None, columns_of(rows), pa.array(numbers, pa.int64())),))


def _has_odd_quotes(text: str, from_line: int) -> bool:
    lines = islice(io.StringIO(text, newline=""), from_line - 1, None)
    return sum(line.count('"') for line in lines) % 2 == 1


def _unpaired(line: int, kind: str) -> Unreadable:
    return Unreadable("damaged", f"第{line}行起有英文双引号没有成对，后面的行无法分开，请改正后重新导出。", kind)


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into many columns, and most of them into the same number."""
    def score(delimiter: str) -> int:
        try:
            sample = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE_ROWS)
            widths = Counter(len(row) for row in sample if len(row) > 1)
        except csv.Error:
            return 0
        return max((width * count for width, count in widths.items()), default=0)

    return max(DELIMITERS, key=score)
