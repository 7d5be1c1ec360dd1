"""Columns → what systems call .xls and is none: a web page, or XML as Excel 2003 saved it.

The same columns give the same bytes. Not here: real workbooks (`workbooks.py`). Ends at bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from xml.sax.saxutils import escape

from demo.dialects import Disguise
from demo.render import Cell, Column

FIRST_ROW = 3
"""Below a title and the header."""
SHEETS: dict[Disguise, str | None] = {"html": "表1", "xml": "Sheet1"}


def _rows(columns: list[Column], size: int) -> Iterator[list[Cell]]:
    yield [column.header for column in columns]
    for at in range(size):
        yield [column.cells[at] for column in columns]


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return escape(f"{cell:.15g}" if isinstance(cell, float) else str(cell))


def _html_cell(cell: Cell) -> str:
    return f"<td>{_text(cell)}</td>"


def _html(columns: list[Column], size: int, title: str) -> bytes:
    lines = [f'<tr><th colspan="{max(2, len(columns))}">{escape(title)}</th></tr>']
    lines += [f"<tr>{''.join(map(_html_cell, row))}</tr>" for row in _rows(columns, size)]
    style = "<style>td{mso-number-format:'\\@'}</style>"
    return (
        '<html><head><meta charset="gb2312">'
        + style
        + "</head><body><table border=1>\n"
        + "\n".join(lines)
        + "\n</table></body></html>"
    ).encode("gb18030")


def _xml(columns: list[Column], size: int, title: str) -> bytes:
    def cell(value: Cell) -> str:
        kind = "Number" if isinstance(value, float) else "String"
        return f'<Cell><Data ss:Type="{kind}">{_text(value)}</Data></Cell>' if value is not None else "<Cell/>"

    across = max(1, len(columns) - 1)
    lines = [f'<Row><Cell ss:MergeAcross="{across}"><Data ss:Type="String">{escape(title)}</Data></Cell></Row>']
    lines += [f"<Row>{''.join(map(cell, row))}</Row>" for row in _rows(columns, size)]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="Sheet1"><Table>\n{chr(10).join(lines)}\n</Table></Worksheet></Workbook>'
    ).encode()


WRITERS: dict[Disguise, Callable[[list[Column], int, str], bytes]] = {"html": _html, "xml": _xml}
