"""Whether the total rows of a sheet agree with the rows that they cover.

Which rows are totals is `rows`. Ends at remarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ingest.layout import Layout
from ingest.readers.sheet import Row
from ingest.row_words import COUNT_RE, COUNTED_RE, GROUP_TOTAL_RE, NO_SUM_RE, SUBTOTAL_RE, TOTAL_RE
from ingest.values import numbers
from warehouse.vocabulary.contract import Dataset, Kind
from warehouse.vocabulary.submission import Remark

_SUMMED: frozenset[Kind] = frozenset({"int", "decimal", "money"})
_TOLERANCE = Decimal("0.01")
_LEVELS = 20
"""A total of groups covers the rows since one of so many totals before it."""


def compared(layout: Layout, dataset: Dataset, is_data: npt.NDArray[np.bool_], totals: Sequence[int]) -> list[Remark]:
    """What total rows state against what the rows above them give: sums of amounts, and the number of rows.

    A total may cover the rows since one before it (小计, 本页合计, a group's 汇总), all rows above it, or all of the
    sheet (where it stands first): it differs when it agrees with none. A column with a cell that is no number is not
    compared, nor is a mean or an extreme.

    Args:
        totals: places in the body, in order.
    """
    said: list[Remark] = []
    for number, at in enumerate(totals):
        row = layout.sheet.row(layout.data_at + at)
        label = next((cell for cell in row if cell and _is_label(cell)), "")
        if NO_SUM_RE.fullmatch(label):
            continue
        above, whole = slice(0, at), slice(0, len(is_data))
        before = [slice(since, at) for since in reversed(totals[max(0, number - _LEVELS) : number])]
        everything = above if is_data[above].any() else whole
        spans = [*before[:1], above] if SUBTOTAL_RE.match(label) else [everything, *before[:1]]
        if not TOTAL_RE.fullmatch(label):  # of a group, of whatever level
            spans += before[1:]
        differences = [list(_differences(layout, dataset, (row, label), is_data, covered)) for covered in spans]
        for title, stated, counted in differences[0] if all(differences) else []:
            said.append(
                Remark(
                    "total_differs",
                    {
                        "row": str(layout.sheet.numbers[layout.data_at + at].as_py()),
                        "what": title,
                        "stated": f"{stated.normalize():f}",
                        "counted": f"{counted.normalize():f}",
                    },
                )
            )
    return said


def _is_label(cell: str) -> bool:
    return TOTAL_RE.fullmatch(cell) is not None or GROUP_TOTAL_RE.fullmatch(cell) is not None


def _differences(
    layout: Layout, dataset: Dataset, total: tuple[Row, str], is_data: npt.NDArray[np.bool_], covered: slice
) -> Iterator[tuple[str, Decimal, Decimal]]:
    """`total`: the row, and the cell that says what it is."""
    places = pa.array(np.flatnonzero(is_data[covered]) + (covered.start + layout.data_at))
    claims = {column.at: column for column in layout.columns if column.fields}
    row, label = total
    for at, cell in enumerate(row):
        kinds = {dataset.field(name).kind for name in claims[at].fields} if at in claims else set()
        if cell and (count := COUNT_RE.fullmatch(cell)):
            if int(count[1]) != len(places):
                yield "行数", Decimal(count[1]), Decimal(len(places))
        elif cell and kinds and (kinds <= _SUMMED or COUNTED_RE.fullmatch(label)):
            cells = layout.sheet.columns[at].take(places)
            stated, counts = numbers.decimal(cell), _counts(cells, label, kinds <= _SUMMED)
            if stated and counts and all(abs(counted - stated) > _TOLERANCE for counted in counts):
                yield f"“{claims[at].header}”", stated, counts[0]


def _counts(cells: pa.StringArray, label: str, is_summed: bool) -> list[Decimal]:
    """What the total may be: the sum, or the number of filled cells; Excel's 汇总 is either."""
    filled = [cell for cell in cells.drop_null().to_pylist() if cell.strip()]
    if COUNTED_RE.fullmatch(label):
        return [Decimal(len(filled))]
    values = [numbers.decimal(cell) for cell in filled]
    if not is_summed or None in values:
        return []
    total = sum((value for value in values if value is not None), Decimal(0))
    return [total, Decimal(len(filled))] if "汇" in label else [total]
