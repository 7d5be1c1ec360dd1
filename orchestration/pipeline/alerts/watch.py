"""One look at a house: what is new is raised, what is over is ended, who does not know yet is told.

Called at the end of a run and by the sensor; nothing that goes wrong here fails a run. Ends at what is open and what
was sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.pipeline import run_log
from orchestration.pipeline.alerts import alert_log, delivery, episodes, observed, reminders
from orchestration.pipeline.alerts.delivery import Delivery
from orchestration.pipeline.alerts.kinds import Alert
from orchestration.pipeline.alerts.observed import House
from warehouse.store.data_root import Root
from warehouse.store.log import Entry
from warehouse.store.settings import AlertKind, Receiver, settings
from warehouse.vocabulary.errors import Busy


@dataclass(frozen=True)
class Look:
    """`standing`: the open alerts; `raised`, `ended`: how many lines were added; `told`, `reminded`: what was sent."""

    standing: Mapping[AlertKind, Sequence[Alert]] = field(default_factory=dict)
    raised: int = 0
    ended: int = 0
    told: Delivery = field(default_factory=Delivery)
    reminded: Delivery = field(default_factory=Delivery)


def look(root: Root, now: dt.datetime, *, begins_reminders: bool, wait_seconds: float = 0) -> Look | None:
    """`begins_reminders`: from now on departments are reminded on this day. Null where another process looks, or where
    it failed, which the log of runs tells."""
    try:
        with alert_log.hold(root, wait_seconds):
            return _look(observed.house(root, now), begins_reminders)
    except Busy:
        return None
    except Exception as error:
        run_log.tell(root, "look_failed", level="error", look="all", reason=run_log.reason(error))
        return None


def _look(seen: House, begins_reminders: bool) -> Look:
    receivers = settings().alerts.receivers
    entries = alert_log.read_or_begin(seen.root, seen.now)
    changes = episodes.changes(episodes.fold(entries), observed.observe(seen), receivers, seen.at)
    if begins_reminders and not reminders.is_begun(entries, seen.as_of):
        changes.append(reminders.begin(seen.as_of, seen.at))
    alert_log.append(seen.root, changes)
    _tell_changes(seen.root, changes)
    entries = [*entries, *changes]
    known = episodes.fold(entries)
    return Look(
        standing=episodes.standing(known),
        raised=sum(entry.kind == episodes.RAISED for entry in changes),
        ended=sum(entry.kind == episodes.ENDED for entry in changes),
        told=delivery.tell(seen.root, receivers, known, seen.now),
        reminded=_remind(seen, entries),
    )


def _tell_changes(root: Root, changes: Sequence[Entry]) -> None:
    for entry in changes:
        if entry.kind in (episodes.RAISED, episodes.ENDED):
            run_log.tell(root, f"alert_{entry.kind}", alert=entry.subject)


def _remind(seen: House, entries: Sequence[Entry]) -> Delivery:
    """To the departments that have addresses, by the server of the first receiver of mail."""
    told = settings().alerts
    server = mail_server(told.receivers)
    if not told.departments or server is None or not seen.tells or not reminders.is_begun(entries, seen.as_of):
        return Delivery()
    day = reminders.Day(seen.as_of, told.reminder_days, observed.awaited(seen), seen.links)
    rows = observed.by_department(observed.owed(seen), told.departments)
    digests = reminders.due(entries, rows, day)
    return delivery.remind(seen.root, server, told.departments, digests, delivery.Moment(seen.as_of, seen.now))


def mail_server(receivers: Sequence[Receiver]) -> Receiver | None:
    """The receiver whose server takes the departments' mails."""
    return next((receiver for receiver in receivers if receiver.kind == "smtp"), None)
