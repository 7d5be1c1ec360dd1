"""Looks at a house: its last runs, what is published and what came since, its feeds, its disk.

Each kind is looked at for itself: where one look fails, what is open of that kind stays as it is and the others are
judged. Nothing is changed. What the facts mean is `conditions`; what departments are reminded of is `reminders`.
"""

from __future__ import annotations

import datetime as dt
import functools
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ingest import scanner
from orchestration.pipeline import build_record, run_log, run_outcomes
from orchestration.pipeline.alerts import conditions
from orchestration.pipeline.alerts.conditions import Blocked, Disk, Observation
from orchestration.pipeline.alerts.links import Links
from pages.gather import sources, targets
from pages.gather.grid import Row
from pages.gather.told_grid import told_grid
from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import held_back, pull_log
from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

_SUBMISSIONS = "select submission_id, unit_code, dataset, period from published.fct_submission"
_AWAITED = "select submission_id from submission where standing = 'awaiting_confirmation'"


@dataclass(frozen=True)
class House:
    """A data root on a day, with what its messages link to. `current`: its publication, if one stands whole."""

    root: Root
    now: dt.datetime
    links: Links
    current: Publication | None

    @functools.cached_property
    def as_of(self) -> dt.date:
        """Today; where a later day is shown already (a demo's, one set by hand), that one."""
        return day_shown(self.current, clock.day_of(self.now))

    @property
    def at(self) -> str:
        return clock.utc_text(self.now)

    @functools.cached_property
    def tells(self) -> bool:
        """Whether it was told what is owed and what came."""
        return sources.sources_stand(self.root)

    @property
    def shown(self) -> Publication:
        if self.current is None:
            raise OperatorError("Nothing is published yet.")
        return self.current


def house(root: Root, now: dt.datetime) -> House:
    return House(root, now, Links(root, settings().urls), publication.current_if_whole(root))


def day_shown(current: Publication | None, today: dt.date) -> dt.date:
    """Of which day a look is that nobody asked for: readers do not go back."""
    return max(today, dt.date.fromisoformat(current.manifest["as_of_date"])) if current else today


def observe(seen: House) -> list[Observation]:
    """Where nothing was decided, or what is published cannot be read, nobody can tell of that."""
    told = _TOLD if seen.tells else ()
    published = _PUBLISHED if seen.tells and seen.current else ()
    observations = []
    for look in (*_MACHINE, *told, *published):
        with _unjudged_if_it_fails(seen.root, look.__name__):
            observations.append(look(seen))
    return observations


@contextmanager
def _unjudged_if_it_fails(root: Root, name: str) -> Iterator[None]:
    """A look at one kind must not keep the others from being told."""
    try:
        yield
    except Exception as error:
        run_log.tell(root, "look_failed", level="error", look=name.strip("_"), reason=run_log.reason(error))


def _run_failed(seen: House) -> Observation:
    last = run_outcomes.read(seen.root).last
    return conditions.run_failed(last, _blocked(seen), seen.links, str(run_log.file(seen.root)))


def _publication_blocked(seen: House) -> Observation:
    return conditions.publication_blocked(_blocked(seen), seen.links)


def _blocked(seen: House) -> Blocked | None:
    record = build_record.read(seen.root)
    if record is None or record.stopped is None:
        return None
    shown = seen.current.publication_id if seen.current else None
    return Blocked(record.stopped, record.stopped_at or seen.at, shown)


def _publication_quarantined(seen: House) -> Observation:
    manifest = seen.shown.manifest
    failures = held_back.of_facts(manifest.get("held_back")).failures
    submissions = {row["submission_id"]: row for row in _rows(seen, _SUBMISSIONS)} if failures else {}
    return conditions.publication_quarantined(failures, submissions, manifest["published_at"], seen.links)


def _due_day_missed(seen: House) -> Observation:
    overdue = (row for row in owed(seen) if row["state"] == "missing")
    return conditions.due_day_missed(overdue, seen.links)


def _target_behind(seen: House) -> Observation:
    manifest = seen.shown.manifest
    as_of = dt.date.fromisoformat(manifest["as_of_date"])
    facts = targets.targets(_rows(seen, "from published.rpt_target_progress"), as_of)
    return conditions.target_behind(facts, manifest["published_at"], seen.links)


def _feed_unreachable(seen: House) -> Observation:
    return conditions.feed_unreachable(pull_log.unreachable(seen.root), seen.links)


def _disk_nearly_full(seen: House) -> Observation:
    free = shutil.disk_usage(seen.root.path).free
    disk = Disk(str(seen.root.path), free, settings().alerts.disk_free_gb)
    return conditions.disk_nearly_full(disk, seen.at)


def _scanner_away(seen: House) -> Observation:
    told = settings().scanner
    return conditions.scanner_away(scanner.complaint(told), scanner.place(told), seen.at)


_Look = Callable[[House], Observation]
_MACHINE: tuple[_Look, ...] = (_run_failed, _publication_blocked, _feed_unreachable, _disk_nearly_full, _scanner_away)
_TOLD: tuple[_Look, ...] = (_due_day_missed,)
_PUBLISHED: tuple[_Look, ...] = (_publication_quarantined, _target_behind)


def owed(seen: House) -> list[Row]:
    """What is owed and what came of it, as decided now; as of the house's day, which may be later than when it was
    told."""
    with sources.connected(seen.root, None) as connection:
        return [_as_of(row, seen.as_of) for row in told_grid(connection)]


def _as_of(row: Row, day: dt.date) -> Row:
    if row["submission_id"] is not None or row["state"] == "unasked":
        return {**row, "as_of_date": day}
    return {**row, "as_of_date": day, "state": "missing" if row["due_date"] < day else "not_due"}


def awaited(seen: House) -> set[str]:
    """Submissions of which a unit is asked whether they replace what stands."""
    with sources.connected(seen.root, None) as connection:
        return {row["submission_id"] for row in sources.rows(connection, _AWAITED)}


def _rows(seen: House, sql: str) -> list[dict[str, Any]]:
    """From the publication."""
    with sources.connected(seen.root, seen.shown) as connection:
        return sources.rows(connection, sql)


def by_department(rows: Iterable[Row], departments: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of these departments, each with none where it owes nothing."""
    gathered: dict[str, list[Row]] = {code: [] for code in departments}
    for row in rows:
        if row["department_code"] in gathered:
            gathered[row["department_code"]].append(row)
    return gathered
