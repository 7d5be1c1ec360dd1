"""Takes what arrived: receives, decides and reports it. What Dagster's job `intake` does, for a process that stays.

Builds and publishes nothing. When somebody looks is `service`; ends at what was decided.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from orchestration.pipeline import deciding, migrations, storage
from orchestration.pipeline import run as steps
from orchestration.pipeline.run import Run
from pages.write.reports import RULES


@dataclass(frozen=True)
class Taken:
    """`reports`: how many files of reports changed; `is_put_off`: the pages that gather them are not written yet.
    `notes`: what was left undone."""

    deliveries: int
    decisions: int
    reports: int
    is_put_off: bool
    notes: tuple[str, ...]


def take(run: Run, comes_more: Callable[[], bool] = lambda: False) -> Taken:
    """Waits until nobody else decides; the run is closed afterwards.

    Args:
        comes_more: asked once the reports of submissions stand, and after each of the pages that gather them, for which
            nobody waits as a sender does for a report: where something came, they are put off until it is taken too.
    """
    reports, is_put_off = 0, False
    try:
        run.open()
        migrations.settle(run)
        run.lost = storage.mend(run.root, run.now)
        deliveries = len(deciding.pull(run)) + len(deciding.pull_unrecognised(run))
        decisions = sum(len(decided) for _, decided in deciding.decide_new(run))
        with closing(steps.report(run)) as written:
            for name, changed in written:
                reports += changed
                is_put_off = name != RULES and comes_more()
                if is_put_off:
                    break
    finally:
        run.close()
    return Taken(deliveries, decisions, reports, is_put_off, (*run.lost.sentences, *run.notes))
