"""What standing depends on, read from a data root: deliveries, decisions, comparisons and answers.

The fold over them is `warehouse.store.standing`. Ends at `History` and what stands by it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from expectations.versions import rules_version
from ingest import receive
from warehouse.store import house, records, register, standing
from warehouse.store.data_root import Root
from warehouse.store.records import Comparison, ReplacementAnswer
from warehouse.store.standing import History, SubmissionStatus


def history(root: Root, as_of: dt.date, dataset: str = "", held_back: Collection[str] = ()) -> History:
    """All that is known, or all of one dataset."""
    answers: dict[str, list[ReplacementAnswer]] = defaultdict(list)
    for answer in sorted(records.read(root, ReplacementAnswer), key=lambda answer: answer.recorded_at):
        answers[answer.submission_id].append(answer)
    return History(
        deliveries=receive.deliveries(root),
        decisions=standing.counting(register.decisions(root, dataset), rules_version()),
        as_of=as_of,
        dataset=dataset,
        comparisons={
            (comparison.submission_id, comparison.stood): comparison for comparison in records.read(root, Comparison)
        },
        answers=answers,
        held_back=held_back,
        compared_from=house.compared_from(root),
    )


def statuses(root: Root, as_of: dt.date, held_back: Collection[str] = ()) -> list[SubmissionStatus]:
    """Where every decided submission stands."""
    return standing.statuses(history(root, as_of, held_back=held_back))
