"""Column headers: the form in which they are compared, and which fields each one means.

Synonyms are the contract's, a feed's own headers the feed file's. Ends at field names.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Mapping, Sequence

from warehouse.vocabulary import contract
from warehouse.vocabulary.reference import normalise

_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|<.*?>")
_UNIT = re.compile(r"\((?:单位:)?(元|千元|万元|百万元|亿元|%)\)|[/,](元|千元|万元|%)$")
_SPAN = re.compile(r".{0,4}起(?:止|讫)(?:日期|时间|日|年月日)")
_ENDS = (("start_date", "end_date"), ("valid_from", "valid_to"))
"""The fields between which a header like 培训起止日期 spans."""
NEAR = 0.75
"""Headers at least so alike (difflib's ratio: one wrong character of four) are suggested, never taken."""
_LONGEST = 60
"""A text of more characters is no header."""


def header_key(header: str) -> str:
    """The form in which headers are compared: as codes and names, and without a colon at the end."""
    return normalise(header).rstrip(":")


def unit_of(header: str) -> str | None:
    """The unit that a header gives to all its cells: 补贴金额(万元) → 万元, 出勤率(%) → %."""
    match = _UNIT.search(header_key(header))
    return (match[1] or match[2]) if match else None


class HeaderIndex:
    """Which fields of one dataset a header means; a feed's own headers come before the contract's."""

    def __init__(self, dataset: contract.Dataset, feed_headers: Mapping[str, str]) -> None:
        spelled = {
            header: field.name for field in dataset.fields for header in (field.name, field.title, *field.synonyms)
        }
        self.spellings = frozenset({*spelled, *feed_headers})
        exact = {header_key(header): name for header, name in spelled.items()}
        exact |= {header_key(header): name for header, name in feed_headers.items()}
        bare: dict[str, str] = {}
        for header, name in exact.items():
            bare.setdefault(_bare(header), name)
        names = {field.name for field in dataset.fields}
        self._fields = {key: (name,) for key, name in (bare | exact).items()}
        self._ends = next((ends for ends in _ENDS if names.issuperset(ends)), ())
        self._met: dict[str, tuple[str, ...]] = {}

    def fields(self, header: str | None) -> tuple[str, ...]:
        """The fields that a header means: none, one, or both ends of a span.

        A header with 必填 or a unit in brackets means the same as without.
        """
        if not header or len(header) > _LONGEST:
            return ()
        if header not in self._met:
            key = header_key(header)
            names: tuple[str, ...] | None = self._fields.get(key) or self._fields.get(_bare(key))
            if not names and "_" in key:  # a header of several rows, written in one as 成绩_理论
                names = self.of_parts(key.split("_"))
            self._met[header] = names or (self._ends if _SPAN.fullmatch(_bare(key)) else ())
        return self._met[header]

    def of_parts(self, parts: Sequence[str]) -> tuple[str, ...]:
        """The fields of a header of several rows, groups first.

        成绩 over 理论 means 理论成绩, 单位信息 over 单位名称 means 单位名称; a group alone means nothing.
        """
        whole, last = list(parts), list(parts[-2:])
        spellings = (whole, whole[::-1], last, last[::-1], last[-1:])
        return next((names for spelling in spellings if (names := self.fields("".join(spelling)))), ())

    def nearest(self, header: str) -> str | None:
        """The field of the known header that this one is nearly like: 身份证好码 → id_no; else null."""
        near = difflib.get_close_matches(_bare(header_key(header)), self._fields, n=1, cutoff=NEAR)
        return self._fields[near[0]][0] if near else None


def _bare(key: str) -> str:
    return _BRACKETS.sub("", key) or key


@functools.cache
def of_contract(dataset: str) -> HeaderIndex:
    """The index by the contract alone."""
    return HeaderIndex(contract.dataset(dataset), {})
