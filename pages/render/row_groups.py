"""Which rows of a correction workbook stand side by side: those that do not go together, and in which order all stand.

Who is whose partner is told by the findings. Ends at places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pages.gather.findings import Finding

RowPlace = tuple[str | None, int]
"""Sheet and row of the file as it was sent."""


def partners(finding: Finding) -> list[Mapping[str, Any]]:
    """The other rows of the same submission, each with sheet, row and the fields that differ."""
    return [partner for partner in finding.get("partners") or () if partner["unit"] is None]


def groups(findings: Iterable[Finding]) -> dict[RowPlace, list[RowPlace]]:
    """Each row that has a partner → all rows that hang together with it, in the order of the file."""
    neighbours: dict[RowPlace, set[RowPlace]] = defaultdict(set)
    for finding in findings:
        if finding["row"] is None:
            continue
        place = (finding["sheet"], finding["row"])
        for partner in partners(finding):
            other = (partner["sheet"], partner["row"])
            neighbours[place].add(other)
            neighbours[other].add(place)
    members: dict[RowPlace, list[RowPlace]] = {}
    for place in neighbours:
        if place not in members:
            together = sorted(_reached(place, neighbours), key=lambda place: (place[0] or "", place[1]))
            members |= dict.fromkeys(together, together)
    return members


def _reached(place: RowPlace, neighbours: Mapping[RowPlace, set[RowPlace]]) -> set[RowPlace]:
    reached, waiting = {place}, [place]
    while waiting:
        fresh = neighbours[waiting.pop()] - reached
        reached |= fresh
        waiting += fresh
    return reached


def ordered(
    places: Sequence[RowPlace], ranks: Mapping[RowPlace, int], members: Mapping[RowPlace, Sequence[RowPlace]]
) -> list[int]:
    """The rows' indexes: lowest rank first, a group as its lowest and where its first row stands; else as in the file.

    Args:
        ranks: of the rows that have one; any other comes last.
    """
    last = max(ranks.values(), default=0) + 1
    keys: dict[RowPlace, tuple[int, int]] = {}
    for index, place in enumerate(places):
        group = members.get(place, (place,))
        if place not in keys:
            rank = min(ranks.get(member, last) for member in group)
            keys |= dict.fromkeys(group, (rank, index))
    return sorted(range(len(places)), key=lambda index: (*keys[places[index]], index))
