"""What a field with a code list may say, in words, and what of it may be chosen.

Every spelling that is understood is `reference.aliases`. Ends at texts.
"""

from __future__ import annotations

import functools

from warehouse.vocabulary import policy, reference
from warehouse.vocabulary.contract import Field

LONG_LISTS = frozenset({"occupations_2022", "gbt4754_2017", "gbt2260"})
"""Lists of more codes than anyone chooses from."""


@functools.cache
def choices(field: Field) -> dict[str, str]:
    """What may be chosen → its code. What a rule refuses is understood and not offered; what it refuses from a day on
    is offered, since one list stands for periods before and after."""
    refused = policy.always(field.refused_codes) if field.refused_codes else frozenset()
    return {text: code for text, code in words(field).items() if code not in refused}


@functools.cache
def words(field: Field) -> dict[str, str]:
    """Every code in words → the code; a name stands with its code where alone it would not mean it."""
    if field.kind not in ("code", "list") or field.code_list in LONG_LISTS:
        return {}
    code_list = str(field.code_list)
    known = reference.aliases(code_list)

    def shortest(code: str, name: str) -> str:
        spellings = (name, f"{code}-{name}", code)
        return next(text for text in spellings if known.get(reference.normalise(text)) == code)

    return {shortest(code, name): code for code, name in reference.codes(code_list).items()}
