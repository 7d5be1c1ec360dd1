"""A submission cut by training institution and by district, so that a unit can hand on just that part.

Ends at slices. To whom a row belongs is asked in `row_owners`; their pages are made in `render`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pages.gather.findings import Finding
from warehouse.vocabulary import reference

SliceKind = Literal["institution", "district"]
SLICE_KINDS: tuple[SliceKind, ...] = ("institution", "district")


@dataclass(frozen=True)
class Slice:
    """The rows of a submission that belong to one institution or district.

    `name` names its files and tells nothing; `received` counts all its rows, `rows` holds those with findings.
    """

    kind: SliceKind
    name: str
    title: str
    received: int
    rows: frozenset[int]

    def part(self, findings: Sequence[Finding]) -> list[Finding]:
        """Its findings; what is about the whole file is nobody's part."""
        return [finding for finding in findings if finding["row_index"] in self.rows]


def slices(owners: Sequence[Mapping[str, Any]], token: Callable[[str], str]) -> tuple[Slice, ...]:
    """The slices of a submission, each kind only where rows to correct belong to two or more.

    `owners`: rows of `row_owners.ROW_OWNER` of the submission. `token`: makes an institution's files nameless, since
    what stands as an institution may be a person.
    """
    return tuple(piece for kind in SLICE_KINDS for piece in _of_kind(kind, owners, token))


def _of_kind(kind: SliceKind, owners: Sequence[Mapping[str, Any]], token: Callable[[str], str]) -> list[Slice]:
    rows_of: dict[str, list[Mapping[str, Any]]] = {}
    for row in owners:
        if row[kind] is not None:
            rows_of.setdefault(row[kind], []).append(row)
    to_correct = {row[kind] for row in owners if row["is_wrong"]} - {None}
    if len(to_correct) < 2:
        return []
    pieces = [_slice(kind, owner, rows, token) for owner, rows in rows_of.items() if owner in to_correct]
    return sorted(pieces, key=lambda piece: (piece.title, piece.name))


def _slice(kind: SliceKind, owner: str, rows: Sequence[Mapping[str, Any]], token: Callable[[str], str]) -> Slice:
    name, title = (
        (owner, reference.codes("district")[owner])
        if kind == "district"
        else (token(f"slice|{owner}")[:10], rows[0]["institution_name"])
    )
    return Slice(kind, f"{kind}-{name}", title, rows[0][f"{kind}_rows"], frozenset(row["row_index"] for row in rows))
