"""Spellings of codes → the code; what no list knows stays as it is, for the check to name.

The lists and their aliases are `warehouse.vocabulary.reference`. Ends at codes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from warehouse.vocabulary import reference

# From what surely separates to what may be part of a name.
_SEPARATORS = (re.compile(r"[;|\n]"), re.compile(r"[,、]"), re.compile(r"[/ ]"))
_BOTH = (
    re.compile(r"(?P<name>.+?)[(\[【](?P<code>[^()\[\]]+)[)\]】]"),
    re.compile(r"[(\[【]?(?P<code>[0-9A-Z][0-9A-Z.-]*?)[)\]】]?[-_:、.|/ ]?(?P<name>[^\x00-\x7f].*)", re.IGNORECASE),
    re.compile(r"(?P<name>.*?[^\x00-\x7f])[-_:、|/ ]?(?P<code>[0-9A-Z][0-9A-Z.-]*)", re.IGNORECASE),
)
_STORED_AS_NUMBER = re.compile(r"(\d+)\.0+")


def code(text: str, aliases: Mapping[str, str]) -> str:
    """The code for a spelling: code, name, or both together where they agree; else the text itself."""
    return _known(text, aliases) or text


def _known(text: str, aliases: Mapping[str, str]) -> str | None:
    meant = aliases.get(reference.normalise(text))
    if meant is None and (number := _STORED_AS_NUMBER.fullmatch(text)):
        meant = aliases.get(number[1])
    return meant or _both(text, aliases)


def _both(text: str, aliases: Mapping[str, str]) -> str | None:
    for pattern in _BOTH:
        match = pattern.fullmatch(text)
        if match:
            named, coded = (aliases.get(reference.normalise(match[part])) for part in ("name", "code"))
            if named is not None and named == coded:
                return named
    return None


def codes(text: str, aliases: Mapping[str, str]) -> str:
    """Several codes in one cell → the codes joined by `;`, sorted, each once; unknown parts stay as text."""
    return ";".join(sorted(set(_parts(text, aliases, 0))))


def _parts(text: str, aliases: Mapping[str, str], level: int) -> list[str]:
    known = _known(text, aliases)
    if known is not None:
        return [known]
    if level == len(_SEPARATORS):
        return [text]
    split = [part.strip() for part in _SEPARATORS[level].split(text)]
    parts = [inner for part in split if part for inner in _parts(part, aliases, level + 1)]
    # The weakest separators cut only where every piece is then known: a name may hold them itself.
    if level == len(_SEPARATORS) - 1 and any(_known(part, aliases) is None for part in split if part):
        return [text]
    return parts
