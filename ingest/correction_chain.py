"""Which earlier files a correction workbook belongs to, by what stood in the data root when it came.

Reads no file itself: that is `read`; how rows are merged is `correction_merge`. Ends at jobs for the readers and at
readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest import receive
from ingest.correction_merge import line_for
from ingest.read import CorrectionChain, Job
from warehouse.store.data_root import Root
from warehouse.store.standing import History, tips_before
from warehouse.vocabulary.submission import Decision, Delivery, Reading, Submission

Waiting = Sequence[tuple[Submission, str]]
"""Submissions to be read, each with the newest name of its file."""


def job(root: Root, submission: Submission, name: str) -> Job:
    """The reading of a submission's own file; `name` as it was sent."""
    return Job(
        submission.submission_id,
        root.received / submission.submission_id / "content",
        Path(name).name,
        submission.dataset,
        submission.department,
    )


def chains(
    root: Root, waiting: Waiting, readings: Sequence[Reading], history: History
) -> dict[int, CorrectionChain | Reading]:
    """For each correction workbook in `waiting`, by its place: the files to merge, or its reading with the reason why
    it answers nothing."""
    names = newest_names(history.deliveries)
    resolved: dict[int, CorrectionChain | Reading] = {}
    for at, ((submission, _), reading) in enumerate(zip(waiting, readings, strict=True)):
        if reading.supplement is None or reading.problem:
            continue
        line = line_for(
            submission.submission_id,
            reading.supplement.answers,
            tips_before(history, submission),
            _delivered_before(history.deliveries, submission),
        )
        if isinstance(line, str):
            resolved[at] = replace(reading, rows=0, withdrawn=0, problem="answers_nothing", detail=line)
        else:
            resolved[at] = CorrectionChain(tuple(job(root, *names[name]) for name in line))
    return resolved


def not_yet(waiting: Waiting, readings: Sequence[Reading], history: History, beside: Waiting = ()) -> frozenset[str]:
    """Correction workbooks before which another submission of their key waits, `beside` too: what they are merged on to
    is not decided."""
    undecided = {submission.submission_id for submission, _ in (*waiting, *beside)}
    return frozenset(
        submission.submission_id
        for (submission, _), reading in zip(waiting, readings, strict=True)
        if reading.supplement and not reading.problem
        if undecided.intersection(_delivered_before(history.deliveries, submission))
    )


def jobs_of(root: Root, decisions: Sequence[Decision]) -> list[tuple[Job, ...]]:
    """The files that each of these submissions was read from, oldest first."""
    names = newest_names(receive.deliveries(root))

    def jobs(line: Sequence[str]) -> tuple[Job, ...]:
        return tuple(job(root, *names[name]) for name in line)

    return [jobs(line_of(decision)) for decision in decisions]


def line_of(decision: Decision) -> tuple[str, ...]:
    """The submissions whose files a decision was made from, oldest first."""
    supplement = decision.reading.supplement
    return supplement.line if supplement and supplement.line else (decision.submission_id,)


def _delivered_before(deliveries: Sequence[Delivery], submission: Submission) -> list[str]:
    """The submissions of the same key that came before it came first."""
    before: dict[str, None] = {}
    for delivery in deliveries:
        if delivery.submission == submission:
            break
        if delivery.submission and delivery.submission.key == submission.key:
            before[delivery.submission.submission_id] = None
    return list(before)


def newest_names(deliveries: Sequence[Delivery]) -> Mapping[str, tuple[Submission, str]]:
    """Submission → itself and the newest name that its file bore."""
    return {
        delivery.submission.submission_id: (delivery.submission, delivery.name)
        for delivery in deliveries
        if delivery.submission
    }
