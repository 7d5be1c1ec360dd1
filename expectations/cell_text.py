"""SQL for a cell as people read it: as sent or as understood, masked where it must be. Ends at SQL text."""

from __future__ import annotations

from warehouse.vocabulary import privacy
from warehouse.vocabulary.contract import Field


def shown(field: Field) -> str:
    """A cell as it may be shown: as sent, else as understood; masked."""
    return privacy.mask_sql(field, f"coalesce({field.sent}, {typed_text(field)})")


def typed_text(field: Field) -> str:
    """A typed value as people write it: yuan for fen, no trailing zeros."""
    if field.kind == "money":
        return f"printf('%.2f', {field.name} / 100)"
    if field.kind in ("decimal", "percent"):
        return f"regexp_replace(cast({field.name} as varchar), '[.]?0+$', '')"
    return f"cast({field.name} as varchar)"
