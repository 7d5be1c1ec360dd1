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
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ingest.limits import limits
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.readers.sniff import Sniffed

DELIMITERS = {",": "csv", "\t": "tsv", ";": "csv", "|": "csv", **dict.fromkeys("\x01\x02\x1f，；｜、^~", "csv")}
"""\\x01 is what Hive writes unless told otherwise; full-width ones come from a Chinese keyboard."""
_IN_VALUES = frozenset("，；、^~")
"""Delimiters that values are full of: they count only where no other cuts the text."""
SAMPLE_ROWS = 30
SAMPLE_CHARACTERS = 200_000
_BEGINNING = 1_000
CHUNK_ROWS = 20_000
"""Rows that are Python objects at one time: 30 MB of 21 cells each."""
BLOCK_CHARACTERS = 4_000_000
MAX_LINES = 20
"""A record of more lines has a quote that was never closed: it would swallow the rows below it."""
csv.field_size_limit(2**24)
_WRAPPED = re.compile(r'="(.*)"|“([^“”]*)”', re.DOTALL)
"""How exports keep Excel from making a number of a text; and quotes that the csv module does not know."""
_OTHER_BLANKS = ("\t", "\u3000", "\xa0")
"""Blanks before a quote that the csv module does not skip."""
_RULED_LINE = re.compile(r"^[+|][-+=|: ]+$", re.MULTILINE)
"""The lines that a database's console draws between the rows of a table."""
_LEAST_COLUMNS = 3
"""Text that no delimiter cuts into so many columns holds no table that could be read."""
_BLANKS = re.compile(r"[ \u3000]+")
_SIGNS = re.compile(r"[^\w\s\"'()（）《》【】“”:：.。/\-]+")
_INSTEAD = "请用逗号或制表符分隔各列（CSV），或另存为 xlsx 后重新报送。"


@dataclass(frozen=True)
class _Dialect:
    """How a text is cut: what stands between its cells, and what around those that hold it themselves."""

    delimiter: str
    quote: str = '"'


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """One sheet without a name; `content` is decoded already."""
    text = sniffed.text.removeprefix("\ufeff").rstrip("\x1a")  # old systems end a text with Ctrl-Z
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    delimiter = find_delimiter(text[:SAMPLE_CHARACTERS])
    if delimiter == "|" and text.lstrip()[:1] in "+|":
        text = _RULED_LINE.sub("", text)
    dialect = _Dialect(delimiter, _quote(text[:SAMPLE_CHARACTERS], delimiter))
    is_quoted = dialect.quote in text or text[:_BEGINNING].lstrip().startswith("“")
    sheet = _quoted(text, dialect) if is_quoted else _plain(text, delimiter)
    return Opened(DELIMITERS[delimiter], sniffed.encoding, (sheet,))


def _quote(text: str, delimiter: str) -> str:
    """Single quotes where every cell of the first line stands in them, as in an insert of SQL; else double ones."""
    cells = text.lstrip().partition("\n")[0].split(delimiter)
    is_single = len(cells) > 1 and all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in map(str.strip, cells))
    return "'" if is_single else '"'


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
        columns = [_filled(cells.take(place).cast(pa.string())) for place in places]
        chunks.append(_Chunk(columns, lengths.astype(np.int32)))
    return _sheet(chunks, np.arange(1, sum(chunk.rows for chunk in chunks) + 1))


def _quoted(text: str, dialect: _Dialect) -> Sheet:
    """Text with quotes, whose records may go over several lines."""
    chunks: list[_Chunk] = []
    rows: list[list[str]] = []
    numbers = array("q")
    kind = DELIMITERS[dialect.delimiter]
    is_wrapped = '="' in text or text[:_BEGINNING].lstrip().startswith("“")
    try:
        reader = _records(text, dialect)
        last_line = 0
        for row in reader:
            rows.append(row)
            numbers.append(last_line + 1)
            if reader.line_num - last_line > MAX_LINES:
                raise _unpaired(last_line + 1, kind)
            last_line = reader.line_num
            if len(rows) == CHUNK_ROWS:
                chunks.append(_chunk(rows, is_wrapped))
                rows.clear()
    except csv.Error:
        raise Unreadable("damaged", "文本文件的引号或分隔符混乱，无法分列，请重新导出。", kind) from None
    if numbers and last_line > numbers[-1] and _has_odd_quotes(text, numbers[-1], dialect.quote):
        raise _unpaired(numbers[-1], kind)
    chunks.append(_chunk(rows, is_wrapped))
    if max(len(chunk.columns) for chunk in chunks) > limits().columns:
        raise _too_wide(kind)
    return _sheet(chunks, np.asarray(numbers, dtype=np.int64))


def _sheet(chunks: Sequence[_Chunk], numbers: Any) -> Sheet:
    widths = pa.array(np.concatenate([chunk.widths for chunk in chunks]))
    return Sheet(None, _joined(chunks), pa.array(numbers), widths=widths)


@dataclass
class _Chunk:
    """Some rows of a text as columns: as a Python object a cell is five times as large."""

    columns: list[pa.StringArray]
    widths: npt.NDArray[np.int32]

    @property
    def rows(self) -> int:
        return len(self.widths)


def _chunk(rows: Sequence[Sequence[str]], is_wrapped: bool) -> _Chunk:
    columns = [pa.array(cells, pa.string()) for cells in zip_longest(*rows)]
    widths = np.fromiter(map(len, rows), np.int32, len(rows))
    return _Chunk([_filled(_unwrapped(cells) if is_wrapped else cells) for cells in columns], widths)


def _unwrapped(cells: pa.StringArray) -> pa.StringArray:
    if not pc.any(pc.match_substring_regex(cells, '="|^“')).as_py():
        return cells
    return pa.array([cell and _bare(cell) for cell in cells.to_pylist()], pa.string())


def _bare(cell: str) -> str:
    match = _WRAPPED.fullmatch(cell.strip())
    return next(part for part in match.groups() if part is not None) if match else cell


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


def _records(text: str, dialect: _Dialect) -> Any:
    """A blank before a quote, after the delimiter or at the beginning of a line, is no part of the value."""
    delimiter, quote = dialect.delimiter, dialect.quote
    sample = text[:SAMPLE_CHARACTERS]  # a program writes all its lines in one way
    is_spaced = f"{delimiter} {quote}" in text or (
        f" {quote}" in sample and bool(re.search(f"(?:{re.escape(delimiter)}|^) +{quote}", sample, re.MULTILINE))
    )
    lines = _lines(text)
    if any(f"{delimiter}{blank}{quote}" in sample for blank in _OTHER_BLANKS):
        blanks = re.compile(f"(?<={re.escape(delimiter)})[{''.join(_OTHER_BLANKS)} ]+(?={quote})")
        lines = (blanks.sub("", line) for line in lines)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=is_spaced)


def _too_wide(kind: str) -> Unreadable:
    return Unreadable("too_large", f"有的行超过 {limits().columns} 列，请检查分隔符，删去多余的列。", kind)


def _has_odd_quotes(text: str, from_line: int, quote: str) -> bool:
    lines = islice(_lines(text), from_line - 1, None)
    return sum(line.count(quote) for line in lines) % 2 == 1


def _unpaired(line: int, kind: str) -> Unreadable:
    return Unreadable("damaged", f"第{line}行起有英文双引号没有成对，后面的行无法分开，请改正后重新导出。", kind)


def find_delimiter(text: str) -> str:
    """The delimiter that cuts the first rows into many columns, and most of them into the same number.

    `Unreadable` names what stands between the columns where it is none that can be read.
    """
    widths = {delimiter: _widths(text, delimiter) for delimiter in DELIMITERS}
    likely = [delimiter for delimiter in DELIMITERS if delimiter not in _IN_VALUES]
    is_cut = any(_width(widths[delimiter]) >= _LEAST_COLUMNS for delimiter in likely)
    best = max(likely if is_cut else DELIMITERS, key=lambda delimiter: _score(widths[delimiter]))
    if _width(widths[best]) < _LEAST_COLUMNS:
        _refuse_other(text)
    return best


def _widths(text: str, delimiter: str) -> Counter[int]:
    """How many of the first rows have so many cells; rows of one cell are left out."""
    try:
        sample = islice(_records(text, _Dialect(delimiter)), SAMPLE_ROWS)
        return Counter(len(row) for row in sample if len(row) > 1)
    except csv.Error:
        return Counter()


def _score(widths: Counter[int]) -> int:
    return max((width * count for width, count in widths.items()), default=0)


def _width(widths: Counter[int]) -> int:
    return max(widths, key=lambda width: width * widths[width], default=0)


def _refuse_other(text: str) -> None:
    """Names blanks or signs that cut several rows into the same number of columns."""
    lines = [line.strip() for line in islice(_lines(text), SAMPLE_ROWS) if line.strip()]
    by_blanks = Counter(len(_BLANKS.split(line)) for line in lines)
    if lines and _repeats(by_blanks):
        raise Unreadable(
            "no_table",
            f"这份文本用空格把各列对齐，没有分隔符，遇到空白的格就分不清后面是哪一列，没有读取；{_INSTEAD}",
            "csv",
        )
    signs = Counter(sign for line in lines[:1] for sign in _SIGNS.findall(line))
    for sign, _ in signs.most_common(1):
        if _repeats(Counter(len(line.split(sign)) for line in lines)):
            raise Unreadable(
                "no_table", f"这份文本用“{sign}”分隔各列，系统不认识这个分隔符，没有读取；{_INSTEAD}", "csv"
            )


def _repeats(widths: Counter[int]) -> bool:
    width, count = widths.most_common(1)[0] if widths else (0, 0)
    return width >= _LEAST_COLUMNS and count > 1
