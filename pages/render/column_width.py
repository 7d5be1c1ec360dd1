"""How wide a column of a workbook is, so that what stands in it can be read. Ends at characters."""

from __future__ import annotations

from pages.render.code_lists import offered
from warehouse.vocabulary.contract import Field, Kind

_NARROWEST, _WIDEST = 10, 30
_OF_KIND: dict[Kind, int] = {
    "id": 22,
    "uscc": 22,
    "id_or_uscc": 22,
    "phone": 15,
    "office_phone": 15,
    "date": 13,
    "time": 10,
    "list": 26,
}
"""A number of 18 characters in a cell that shows ####### or half of it cannot be compared with a card."""
_TEXT_OF_NUMBERS = 24
_LONG = 16


def width(field: Field | None, header: str) -> int:
    """By the header, the kind and the longest choice; `field` is null for a column that no field claims."""
    widest = 2 * len(header) + 4
    if field is not None:
        widest = max(widest, _OF_KIND.get(field.kind, 0), *(2 * len(choice) + 4 for choice in offered(field)), 0)
        if field.kind == "text" and len(field.example or "") >= _LONG:
            widest = max(widest, _TEXT_OF_NUMBERS)
    return max(_NARROWEST, min(_WIDEST, widest))
