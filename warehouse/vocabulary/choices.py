"""What may be chosen for a field with a code list, in words. Ends at texts."""

from __future__ import annotations

import functools

from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import Field

LONG_LISTS = frozenset({"occupations_2022", "gbt4754_2017", "gbt2260"})
"""Lists of more codes than anyone chooses from."""


@functools.cache
def choices(field: Field) -> dict[str, str]:
    """What may be chosen → its code; a name stands with its code where alone it would not mean it."""
    if field.kind not in ("code", "list") or field.code_list in LONG_LISTS:
        return {}
    known = reference.aliases(str(field.code_list))
    return {
        next(text for text in (name, f"{code}-{name}", code) if known.get(reference.normalise(text)) == code): code
        for code, name in reference.codes(str(field.code_list)).items()
    }
