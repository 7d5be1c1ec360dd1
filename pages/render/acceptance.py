"""What of a department's data for one period was accepted: a page that prints to one sheet, and the JSON that its
checksum is over. Ends at texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pages.render import environment, grid
from pages.render.grid import Row
from pages.texts import json_text
from warehouse.vocabulary.submission import Decision

SHOWN_OPEN = 8
"""What is open is listed up to here, so that all stays on one sheet."""
Open = Literal["missing", "not_due", "returned", "held"]
OPEN: dict[Open, str] = {
    "returned": "退回后没有重报",
    "missing": "缺报",
    "held": "有行待更正",
    "not_due": "没有到期，还没有报",
}
"""Worst first."""
_COLUMNS = {
    "owed": "应报（份）",
    "accepted_submissions": "接受（份）",
    "received_rows": "收到（行）",
    "accepted_rows": "接受（行）",
    "held_rows": "待更正（行）",
    "withdrawn_rows": "作废（行）",
}


@dataclass(frozen=True)
class Line:
    """One dataset over all the department's units: submissions owed, accepted, of these without data and signed; and
    rows of what was accepted."""

    dataset: str
    owed: int
    accepted_submissions: int
    nothing_to_report: int
    signed: int
    received_rows: int
    accepted_rows: int
    held_rows: int
    withdrawn_rows: int


@dataclass(frozen=True)
class Accepted:
    """What stands of a department for a period.

    `open`: unit, dataset, what is open and how many rows; empty where all that was owed is in and nothing is held.
    """

    department: str
    period: str
    publication_id: str
    lines: tuple[Line, ...]
    open: tuple[tuple[str, str, Open, int], ...]
    versions: dict[str, list[str]]
    submissions: tuple[dict[str, Any], ...]

    @property
    def is_whole(self) -> bool:
        return not self.open

    def total(self, name: str) -> int:
        return sum(getattr(line, name) for line in self.lines)


def accepted(
    department: str,
    period: str,
    rows: Sequence[Row],
    decisions: Sequence[Decision],
    signed: frozenset[str],
    publication_id: str,
) -> Accepted:
    """`rows`: of `rpt_submission_grid`, of this department and period. `decisions`: those on its current submissions.
    `signed`: submissions with both signatures. `publication_id`: the publication since which just these count."""
    own = sorted(decisions, key=lambda one: one.submission_id)
    open_ones = sorted(
        ((row["unit_code"], row["dataset"], what, row["held_rows"] or 0) for row in rows if (what := _open(row))),
        key=lambda one: (list(OPEN).index(one[2]), one[1], one[0]),
    )
    datasets = sorted({row["dataset"] for row in rows} | {one.submission.dataset for one in own})
    return Accepted(
        department,
        period,
        publication_id,
        tuple(_line(dataset, rows, own, signed) for dataset in datasets),
        tuple(open_ones),
        {name: sorted({getattr(one, f"{name}_version") for one in own}) for name in ("rules", "reference", "program")},
        tuple(
            {
                "submission_id": one.submission_id,
                "sha256": one.reading.file.sha256,
                "rows": asdict(one.rows),
                "accepted_sha256": one.checksums.get("accepted.parquet"),
            }
            for one in own
        ),
    )


def _open(row: Row) -> Open | None:
    state = grid.state_of(row)
    if state == "returned" or state == "missing":
        return state
    if row["submission_id"] is None:
        return "not_due"
    return "held" if row["held_rows"] else None


def _line(dataset: str, rows: Sequence[Row], decisions: Sequence[Decision], signed: frozenset[str]) -> Line:
    own = [one for one in decisions if one.submission.dataset == dataset]
    return Line(
        dataset,
        sum(row["dataset"] == dataset for row in rows),
        len(own),
        sum(one.reading.is_nothing for one in own),
        sum(one.submission_id in signed for one in own),
        *(sum(getattr(one.rows, part) for one in own) for part in ("received", "accepted", "held", "withdrawn")),
    )


def acceptance_files(one: Accepted) -> dict[str, str]:
    """Ending → text: the JSON of all that is stated, and the page with the SHA-256 of that JSON."""
    text = json_text(asdict(one))
    checksum = hashlib.sha256(text.encode()).hexdigest()
    page = environment.page(
        "acceptance.html",
        one=one,
        checksum=checksum,
        states=OPEN,
        columns=_COLUMNS,
        shown=one.open[:SHOWN_OPEN],
        districts=any("." in unit for unit, *_ in one.open),
    )
    return {"html": page, "json": text}
