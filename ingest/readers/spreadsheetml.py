"""XML as Excel 2003 saved it (SpreadsheetML) → sheets.

Read by `markup`; today's workbooks are `xlsx`. Ends at `Opened`.
"""

from __future__ import annotations

import pyarrow as pa
from lxml import etree

from ingest.limits import limits
from ingest.readers import cells
from ingest.readers.markup import attributes, elements, local, text_constant
from ingest.readers.sheet import Merge, Opened, Row, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.tables import NO_RESULT


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every worksheet; the bytes may be in any encoding that their declaration names."""
    sheets: list[Sheet] = []
    properties: list[tuple[str, str]] = []
    for element in elements(content, ("Worksheet", "NamedRange"), "xml"):
        said = attributes(element)
        if local(element) == "Worksheet":
            sheets.append(_sheet(element))
        elif text := text_constant(said.get("RefersTo")):
            properties.append((said.get("Name", ""), text))
    return Opened("xml", sniffed.encoding, tuple(sheets), properties=tuple(properties))


def _sheet(worksheet: etree._Element) -> Sheet:
    rows: list[Row] = []
    numbers: list[int] = []
    merged: list[Merge] = []
    hidden: set[int] = set()
    number = 0
    for element in worksheet.iter(etree.Element):
        if local(element) != "Row":
            continue
        said = attributes(element)
        number = _whole(said.get("Index"), number + 1)
        row: Row = []
        for cell in element.iterchildren(etree.Element):
            if local(cell) != "Cell":
                continue
            cell_attributes = attributes(cell)
            at = _whole(cell_attributes.get("Index"), len(row) + 1) - 1
            across, down = _whole(cell_attributes.get("MergeAcross"), 0), _whole(cell_attributes.get("MergeDown"), 0)
            if max(at, len(row)) + across >= limits().columns:
                raise Unreadable("too_large", f"工作表超过 {limits().columns} 列，请删去多余的列。", "xml")
            row += [None] * (at - len(row))
            if across or down:
                merged.append(Merge(len(rows), at, len(rows) + down, at + across))
            row += [_text(cell, cell_attributes), *[None] * across]
        if said.get("Hidden") == "1" and any(row):
            hidden.add(number)
        rows.append(row)
        numbers.append(number)
    cells.fill(rows, merged)
    is_hidden = any(
        local(part) == "Visible" and (part.text or "").startswith("SheetHidden")
        for part in worksheet.iter(etree.Element)
    )
    return Sheet(
        redact(attributes(worksheet).get("Name", "")),
        columns_of(rows),
        pa.array(numbers, pa.int64()),
        is_hidden=is_hidden,
        hidden_rows=frozenset(hidden),
        merged=tuple(merged),
    )


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdigit() and len(text) < 9 else otherwise


def _text(cell: etree._Element, said: dict[str, str]) -> str | None:
    data = next((part for part in cell.iterchildren(etree.Element) if local(part) == "Data"), None)
    if data is None:
        return NO_RESULT if "Formula" in said else None
    text = "".join(map(str, data.itertext()))
    match attributes(data).get("Type"):
        case "Number":
            try:
                return cells.number(float(text))
            except ValueError:
                return text or None
        case "DateTime":
            return text.removesuffix(".000").replace("T00:00:00", "").replace("T", " ") or None
        case "Boolean":
            return "TRUE" if text == "1" else "FALSE"
    return text or None
