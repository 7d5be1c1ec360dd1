"""When each kind of alert stands: a function for each, of what was observed.

What cannot be told is left unjudged, so that what is open stays open. Nothing is read here (`observed`), and nothing
remembered (`episodes`). Ends at alerts.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.pipeline.alerts.kinds import Alert, alert
from orchestration.pipeline.alerts.links import Links
from orchestration.pipeline.run_outcomes import LastRun, Work
from pages import site_map, target_words, words
from pages.gather import targets
from pages.gather.grid import Row
from pages.gather.targets import TargetFacts
from warehouse.store.held_back import Failure
from warehouse.store.pull_log import Unreachable
from warehouse.store.settings import AlertKind
from warehouse.vocabulary import clock

WORK_TITLES: Mapping[Work, str] = {
    "intake": "接收与校验",
    "build": "汇总与发布",
    "report": "报告生成",
    "audit": "规则复核",
}
_SHOWN_DATASETS = 4
_UNTOLD = ("no_data", "incomplete", "balance_not_split")
_GB = 10**9
_ENOUGH = 1.1
"""So many times the least free space ends the alert: a disk at the limit would raise and end it with every file."""


@dataclass(frozen=True)
class Observation:
    """Of one kind: the alerts that stand, and the subjects of which it cannot be told."""

    kind: AlertKind
    alerts: tuple[Alert, ...] = ()
    unjudged: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Blocked:
    """A build that may not be published. `shown`: the publication that readers still have, if any."""

    reason: str
    since: str
    shown: str | None


@dataclass(frozen=True)
class Disk:
    """Bytes of the disk on which a data root lies, and how many have to be free."""

    place: str
    free: int
    least: float


def run_failed(last: Mapping[Work, LastRun], blocked: Blocked | None, links: Links, log_file: str) -> Observation:
    """Work whose last run failed; a build that was stopped on purpose is `publication_blocked`."""
    failed = {work: run for work, run in last.items() if run.failing_since and not (work == "build" and blocked)}
    alerts = (
        alert(
            "run_failed",
            work,
            run.failing_since or run.ended,
            links.run(run.run_id, log_file),
            work=WORK_TITLES[work],
            reason=run.reason,
        )
        for work, run in failed.items()
    )
    return Observation("run_failed", tuple(alerts))


def publication_blocked(blocked: Blocked | None, links: Links) -> Observation:
    if blocked is None:
        return Observation("publication_blocked")
    current = f"上一次发布（{blocked.shown}）" if blocked.shown else "空白，尚未发布过"
    stopped = alert(
        "publication_blocked",
        "publication",
        blocked.since,
        links.asset("publication"),
        current=current,
        reason=blocked.reason,
    )
    return Observation("publication_blocked", (stopped,))


def publication_quarantined(
    failures: Iterable[Failure], submissions: Mapping[str, Mapping[str, Any]], since: str, links: Links
) -> Observation:
    """Submissions that the current publication holds back, or rows of them. `submissions`: by id, with unit, dataset
    and period."""
    rows: dict[str, set[int | None]] = defaultdict(set)
    for failure in failures:
        rows[failure.submission_id].add(failure.row_index)
    alerts = (
        _quarantined(submission_id, rows[submission_id], submissions[submission_id], since, links)
        for submission_id in sorted(rows.keys() & submissions.keys())
    )
    return Observation("publication_quarantined", tuple(alerts), frozenset(rows.keys() - submissions.keys()))


def _quarantined(
    submission_id: str, indexes: set[int | None], submission: Mapping[str, Any], since: str, links: Links
) -> Alert:
    return alert(
        "publication_quarantined",
        submission_id,
        since,
        links.page(site_map.report(submission["unit_code"], submission_id)),
        unit=words.unit(submission["unit_code"]),
        dataset=words.dataset(submission["dataset"]),
        period=words.period_title(submission["period"]),
        part="整份" if None in indexes else f"{len(indexes)} 条记录",
    )


def feed_unreachable(sources: Iterable[Unreachable], links: Links) -> Observation:
    """One for a source, whatever it serves: of one connection all feeds are away together."""
    return Observation("feed_unreachable", tuple(_unreachable(source, links) for source in sources))


def _unreachable(source: Unreachable, links: Links) -> Alert:
    feeds = [feed.partition("/") for feed in source.feeds]
    served = [f"{words.department(department)}{words.dataset(dataset)}" for department, _, dataset in feeds]
    more = "等" if len(served) > _SHOWN_DATASETS else ""
    department, _, dataset = feeds[0] if feeds else ("", "", "")
    return alert(
        "feed_unreachable",
        source.source,
        clock.utc_text(source.since),
        links.asset(f"received/{dataset}/{department}") if feeds else links.page(site_map.BUREAU),
        source=source.source,
        feeds="、".join(served[:_SHOWN_DATASETS]) + more if served else "各部门",
        reason=source.reason,
    )


def due_day_missed(overdue: Iterable[Row], links: Links) -> Observation:
    """One for a department and a due day, whatever and however much of it is missing. `overdue`: rows of the grid to
    which nothing came."""
    grouped: dict[tuple[str, dt.date], list[Row]] = defaultdict(list)
    for row in overdue:
        grouped[row["department_code"], row["due_date"]].append(row)
    alerts = (_missed(department, due, grouped[department, due], links) for department, due in sorted(grouped))
    return Observation("due_day_missed", tuple(alerts))


def _missed(department: str, due: dt.date, rows: Sequence[Row], links: Links) -> Alert:
    names = {row["dataset"] for row in rows}
    datasets = [words.dataset(name) for name in sorted(names)]
    more = "等" if len(datasets) > _SHOWN_DATASETS else ""
    over = dt.datetime.combine(due + dt.timedelta(days=1), dt.time(), clock.ZONE)
    return alert(
        "due_day_missed",
        f"{department}@{due.isoformat()}",
        clock.utc_text(over),
        links.page(site_map.unit_index(department)),
        department=words.department(department),
        due=words.day(due),
        count=len(rows),
        datasets="、".join(datasets[:_SHOWN_DATASETS]) + more,
    )


def target_behind(facts: Iterable[TargetFacts], since: str, links: Links) -> Observation:
    """Targets in the period that is shown first of each. Without a whole figure nobody can tell, which ends nothing."""
    alerts, unjudged = [], set()
    for target in facts:
        subject, row = target.plan["id"], target.shown
        if row["status"] == "behind" or targets.is_missed(row):
            said = {
                "title": target.plan["title"],
                "period": target_words.period_title(row),
                "status": target_words.status(row),
                "figure": target_words.figure(row),
                "goal": target_words.goal(row),
            }
            alerts.append(alert("target_behind", subject, since, links.page(site_map.BUREAU), **said))
        elif row["status"] in _UNTOLD:
            unjudged.add(subject)
    return Observation("target_behind", tuple(alerts), frozenset(unjudged))


def disk_nearly_full(disk: Disk, since: str) -> Observation:
    least = disk.least * _GB
    if disk.free >= least:
        uncertain = frozenset({disk.place} if disk.free < least * _ENOUGH else ())
        return Observation("disk_nearly_full", unjudged=uncertain)
    free = f"{disk.free / _GB:.1f}"
    full = alert("disk_nearly_full", disk.place, since, disk.place, free=free, limit=f"{disk.least:g}")
    return Observation("disk_nearly_full", (full,))


def scanner_away(complaint: str | None, place: str, since: str) -> Observation:
    """`complaint`: why nothing can be scanned; `place`: where the scanner would be."""
    if complaint is None:
        return Observation("scanner_away")
    return Observation("scanner_away", (alert("scanner_away", "scanner", since, place, reason=complaint),))
