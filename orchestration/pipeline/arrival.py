"""Takes what arrived: receives, decides and reports it. What Dagster's job `intake` does, for a process that stays.

Builds and publishes nothing. When somebody looks is `service`; ends at what was decided.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestration.pipeline import deciding, migrations, storage
from orchestration.pipeline import run as steps
from orchestration.pipeline.run import Run


@dataclass(frozen=True)
class Taken:
    """`reports`: how many files of reports changed. `notes`: what was left undone."""

    deliveries: int
    decisions: int
    reports: int
    notes: tuple[str, ...]


def take(run: Run) -> Taken:
    """Waits until nobody else decides; the run is closed afterwards."""
    deliveries = decisions = 0
    try:
        run.open()
        migrations.settle(run)
        run.lost = storage.mend(run.root, run.now)
        deliveries += len(deciding.pull(run)) + len(deciding.pull_unrecognised(run))
        decisions += sum(len(decided) for _, decided in deciding.decide_new(run))
        reports = sum(changed for _, changed in steps.report(run))
    finally:
        run.close()
    return Taken(deliveries, decisions, reports, (*run.lost.sentences, *run.notes))
