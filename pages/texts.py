"""Facts as JSON, and as CSV that a spreadsheet opens without harm. Ends at texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import orjson

from pages import words

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def json_text(facts: Mapping[str, Any]) -> str:
    """Indented; days and moments in ISO 8601, decimals as text so that none is rounded."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(facts, option=options, default=_exact).decode()


def _exact(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no form in JSON")


def csv_text(titles: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """UTF-8 with BOM, and no cell that a spreadsheet would take for a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(titles)
    for row in rows:
        writer.writerow(safe_cell(value) for value in row)
    return out.getvalue()


def safe_cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula, masked where it looks like an identifier."""
    if not isinstance(value, str):
        return value
    # Control characters come before `plain` turns them into blanks, so both forms are looked at.
    text = words.plain(value)
    return f"'{text}" if value.startswith(_FORMULA) or text.startswith(_FORMULA) else text
