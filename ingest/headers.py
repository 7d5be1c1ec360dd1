"""Column headers: the form in which they are compared, and which field each one means. Ends at names."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from warehouse import contract
from warehouse.reference import normalise

_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|<.*?>")
_UNIT = re.compile(r"\((?:单位:)?(元|千元|万元|百万元|亿元|%)\)|[/,](元|千元|万元|%)$")


def header_key(header: str) -> str:
    """The form in which headers are compared: as codes and names, and without a colon at the end."""
    return normalise(header).rstrip(":")


def unit_of(header: str) -> str | None:
    """The unit that a header gives to all its cells: 补贴金额(万元) → 万元, 出勤率(%) → %."""
    match = _UNIT.search(header_key(header))
    return (match[1] or match[2]) if match else None


class HeaderIndex:
    """Which field of one dataset a header means; a feed's own headers come before the contract's."""

    def __init__(self, dataset: contract.Dataset, own: Mapping[str, str]) -> None:
        exact = {header_key(header): field.name
                 for field in dataset.fields for header in (field.name, field.title, *field.synonyms)}
        exact |= {header_key(header): name for header, name in own.items()}
        bare: dict[str, str] = {}
        for header, name in exact.items():
            bare.setdefault(_bare(header), name)
        self._fields = bare | exact

    def field(self, header: str | None) -> str | None:
        """The field's name; a header with 必填 or a unit in brackets means the same as without."""
        if not header:
            return None
        key = header_key(header)
        return self._fields.get(key) or self._fields.get(_bare(key))


def _bare(key: str) -> str:
    return _BRACKETS.sub("", key) or key


@functools.cache
def of_contract(dataset: str) -> HeaderIndex:
    """The index by the contract alone."""
    return HeaderIndex(contract.dataset(dataset), {})
