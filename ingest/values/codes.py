"""Spellings of codes → the code; what no list knows stays as it is, for the check to name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from warehouse import reference

# From what surely separates to what may be part of a name.
_SEPARATORS = (re.compile(r"[;|\n]"), re.compile(r"[,、]"), re.compile(r"[/ ]"))


def code(text: str, aliases: Mapping[str, str]) -> str:
    """The code for a spelling, else the text itself."""
    return aliases.get(reference.normalise(text), text)


def codes(text: str, aliases: Mapping[str, str]) -> str:
    """Several codes in one cell → the codes joined by `;`, sorted, each once; unknown parts stay as text."""
    return ";".join(sorted(set(_parts(text, aliases, 0))))


def _parts(text: str, aliases: Mapping[str, str], level: int) -> list[str]:
    known = aliases.get(reference.normalise(text))
    if known is not None:
        return [known]
    if level == len(_SEPARATORS):
        return [text]
    split = [part.strip() for part in _SEPARATORS[level].split(text)]
    found = [inner for part in split if part for inner in _parts(part, aliases, level + 1)]
    # The weakest separators cut only where every piece is then known: a name may hold them itself.
    if level == len(_SEPARATORS) - 1 and not all(reference.normalise(part) in aliases for part in split if part):
        return [text]
    return found
