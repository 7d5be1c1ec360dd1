"""The run as a resource of the assets: opened with its data root, closed when the run ends.

What a run does is `orchestration.pipeline.run`. Dagster reads annotations as objects, so the modules of `defs/` do
without postponed ones.
"""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg

from orchestration.pipeline import renewal, storage
from orchestration.pipeline.run import Run
from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock


@contextmanager
def opened(run: Run) -> Iterator[Run]:
    """The run with its scratch laid; nothing of it lies there afterwards. The caller holds the root's lock."""
    run.open()
    try:
        yield run
    finally:
        run.close()


class RunResource(dg.ConfigurableResource[Run]):
    """A run over the data root at `path` (empty: the default one); holds the root's lock while it lasts.

    `as_of`: ISO date, empty for today; `periods` and `departments` pull old deliveries again.
    """

    path: str = ""
    as_of: str = ""
    periods: list[str] = []
    departments: list[str] = []

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Run]:
        root = (Root(Path(self.path)) if self.path else Root.default()).make()
        run = Run(
            root=root,
            as_of=dt.date.fromisoformat(self.as_of) if self.as_of else clock.today(),
            now=clock.now(),
            periods=tuple(self.periods),
            departments=tuple(self.departments),
        )
        with lock.hold(root):
            renewal.settle(run)
            run.lost = storage.mend(root, run.now)
            for sentence in run.lost.sentences:
                (context.log or logging.getLogger(__name__)).error(sentence)
            with opened(run):
                yield run


def prepared(run: Run) -> dg.ResourceDefinition:
    """The resource for a run that the command line has prepared; each job works on a copy that knows nothing yet."""

    @contextmanager
    def resource(context: dg.InitResourceContext) -> Iterator[Run]:
        with opened(replace(run)) as fresh:
            yield fresh

    return dg.ResourceDefinition(resource)


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(resources={"run": RunResource()}, executor=dg.in_process_executor)
