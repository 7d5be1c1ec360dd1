"""Lays the live checks into a sheet: their names, the column that tells them, and the colours of the cells concerned.

What is checked is `expectations.live_checks`. Ends at the sheet.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from typing import Any

from expectations.live_checks import RESULT, Place, live_checks, result
from pages.render.row_sheet import Rows, formula, row_of
from warehouse.vocabulary.contract import Dataset

_ALARM = {"bg_color": "#FF7C80", "font_color": "#9C0006"}


def write_live_checks(book: Any, sheet: Any, dataset: Dataset, place: Place, last_coloured: int) -> bool:
    """Names and colours, down to `last_coloured` (a row, from 1); whether there is anything to check."""
    checks = live_checks(dataset, place)
    if not checks:
        return False
    for check in checks:
        book.define_name(f"{place.sheet}!{check.name}", f"={check.condition}")
    book.define_name(f"{place.sheet}!{RESULT}", f"={result(checks, place)}")
    names_by_column: dict[int, list[str]] = defaultdict(list)
    for check in checks:
        for name in check.fields:
            names_by_column[place.columns[name]].append(check.name)
    alarm = book.add_format(_ALARM)
    for column, names in sorted(names_by_column.items()):
        wrong = names[0] if len(names) == 1 else f"OR({','.join(names)})"
        rule = {"type": "formula", "criteria": f"={wrong}", "format": alarm}
        sheet.conditional_format(place.first - 1, column, last_coloured - 1, column, rule)
    return True


@functools.lru_cache(maxsize=4)
def live_rows(first: int, count: int, column: int, form: int) -> Rows:
    """Rows, from 0, with nothing in them but the cell that tells what is wrong; templates have 5,000 of them."""
    rows = range(first, first + count)
    text = "".join(row_of(row, formula(row, column, RESULT, form)) for row in rows)
    return Rows(text, first, rows[-1], column)
