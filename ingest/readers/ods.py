"""OpenDocument spreadsheets → sheets. Repeated cells and rows are laid out only as far as something stands in them.

Their XML is read by `markup`. Ends at `Opened`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pyarrow as pa
from lxml import etree

from ingest.limits import limits
from ingest.readers import cells
from ingest.readers.markup import attributes, elements, local, text_constant
from ingest.readers.sheet import Merge, Opened, Row, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.tables import NO_RESULT

BLANK_ROWS = 100
"""More empty rows in one repetition are formats down to the sheet's end."""


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every table of `content.xml`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
        if b"encryption-data" in manifest:
            raise Unreadable("encrypted", "表格设有打开密码，请取消密码后重新报送。", "ods")
        data = archive.read("content.xml")
        about = archive.read("meta.xml") if "meta.xml" in archive.namelist() else b""
    sheets: list[Sheet] = []
    properties = _document_properties(about) if about else []
    for element in elements(data, ("table", "named-expression"), "ods"):
        if local(element) == "table":
            sheets.append(_sheet(element))
            continue
        said = attributes(element)
        if text := text_constant(said.get("expression")):
            properties.append((said.get("name", ""), text))
    return Opened("ods", None, tuple(sheets), properties=tuple(properties))


def _document_properties(about: bytes) -> list[tuple[str, str]]:
    return [
        (attributes(element).get("name", ""), "".join(map(str, element.itertext())).strip())
        for element in elements(about, ("user-defined",), "ods")
    ]


def _sheet(table: etree._Element) -> Sheet:
    rows: list[Row] = []
    numbers: list[int] = []
    merged: list[Merge] = []
    hidden: set[int] = set()
    number = 1
    for element in _rows(table):
        said = attributes(element)
        times = _times(said.get("number-rows-repeated"))
        row, spans = _row(element)
        filled = any(row)
        for at in range(times if filled or times <= BLANK_ROWS else 0):
            if len(rows) >= limits().rows:
                raise Unreadable("too_large", f"工作表超过 {limits().rows} 行，请分成几个文件。", "ods")
            merged += [Merge(len(rows), left, len(rows) + down - 1, left + across - 1) for left, across, down in spans]
            if said.get("visibility") in ("collapse", "filter"):
                hidden.add(number + at)
            rows.append(list(row))
            numbers.append(number + at)
        number += times
    cells.fill(rows, merged)
    return Sheet(
        redact(attributes(table).get("name", "")),
        columns_of(rows),
        pa.array(numbers, pa.int64()),
        hidden_rows=frozenset(hidden),
        merged=tuple(merged),
    )


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for element in table.iter(etree.Element):
        if local(element) == "table-row":
            yield element


def _row(element: etree._Element) -> tuple[Row, list[tuple[int, int, int]]]:
    """Texts up to the last filled cell, and the spans of merged cells: column, width, height."""
    row: Row = []
    spans: list[tuple[int, int, int]] = []
    empty = 0
    for cell in element.iterchildren(etree.Element):
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        said = attributes(cell)
        text, times = _text(cell, said), _times(said.get("number-columns-repeated"))
        if text is None:
            empty += times
            continue
        if len(row) + empty + times > limits().columns:
            raise Unreadable("too_large", f"工作表超过 {limits().columns} 列，请删去多余的列。", "ods")
        row += [None] * empty
        empty = 0
        across, down = _times(said.get("number-columns-spanned")), _times(said.get("number-rows-spanned"))
        if across > 1 or down > 1:
            spans.append((len(row), across, down))
        row += [text] * times
    return row, spans


def _times(text: str | None) -> int:
    return max(1, int(text)) if text and text.isdigit() else 1


def _text(cell: etree._Element, said: dict[str, str]) -> str | None:
    if local(cell) == "covered-table-cell":
        return None
    kind = said.get("value-type")
    if kind in ("float", "percentage", "currency") and "value" in said:
        return cells.number(float(said["value"]))
    if kind == "date" and "date-value" in said:
        return said["date-value"].replace("T00:00:00", "").replace("T", " ")
    if kind == "time" and "time-value" in said:
        hours, _, rest = said["time-value"].removeprefix("PT").partition("H")
        minutes, _, seconds = rest.partition("M")
        return f"{int(hours):02d}:{int(minutes):02d}:{int(float(seconds.rstrip('S') or 0)):02d}"
    if kind == "boolean":
        return said.get("boolean-value", "").upper() or None
    lines = ["".join(map(str, part.itertext())) for part in cell.iterchildren(etree.Element) if local(part) == "p"]
    text = "\n".join(lines) or None
    return NO_RESULT if text is None and "formula" in said else text
