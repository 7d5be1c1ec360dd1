"""A submission cut by training institution and by district, so that a unit can hand on just that part. Ends at slices
and their pages; to whom a row belongs is found out elsewhere (`belonging`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from expectations.compiled import Check
from pages import words
from pages.render import environment
from pages.render import findings as told
from pages.render.findings import Finding
from warehouse.vocabulary import reference
from warehouse.vocabulary.submission import Decision

Kind = Literal["institution", "district"]
KINDS: dict[Kind, str] = {"institution": "培训机构", "district": "区"}


@dataclass(frozen=True)
class Slice:
    """The rows of a submission that belong to one institution or district.

    `name` names its files and tells nothing; `received` counts all its rows, `rows` holds those with findings.
    """

    kind: Kind
    name: str
    title: str
    received: int
    rows: frozenset[int]

    def part(self, findings: Sequence[Finding]) -> list[Finding]:
        """Its findings; what is about the whole file is nobody's part."""
        return [finding for finding in findings if finding["row_index"] in self.rows]


def slices(belonging: Sequence[Mapping[str, Any]], token: Callable[[str], str]) -> list[Slice]:
    """The slices of a submission, each kind only where rows to correct belong to two or more.

    `belonging`: rows of `belonging.BELONGING` of this submission. `token`: makes an institution's files nameless, since
    what stands as an institution may be a person.
    """
    found: list[Slice] = []
    for kind in KINDS:
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for row in belonging:
            if row[kind] is not None:
                rows.setdefault(row[kind], []).append(row)
        own = {key: members for key, members in rows.items() if any(row["is_wrong"] for row in members)}
        if len(own) > 1:
            found += sorted(
                (_slice(kind, key, members, token) for key, members in own.items()),
                key=lambda one: (one.title, one.name),
            )
    return found


def _slice(kind: Kind, key: str, rows: Sequence[Mapping[str, Any]], token: Callable[[str], str]) -> Slice:
    name, title = (
        (key, reference.codes("district")[key])
        if kind == "district"
        else (token(f"slice|{key}")[:10], rows[0]["institution_name"])
    )
    return Slice(kind, f"{kind}-{name}", title, rows[0][f"{kind}_rows"], frozenset(row["row_index"] for row in rows))


def slice_page(
    decision: Decision,
    one: Slice,
    findings: Sequence[Finding],
    correction: str,
    checks: Mapping[str, Check],
    exceptions: Mapping[str, str],
) -> str:
    """The page of a slice. `findings`: of the whole submission, those against other submissions included.
    `correction`: where the slice's own workbook stands, below the data root; `checks` and `exceptions` as in a report.
    """
    found = told.listed(one.part(findings))
    return environment.page(
        "slice.html",
        decision=decision,
        submission=decision.submission,
        slice=one,
        checks=checks,
        correction=correction,
        tally=told.tally(found),
        rules=told.by_rule(found, one.received),
        findings=found[: told.SHOWN_ROWS],
        total=len(found),
        headers=told.headers(decision),
        titles=words.field_titles(decision.submission.dataset),
        place=words.place(decision.reading.file.kind),
        exceptions=exceptions,
    )
