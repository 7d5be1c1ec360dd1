"""A clerk who opens a correction workbook, puts right what is marked, and sends it back: by the demo's truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
from openpyxl.worksheet.worksheet import Worksheet

from ingest.feed import find
from ingest.headers import unit_of
from ingest.table_extract import header_index
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, correction_columns
from warehouse.vocabulary.contract import Field

_YUAN = {None: 1, "元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}


@dataclass(frozen=True)
class Workbook:
    """One correction workbook with what it is of."""

    path: Path
    submission_id: str
    unit: str
    dataset: str
    period: str
    file: str  # as in truth/


def workbooks(root: Root, outcomes: tuple[str, ...]) -> Iterator[Workbook]:
    """Of the newest submissions with one of these outcomes, where there is one."""
    standing = pq.read_table(root.register / "submission.parquet").to_pylist()
    names = {
        row["submission_id"]: row["file_name"] for row in pq.read_table(root.register / "delivery.parquet").to_pylist()
    }
    for submission in standing:
        path = root.corrections / submission["unit_code"] / f"{submission['submission_id']}.xlsx"
        if submission["represents_key"] and submission["outcome"] in outcomes and path.is_file():
            yield Workbook(
                path,
                submission["submission_id"],
                submission["unit_code"],
                submission["dataset"],
                submission["period"],
                names[submission["submission_id"]],
            )


class Clerk:
    """Knows what was meant. `correct` changes marked cells of held rows only, as the workbook shows them."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._truth: dict[str, dict[str, dict[str, Mapping[str, Any]]]] = {}

    def correct(self, book: Workbook) -> bytes | None:
        """The workbook with true values in its coloured cells; a row that no cell can put right is withdrawn."""
        wb = openpyxl.load_workbook(book.path)
        meant = self._meant(book)
        department = book.unit.partition(".")[0]
        index = header_index(contract.dataset(book.dataset), find(department, book.dataset))
        for sheet in wb:
            if sheet.title not in correction_columns.BESIDE:
                self._correct_sheet(sheet, contract.dataset(book.dataset), index, meant)
        target = book.path.with_suffix(".corrected.xlsx")
        wb.save(target)
        content = target.read_bytes()
        target.unlink()
        return content

    def _correct_sheet(
        self, sheet: Worksheet, dataset: contract.Dataset, index: Any, meant: Mapping[str, Mapping[str, Any]]
    ) -> None:
        top = next(
            cell.row
            for row in sheet.iter_rows(max_row=40)
            for cell in row
            if cell.value and correction_columns.answered(str(cell.value))
        )
        headers = {cell.column: str(cell.value) for cell in sheet[top] if cell.value}
        fields = {at: next(iter(index.fields(header)), None) for at, header in headers.items()}
        place = next(at for at, header in headers.items() if correction_columns.answered(header))
        action = next(at for at, header in headers.items() if header == correction_columns.ACTION)
        opinion = next(at for at, header in headers.items() if header == correction_columns.OPINION)
        untouched = [row for row in sheet.iter_rows(min_row=top + 1) if not any(map(_is_marked, row))]
        kept = {
            tuple(true[field.name] for field in dataset.fields if field.is_key)
            for row in untouched
            if (true := meant.get(_row_number(row[place - 1].value)))
        }
        for row in sheet.iter_rows(min_row=top + 1):
            marked = [cell for cell in row if _is_marked(cell)]
            if not marked:
                continue
            true = meant[_row_number(row[place - 1].value)]
            key = tuple(true[field.name] for field in dataset.fields if field.is_key)
            told = str(row[opinion - 1].value)
            if "完全相同" in told or ("相同" in told and key in kept):
                row[action - 1].value = "作废"  # of rows on one key, the first is put right and the others go
                continue
            kept.add(key)
            for cell in marked:
                name = fields.get(cell.column)
                if name:
                    cell.value = as_text(dataset.field(name), true[name], headers[cell.column])

    def _meant(self, book: Workbook) -> dict[str, Mapping[str, Any]]:
        if book.dataset not in self._truth:
            rows = pd.read_parquet(self._root.truth / f"rows_{book.dataset}.parquet").astype(object)
            rows = rows.where(rows.notna(), None)
            by_file: dict[str, dict[str, Mapping[str, Any]]] = {}
            for row in rows.to_dict("records"):
                by_file.setdefault(row["file"], {})[str(row["row_number"])] = row
            self._truth[book.dataset] = by_file
        return self._truth[book.dataset][book.file]


def _is_marked(cell: Any) -> bool:
    return bool(cell.fill.fgColor.rgb == "FFF8CBAD")


def _row_number(cell: Any) -> str:
    place, _ = correction_columns.identified(str(cell))
    return place.rpartition("!")[2]


def as_text(field: Field, value: Any, header: str) -> str | None:
    """A true value as one writes it under this header."""
    if value is None:
        return None
    if field.kind == "money":
        return f"{value / 100 / _YUAN[unit_of(header)]:.10g}"
    if field.kind == "percent":
        return f"{float(value) * 100:.10g}%"
    if field.kind == "bool":
        return "是" if value else "否"
    if field.kind in ("int", "decimal"):
        return f"{float(value):.10g}"
    return str(value)
