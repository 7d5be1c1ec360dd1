"""The run as a resource of the assets: opened with its data root, closed when the run ends.

What a run does is `orchestration.pipeline.run`. Dagster reads annotations as objects, so the modules of `defs/` do
without postponed ones.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from orchestration.pipeline import migrations, run_log, scope, storage, watched_run
from orchestration.pipeline.run import Run
from warehouse.store import lock
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock


@contextmanager
def opened(run: Run) -> Iterator[Run]:
    """The run, holding its root's lock, with its scratch laid; nothing of it lies there afterwards."""
    try:
        run.open()
        yield run
    finally:
        run.close()


class RunResource(dg.ConfigurableResource[Run]):
    """A run over the data root at `path` (empty: the default one); waits for the lock of deciding, and from its first
    step of building on holds the lock of that instead.

    `as_of`: ISO date, empty for today; `periods` and `departments` pull old deliveries again; `replace_newer`: what is
    published may take the place of what is newer.
    """

    path: str = ""
    as_of: str = ""
    periods: list[str] = []
    departments: list[str] = []
    replace_newer: bool = False

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Run]:
        periods, departments = scope.periods(self.periods), scope.departments(self.departments)
        as_of = scope.day(self.as_of) if self.as_of else clock.today()
        root = (Root(Path(self.path)) if self.path else Root.default()).make()
        if (holder := lock.holder(root, "intake")) and context.log:
            context.log.info(f"Deciding is held by {holder}: waiting until it is free.")
        run = Run(root, as_of, clock.now(), periods, departments, is_attended=False, replace_newer=self.replace_newer)
        with opened(run):
            migrations.settle(run)
            run.lost = storage.mend(root, run.now)
            for sentence in run.lost.sentences:
                (context.log or logging.getLogger(__name__)).error(sentence)
            run_log.tell(root, "run_started", run_id=context.run_id, as_of=as_of, lost=run.lost.sentences)
            try:
                yield run
            finally:
                watched_run.keep_stages(run)
        for sentence in run.notes:
            if context.log:
                context.log.warning(sentence)


def prepared(run: Run) -> dg.ResourceDefinition:
    """The resource for a run that the command line has prepared; each job works on a copy that knows nothing yet."""

    @contextmanager
    def resource(context: dg.InitResourceContext) -> Iterator[Run]:
        with opened(run.copy()) as fresh:
            yield fresh

    return dg.ResourceDefinition(resource)


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(resources={"run": RunResource()}, executor=dg.in_process_executor)
