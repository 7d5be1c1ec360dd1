"""Which cells of a workbook's rows say something else than the rows they were written from, and what they change.

A correction is merged cell by cell: what a workbook leaves as it was written stays as it stands by now, whoever put it
right meanwhile. Whose row is whose is `correction_places`. Ends at rows as text and at `CellChange`, masked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.privacy import masked
from warehouse.vocabulary.submission import CellChange

KEPT_CHANGES = 1_000
"""A decision tells of so many cells (150 KB); more only say that a column was written anew."""
Mask = npt.NDArray[np.bool_]
Over = Callable[[int, Field], str | None]
"""Row of the changed table, field → the correction that changed the same cell before, null where none did."""


class Cells:
    """Rows of a workbook beside the rows of the same place that they were written from (`basis`; of nulls where a row
    is new). A field for which the workbook has no column says nothing."""

    def __init__(self, dataset: Dataset, basis: pa.Table, book: pa.Table, is_new: Mask, gone: Sequence[str]) -> None:
        self._dataset = dataset
        self._book = book
        self._fields = [field for field in dataset.fields if field.name not in gone]
        self._differs = {field.name: _unlike(basis, book, field) for field in self._fields}
        self.has_changed: Mask = np.zeros(book.num_rows, dtype=bool)
        for mask in self._differs.values():
            self.has_changed |= mask & ~is_new

    def written_over(self, rows: Sequence[int], stands: pa.Table) -> pa.Table:
        """These rows of the workbook as they change `stands`, the rows of the same places by now."""
        chosen = self._book.take(pa.array(rows, pa.int64()))
        for field in self._dataset.fields:
            mask = pa.array(self._mask(field)[list(rows)])
            for name in (field.sent, f"{field.name}__read"):
                at = chosen.schema.get_field_index(name)
                cells = pc.if_else(mask, chosen[name].combine_chunks(), stands[name].combine_chunks())
                chosen = chosen.set_column(at, chosen.schema.field(at), cells)
        return chosen

    def _mask(self, field: Field) -> Mask:
        return self._differs.get(field.name, np.zeros(self._book.num_rows, dtype=bool))

    def changes(self, rows: Sequence[int], stands: pa.Table, over: Over) -> list[CellChange]:
        """What `written_over` changes, row by row; a cell that already says so is none."""
        changes = []
        for order, row in enumerate(rows):
            for field in self._fields:
                if not self._differs[field.name][row]:
                    continue
                before, after = _text(stands, field, order), _text(self._book, field, row)
                if (before or "").strip() != (after or "").strip():
                    changes.append(
                        CellChange(
                            stands["sheet"][order].as_py(),
                            stands["row_number"][order].as_py(),
                            field.name,
                            _shown(field, before),
                            _shown(field, after),
                            over=over(order, field),
                        )
                    )
        return changes


def _unlike(basis: pa.Table, book: pa.Table, field: Field) -> Mask:
    """Blanks around a text say nothing."""
    before, after = (
        pc.fill_null(pc.utf8_trim_whitespace(table[field.sent].combine_chunks()), "") for table in (basis, book)
    )
    return np.asarray(pc.not_equal(before, after).to_numpy(zero_copy_only=False), dtype=bool)


def _text(table: pa.Table, field: Field, row: int) -> str | None:
    text: str | None = table[field.sent][row].as_py()
    return text


def _shown(field: Field, text: str | None) -> str | None:
    return masked(field, text.strip()) if text and text.strip() else None
