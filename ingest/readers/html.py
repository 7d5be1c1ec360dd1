"""Web pages that systems call .xls → one sheet per table.

XML workbooks are `spreadsheetml` and `ods`. Ends at `Opened`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from lxml import etree, html

from ingest.limits import limits
from ingest.readers import cells
from ingest.readers.sheet import Merge, Opened, Row, Sheet, Unreadable, columns_of
from ingest.readers.sniff import Sniffed
from warehouse.vocabulary.report_mark import MARK

_UNSEEN = ("script", "style", "template")


def read(content: bytes, sniffed: Sniffed) -> Opened:
    """Every table that holds no other table, as 表1, 表2 …; scripts and styles are no text."""
    document = html.document_fromstring(
        sniffed.text, parser=html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True)
    )
    etree.strip_elements(document, *_UNSEEN, with_tail=False)
    tables = [table for table in document.iter("table") if table.find(".//table") is None]
    properties = tuple((meta.get("name", ""), meta.get("content", "")) for meta in document.iter("meta"))
    if not tables and all(name != MARK for name, _ in properties):
        raise Unreadable("no_table", "网页里没有表格，请从系统导出表格后报送。", "html")
    sheets = tuple(_sheet(table, f"表{at}") for at, table in enumerate(tables, 1))
    return Opened("html", sniffed.encoding, sheets, properties=properties)


def _sheet(table: html.HtmlElement, name: str) -> Sheet:
    rows: list[Row] = []
    merged: list[Merge] = []
    taken: dict[tuple[int, int], bool] = {}
    for at, line in enumerate(table.iter("tr")):
        row: Row = []
        for cell in line.iter("td", "th"):
            while taken.pop((at, len(row)), False):
                row.append(None)
            across, down = _span(cell.get("colspan")), _span(cell.get("rowspan"))
            if len(row) + across > limits().columns:
                raise Unreadable("too_large", f"表格超过 {limits().columns} 列，请删去多余的列。", "html")
            if across > 1 or down > 1:
                merged.append(Merge(at, len(row), at + down - 1, len(row) + across - 1))
                taken |= {
                    (at + below, len(row) + beside): True
                    for below in range(1, min(down, 1000))
                    for beside in range(across)
                }
            row += [_text(cell), *[None] * (across - 1)]
        rows.append(row)
    cells.fill(rows, merged)
    return Sheet(name, columns_of(rows), pa.array(np.arange(1, len(rows) + 1)), merged=tuple(merged))


def _span(text: str | None) -> int:
    return min(max(1, int(text)), 10_000) if text and text.strip().isdigit() else 1


def _text(cell: html.HtmlElement) -> str | None:
    return "".join(_pieces(cell)).strip() or None


def _pieces(element: html.HtmlElement) -> Iterator[str]:
    yield " ".join((element.text or "").split())
    for child in element:
        if child.tag == "br":
            yield "\n"
        yield from _pieces(child)
        yield " ".join((child.tail or "").split())
