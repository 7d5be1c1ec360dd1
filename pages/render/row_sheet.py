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
_LONGEST = 32767
"""UTF-16 units that a cell holds; no text of half as many characters has more."""


@dataclass(frozen=True)
class Rows:
    """Rows as they stand in the file, down to `last_row` and `last_column` (from 0; -1 where there are none)."""

    text: str
    last_row: int
    last_column: int


class RowSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """Rows are laid from the top down."""

    def __init__(self) -> None:
        super().__init__()
        self._laid: list[str] = []

    def lay(self, rows: Rows) -> None:
        if rows.text:
            self._laid.append(rows.text)
            self._check_dimensions(rows.last_row, rows.last_column)
            self._check_dimensions(rows.last_row, 0)

    def lay_row(self, row: int, cells: str, last_column: int) -> None:
        """`cells`: `texts` and what else stands in the row, in the order of its columns; `row` from 0."""
        self.lay(Rows(row_of(row, cells), row, last_column))

    def _write_rows(self) -> None:
        self.fh.write("".join(self._laid))

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


def _told(text: str) -> str:
    if len(text) > _LONGEST // 2:
        text = text.encode("utf-16-le", "surrogatepass")[: 2 * _LONGEST].decode("utf-16-le", "ignore")
    if _NEEDS_CARE(text) is None:
        return f"<t>{text}</t>"
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    return f"<t{kept}>{escape(Worksheet._escape_control_characters(text))}</t>"
