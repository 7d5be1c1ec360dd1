"""A run that somebody or something other than the daemon started, watched from its beginning to its end.

How it ended is counted, told in the log of runs, and the house is looked at once more, so that alerts and metrics know
of it. Of the daemon's runs the sensor `watch` does the same. Ends at what was told.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from orchestration.pipeline import run_log, run_metrics, run_outcomes
from orchestration.pipeline.alerts import watch
from orchestration.pipeline.alerts.watch import Look
from orchestration.pipeline.run import Run
from orchestration.pipeline.run_outcomes import Ended, Outcome, Work
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import Busy

_WORKS: tuple[Work, ...] = ("build", "intake", "report")
_WAIT_SECONDS = 10.0
"""For a look of the sensor's that is under way; it sends meanwhile what there is to send."""


@dataclass
class Watched:
    """`reason`: why it failed; `look`: null until it has ended, and where another process looks."""

    began: str
    ended: str | None = None
    outcome: Outcome = "success"
    reason: str | None = None
    look: Look | None = None


@contextmanager
def watched(run: Run, job: str) -> Iterator[Watched]:
    """Whatever is raised inside goes on. One that another holds up has not begun."""
    seen = Watched(clock.utc_text(clock.now()))
    run_log.tell(run.root, "run_started", job=job, as_of=run.as_of)
    try:
        yield seen
    except Busy:
        run_log.tell(run.root, "run_refused", level="warning", job=job)
        raise
    except Exception as error:
        seen.outcome, seen.reason = "failure", run_log.reason(error)
        _end(run, job, seen)
        raise
    except BaseException:
        seen.outcome = "canceled"
        _end(run, job, seen)
        raise
    else:
        _end(run, job, seen)


def _end(run: Run, job: str, seen: Watched) -> None:
    seen.ended = clock.utc_text(clock.now())
    told = Ended(job, _WORKS, seen.outcome, seen.began, seen.ended, reason=seen.reason or "")
    with contextlib.suppress(OSError):  # as a full disk, which the caller tells of
        run_outcomes.add(run.root, [told])
    keep_stages(run)
    level: run_log.Level = "error" if seen.outcome == "failure" else "info"
    run_log.tell(run.root, "run_ended", level, job=job, outcome=seen.outcome, reason=seen.reason)
    seen.look = watch.look(run.root, clock.now(), begins_reminders=True, wait_seconds=_WAIT_SECONDS)
    run_metrics.write(run.root)


def keep_stages(run: Run) -> None:
    """How long each stage took, for the log and for metrics; never a reason to fail."""
    seconds = run_outcomes.by_stage(run.stages.spans)
    if seconds:
        run_log.tell(run.root, "stages", seconds=seconds)
        with contextlib.suppress(OSError):
            run_outcomes.add_stages(run.root, run.stages.spans)
