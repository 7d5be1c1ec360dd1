"""A worksheet of whole rows, each handed over as the text that stands in the file.

Cell by cell a workbook of corrections costs twice as much, and a sheet that is the same in many is laid as it is.

Everything else of such a sheet (widths, notes, drop-downs, colours) is xlsxwriter's. Ends at the sheet's XML.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

Cell: TypeAlias = tuple[int, str | None, int]
"""Column from 0, text (null: an empty cell that has a format), and the number of its format (`number_of`; 0: none)."""
_NEEDS_CARE = re.compile(r"[&<>_\s\x00-\x1f\ufffe\uffff]").search
_LAST_COLUMN = 16383
_LONGEST = 32767
"""UTF-16 units that a cell holds; no text of half as many characters has more."""


@dataclass(frozen=True)
class Rows:
    """Rows as they stand in the file, from `first_row` to `last_row` (from 0), up to `last_column`."""

    text: str
    first_row: int
    last_row: int
    last_column: int


class RowSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """Rows are laid from the top down, below all that is written cell by cell."""

    def __init__(self) -> None:
        super().__init__()
        self._laid: list[Rows] = []
        self._last_formatted: int | None = None

    def lay(self, rows: Rows) -> None:
        self._laid.append(rows)
        for corner in ((rows.first_row, 0), (rows.last_row, rows.last_column)):
            self._check_dimensions(*corner)

    def lay_row(self, row: int, cells: str, last_column: int) -> None:
        """`cells`: `texts` and what else stands in the row, in the order of its columns; `row` from 0."""
        self.lay(Rows(row_of(row, cells), row, row, last_column))

    def format_from(self, column: int, form: Any) -> None:
        """Formats all columns from this one on; one by one the 16,384 of a sheet take 15 ms."""
        self.set_column(column, column, None, form)
        self._last_formatted = column

    def _write_col_info(self, first: int, last: int, info: Any) -> None:
        super()._write_col_info(first, _LAST_COLUMN if last == self._last_formatted else last, info)

    def _write_rows(self) -> None:
        if self._laid:  # beside a note in a row that was laid, that row would be written once more
            self.dim_rowmax = self._laid[0].first_row - 1
            super()._write_rows()
            self.dim_rowmax = self._laid[-1].last_row
            self.fh.write("".join(rows.text for rows in self._laid))
        else:
            super()._write_rows()

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        """Looks for 150 functions; the colours of a dataset's workbooks have the same few formulas."""
        return _prepared(formula, expand_future_functions)


def number_of(form: Any) -> int:
    """The number under which a format stands in its workbook; from then on it stands there."""
    return int(form._get_xf_index())


def row_of(row: int, cells: str) -> str:
    return f'<row r="{row + 1}">{cells}</row>'


def texts(row: int, cells: Iterable[Cell]) -> str:
    """Cells that hold texts, in the order of their columns."""
    return "".join(
        f'<c r="{_letters(column)}{row + 1}" s="{form}"/>'
        if text is None
        else f'<c r="{_letters(column)}{row + 1}" s="{form}" t="inlineStr"><is>{_told(text)}</is></c>'
        for column, text, form in cells
    )


def formula(row: int, column: int, told: str, form: int, shown: str = "") -> str:
    """A cell that holds a formula (without the sign before it); `shown`: what stands there until it is computed."""
    kind = ' t="str"' if shown else ""
    where = f'r="{_letters(column)}{row + 1}" s="{form}"'
    return f"<c {where}{kind}><f>{escape(told)}</f><v>{escape(shown)}</v></c>"


_letters = functools.cache(xl_col_to_name)


@functools.lru_cache(maxsize=1000)
def _prepared(formula: str, expand_future_functions: bool) -> str:
    return str(Worksheet()._prepare_formula(formula, expand_future_functions))


@functools.lru_cache(maxsize=10_000)
def _told(text: str) -> str:
    if len(text) > _LONGEST // 2:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST].decode("utf-16-le", "ignore")
    if _NEEDS_CARE(text) is None:
        return f"<t>{text}</t>"
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{kept}>{escape(Worksheet._escape_control_characters(text))}</t>"
