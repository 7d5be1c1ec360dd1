"""Which earlier files a correction workbook belongs to, by the deliveries and decisions in the data root.

Reads no file itself: that is `read`; how rows are merged is `correction_merge`. Ends at jobs for the readers and at
readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ingest import receive
from ingest.correction_merge import chain_to
from ingest.read import CorrectionChain, Job
from warehouse.store import register
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision, Delivery, Reading, Submission


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
    root: Root, waiting: Sequence[tuple[Submission, str]], readings: Sequence[Reading]
) -> dict[int, CorrectionChain | Reading]:
    """For each correction workbook in `waiting`, by its place: the files to merge, or its reading with the reason why
    it answers nothing."""
    supplements = [at for at, reading in enumerate(readings) if reading.supplement and not reading.problem]
    if not supplements:
        return {}
    known = {submission.submission_id: reading for (submission, _), reading in zip(waiting, readings, strict=True)}
    names = newest_names(receive.deliveries(root))
    resolved: dict[int, CorrectionChain | Reading] = {}
    for at in supplements:
        submission = waiting[at][0]
        delivered = _delivered(receive.deliveries(root), submission.key)
        stored = _decided(root, submission.dataset, delivered, known)
        line = chain_to(submission.submission_id, delivered, known | stored)
        if isinstance(line, str):
            resolved[at] = replace(readings[at], problem="answers_nothing", detail=line)
        else:
            resolved[at] = CorrectionChain(tuple(job(root, *names[name]) for name in line))
    return resolved


def jobs_of(root: Root, decisions: Sequence[Decision]) -> list[tuple[Job, ...]]:
    """The files that each of these submissions was read from, oldest first."""
    deliveries = receive.deliveries(root)
    names = newest_names(deliveries)
    jobs = []
    for decision in decisions:
        submission = decision.submission
        line: tuple[str, ...] | str = (submission.submission_id,)
        if decision.reading.supplement is not None:
            delivered = _delivered(deliveries, submission.key)
            line = chain_to(submission.submission_id, delivered, _decided(root, submission.dataset, delivered, {}))
        if isinstance(line, str):
            raise ValueError(f"{submission.submission_id} answers nothing.")
        jobs.append(tuple(job(root, *names[name]) for name in line))
    return jobs


def _delivered(deliveries: Sequence[Delivery], key: tuple[str, str, str]) -> list[str]:
    return [
        delivery.submission.submission_id
        for delivery in deliveries
        if delivery.submission and delivery.submission.key == key
    ]


def newest_names(deliveries: Sequence[Delivery]) -> dict[str, tuple[Submission, str]]:
    """Submission → itself and the newest name that its file bore."""
    return {
        delivery.submission.submission_id: (delivery.submission, delivery.name)
        for delivery in deliveries
        if delivery.submission
    }


def _decided(root: Root, dataset: str, names: Sequence[str], known: Mapping[str, Reading]) -> dict[str, Reading]:
    """The stored readings of those that are not known."""
    return {name: register.any_decision(root, dataset, name).reading for name in {*names} - known.keys()}
