"""The page of a slice, the part of a submission that concerns one institution or district. Ends at its text."""

from __future__ import annotations

from collections.abc import Sequence

from pages import site_map, words
from pages.gather.findings import Finding, as_sent, by_rule, headers, tally
from pages.gather.slices import Slice, SliceKind
from pages.gather.submission import SubmissionFacts
from pages.render import environment
from pages.render.exceptions import exception_titles
from pages.render.findings import SHOWN_ROWS

SLICE_TITLES: dict[SliceKind, str] = {"institution": "培训机构", "district": "区"}


def slice_page(facts: SubmissionFacts, piece: Slice, part: Sequence[Finding]) -> str:
    """`facts`: of the whole submission; `part`: the slice's findings as listed, those against other submissions among
    them."""
    decision, submission = facts.decision, facts.decision.submission
    findings = as_sent(decision, part)
    return environment.page(
        "slice.html",
        is_demo=facts.is_demo,
        decision=decision,
        submission=submission,
        slice=piece,
        checks=facts.checks,
        correction=site_map.correction_workbook(submission.unit, decision.submission_id, piece.name),
        correct_by=facts.deadlines.correct_by,
        tally=tally(findings),
        rules=by_rule(findings, piece.received),
        findings=findings[:SHOWN_ROWS],
        total=len(findings),
        headers=headers(decision),
        titles=words.field_titles(submission.dataset),
        place=words.place(decision.reading.file.kind),
        exceptions=exception_titles(facts.exceptions),
    )
