"""Builds and publishes what stands by the engine that a run names, receiving and deciding nothing.

What `skills run` does besides is left to it: a damaged decision is its to make again, and reports follow with it. Ends
at a publication, or at one sentence.
"""

from __future__ import annotations

from orchestration.pipeline import hold_back, migrations, storage
from orchestration.pipeline import run as steps
from warehouse.published.publication import Publication
from warehouse.vocabulary.errors import OperatorError


def build_and_publish(run: steps.Run) -> tuple[Publication, bool]:
    """The publication and whether it is new: where the marts are those of the current one, it is not."""
    if not run.root.decisions.exists():
        raise OperatorError(f"Nothing has been decided in {run.root.path} yet: call skills run first.")
    try:
        run.hold_both(wait_seconds=0)
        run.open()
        migrations.settle(run)
        storage.refuse_damage(run.root, [status.decision for status in run.statuses])
        steps.judge(run)
        marts = hold_back.build(run)
        if marts.stopped:
            raise OperatorError(marts.stopped)
        return steps.publish(run)
    finally:
        run.close()
