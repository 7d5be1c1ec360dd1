"""How runs ended: how many of each, the last of each kind of work and since when it fails, how long each stage took.

One small file that runs write as they end, whoever started them, and that alerts and metrics are told from. Where it is
lost, counting begins anew. What a run does is `run`. Ends at these facts.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from filelock import FileLock

from orchestration.pipeline.stages import Span
from warehouse.store import durable
from warehouse.store.data_root import Root
from warehouse.vocabulary.privacy import redact

Work = Literal["intake", "build", "report", "audit"]
Outcome = Literal["success", "failure", "canceled"]


@dataclass(frozen=True)
class Ended:
    """A run that ended. `job`: as it is counted; `works`: what it did, the first being what failed when it failed;
    none where somebody chose single assets and looks on; `began`, `ended`: UTC, ISO 8601; `reason`: why it failed."""

    job: str
    works: tuple[Work, ...]
    outcome: Outcome
    began: str
    ended: str
    run_id: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class LastRun:
    """The last run of a kind of work. `failing_since`: when the first of those ended that failed one after the other;
    null where it succeeded."""

    outcome: Outcome
    ended: str
    run_id: str | None = None
    reason: str = ""
    failing_since: str | None = None


@dataclass
class Outcomes:
    """`counts`: job → outcome → runs; `stages`: stage → seconds of the last run in which it passed."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    last: dict[Work, LastRun] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)


def read(root: Root) -> Outcomes:
    try:
        told = json.loads(root.run_outcomes.read_bytes())
        last = {work: LastRun(**run) for work, run in told["last"].items()}
        return Outcomes(told["counts"], last, told["stages"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return Outcomes()


def add(root: Root, runs: Iterable[Ended]) -> None:
    """In the order in which they ended. What a person canceled says nothing of the work."""
    ended = tuple(runs)
    if ended:
        _change(root, functools.partial(_add, ended))


def add_stages(root: Root, spans: Iterable[Span]) -> None:
    seconds = by_stage(spans)
    if seconds:
        _change(root, lambda outcomes: outcomes.stages.update(seconds))


def by_stage(spans: Iterable[Span]) -> dict[str, float]:
    """Stage → its seconds in all, in the order in which stages first ended."""
    seconds: dict[str, float] = {}
    for span in spans:
        seconds[span.stage] = seconds.get(span.stage, 0.0) + span.ended - span.begun
    return {stage: round(total, 3) for stage, total in seconds.items()}


def _add(runs: Iterable[Ended], outcomes: Outcomes) -> None:
    for run in runs:
        _add_run(run, outcomes)


def _add_run(run: Ended, outcomes: Outcomes) -> None:
    of_job = outcomes.counts.setdefault(run.job, {})
    of_job[run.outcome] = of_job.get(run.outcome, 0) + 1
    if run.outcome == "success":
        outcomes.last |= dict.fromkeys(run.works, LastRun("success", run.ended, run.run_id))
    elif run.outcome == "failure" and run.works:
        work = run.works[0]
        before: Mapping[Work, LastRun] = outcomes.last
        since = before[work].failing_since if work in before else None
        outcomes.last[work] = LastRun("failure", run.ended, run.run_id, redact(run.reason), since or run.ended)


def _change(root: Root, change: Callable[[Outcomes], object]) -> None:
    path = root.run_outcomes
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(path.with_suffix(".lock")):
        outcomes = read(root)
        change(outcomes)
        durable.replace(path, json.dumps(asdict(outcomes), ensure_ascii=False, sort_keys=True).encode())
