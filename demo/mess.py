"""Forms that are odd and yet right: what a careful reader takes without a word. Ends at texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from warehouse.vocabulary.contract import Field

_FULL_WIDTH = str.maketrans("0123456789", "".join(chr(0xFF10 + digit) for digit in range(10)))


@dataclass(frozen=True)
class Mess:
    """A harmless form: the fields it fits, and the text for a value (None: this value shows no difference)."""

    name: str
    fits: Callable[[Field], bool]
    write: Callable[[Any], str | None]


def _date(write: Callable[[dt.date], str]) -> Callable[[Any], str]:
    return write


def _is_number(field: Field) -> bool:
    return field.kind in ("id", "phone")


MESS: tuple[Mess, ...] = (
    Mess("full_width_digits", _is_number, lambda text: text.translate(_FULL_WIDTH)),
    Mess("lower_case_x", lambda field: field.kind == "id", lambda text: text.lower() if text.endswith("X") else None),
    Mess("leading_apostrophe", lambda field: field.kind == "id", lambda text: "'" + text),
    Mess("invisible_characters", lambda field: field.kind == "phone", lambda text: "\u202d" + text + "\u202c"),
    Mess("zero_width_space", lambda field: field.name == "class_id", lambda text: text + "\u200b"),
    Mess("space_around", lambda field: field.name in ("class_id", "payment_id", "cert_no"), lambda text: f" {text}  "),
    Mess(
        "space_in_name",
        lambda field: field.name == "person_name",
        lambda text: f"{text[0]}\u3000{text[1]}" if len(text) == 2 else None,
    ),
    Mess(
        "grouped_id",
        lambda field: field.kind == "id",
        lambda text: f"{text[:6]} {text[6:14]} {text[14:]}" if len(text) == 18 else None,
    ),
    Mess("date_with_time", lambda field: field.kind == "date", _date(lambda day: f"{day:%Y-%m-%d} 00:00:00")),
    Mess(
        "date_in_chinese",
        lambda field: field.kind == "date",
        _date(lambda day: f"{day.year}年{day.month}月{day.day}日"),
    ),
    Mess(
        "hours_with_unit",
        lambda field: field.name in ("attended_hours", "planned_hours"),
        lambda hours: f"{hours:g}学时",
    ),
)
