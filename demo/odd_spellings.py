"""Spellings that are odd and yet right: what a careful reader takes without a word.

Here: spellings of single cells. Not here: layouts and encodings, which belong to a department's dialect. Ends at
texts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from warehouse.vocabulary.contract import Field

_FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))


@dataclass(frozen=True)
class OddSpelling:
    """A harmless form: the fields it fits, and the text for a value (None: this value shows no difference)."""

    name: str
    fits: Callable[[Field], bool]
    write: Callable[[Any], str | None]


def _date(write: Callable[[dt.date], str]) -> Callable[[Any], str]:
    return write


def _is_number(field: Field) -> bool:
    return field.kind in ("id", "phone", "office_phone")


ODD_SPELLINGS: tuple[OddSpelling, ...] = (
    OddSpelling("full_width_digits", _is_number, lambda text: text.translate(_FULL_WIDTH)),
    OddSpelling(
        "lower_case_x", lambda field: field.kind == "id", lambda text: text.lower() if text.endswith("X") else None
    ),
    OddSpelling("leading_apostrophe", lambda field: field.kind == "id", lambda text: "'" + text),
    OddSpelling(
        "invisible_characters",
        lambda field: field.kind in ("phone", "office_phone"),
        lambda text: "\u202d" + text + "\u202c",
    ),
    OddSpelling("zero_width_space", lambda field: field.name == "class_id", lambda text: text + "\u200b"),
    OddSpelling(
        "space_around", lambda field: field.name in ("class_id", "payment_id", "cert_no"), lambda text: f" {text}  "
    ),
    OddSpelling(
        "space_in_name",
        lambda field: field.name == "person_name",
        lambda text: f"{text[0]}\u3000{text[1]}" if len(text) == 2 else None,
    ),
    OddSpelling(
        "grouped_id",
        lambda field: field.kind == "id",
        lambda text: f"{text[:6]} {text[6:14]} {text[14:]}" if len(text) == 18 else None,
    ),
    OddSpelling("date_with_time", lambda field: field.kind == "date", _date(lambda day: f"{day:%Y-%m-%d} 00:00:00")),
    OddSpelling(
        "date_in_chinese",
        lambda field: field.kind == "date",
        _date(lambda day: f"{day.year}年{day.month}月{day.day}日"),
    ),
    OddSpelling(
        "hours_with_unit",
        lambda field: field.name in ("attended_hours", "planned_hours"),
        lambda hours: f"{hours:g}学时",
    ),
)
