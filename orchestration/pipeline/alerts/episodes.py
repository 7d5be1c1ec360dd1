"""The log of alerts as episodes: each kind and subject from when it was raised until it ended, and who was told.

A pure fold over the log and the changes that observations add to it. An alert that lasts is one episode, told once to
each receiver when it is raised and once when it is over. The log's file is `alert_log`. Ends at entries and at what is
still to be told.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from orchestration.pipeline.alerts.conditions import Observation
from orchestration.pipeline.alerts.kinds import KINDS, Alert
from warehouse.store import log
from warehouse.store.log import Entry
from warehouse.store.settings import AlertKind, Receiver

Phase = Literal["raised", "ended"]
RAISED, ENDED, TOLD = "raised", "ended", "told"
"""Kinds of lines; `TOLD`: a receiver was told of a phase."""


@dataclass
class Episode:
    """`number`: counted from 1 over the whole log. `addressed`: receivers that were there when it was raised; they are
    told of its end even if they could not be reached while it lasted. `told`: receiver and phase."""

    number: int
    alert: Alert
    raised_at: str
    addressed: frozenset[str]
    ended_at: str | None = None
    told: set[tuple[str, Phase]] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return self.alert.kind, self.alert.subject

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def phase(self) -> Phase:
        return "raised" if self.is_open else "ended"

    @property
    def facts(self) -> dict[str, Any]:
        """For programs."""
        alert = self.alert
        return {
            "phase": self.phase,
            "kind": alert.kind,
            "title": alert.title,
            "severity": alert.severity,
            "subject": alert.subject,
            "since": alert.since,
            "ended_at": self.ended_at,
            "what": alert.what,
            "to_do": alert.to_do,
            "link": alert.link,
        }

    def is_to_tell(self, receiver: Receiver) -> bool:
        """Whether the receiver takes this kind and does not know how it stands. Who was added after it ended is spared
        the past."""
        if receiver.kinds and self.alert.kind not in receiver.kinds:
            return False
        if (receiver.name, self.phase) in self.told:
            return False
        return self.is_open or receiver.name in self.addressed or (receiver.name, "raised") in self.told


def fold(entries: Iterable[Entry]) -> list[Episode]:
    """All episodes, oldest first. Lines of other kinds are left to those who write them."""
    episodes: list[Episode] = []
    for entry in entries:
        if entry.kind == RAISED:
            raised = Alert(**entry.facts["alert"])
            episodes.append(Episode(len(episodes) + 1, raised, entry.at, frozenset(entry.facts["receivers"])))
        elif entry.kind == ENDED:
            episodes[entry.facts["episode"] - 1].ended_at = entry.at
        elif entry.kind == TOLD:
            told = cast(Phase, entry.facts["phase"])
            episodes[entry.facts["episode"] - 1].told.add((entry.facts["receiver"], told))
    return [episode for episode in episodes if episode.alert.kind in KINDS]


def changes(
    episodes: Sequence[Episode], observations: Iterable[Observation], receivers: Sequence[Receiver], at: str
) -> list[Entry]:
    """The lines for what is new and what is over. A kind that was not observed, and a subject that could not be judged,
    stay as they are."""
    entries: list[Entry] = []
    open_now = {episode.key: episode for episode in episodes if episode.is_open}
    for observation in observations:
        present = {(alert.kind, alert.subject): alert for alert in observation.alerts}
        for key, episode in open_now.items():
            is_over = key[0] == observation.kind and key not in present and key[1] not in observation.unjudged
            if is_over:
                entries.append(_entry(ENDED, at, episode.alert, {"episode": episode.number}))
        for key, alert in present.items():
            if key not in open_now:
                names = [receiver.name for receiver in receivers if not receiver.kinds or alert.kind in receiver.kinds]
                entries.append(_entry(RAISED, at, alert, {"alert": dataclasses.asdict(alert), "receivers": names}))
    return entries


def to_tell(episodes: Iterable[Episode], receiver: Receiver) -> list[Episode]:
    return [episode for episode in episodes if episode.is_to_tell(receiver)]


def told(episodes: Iterable[Episode], receiver: str, at: str) -> Iterator[Entry]:
    """The lines that a receiver was told how these stand."""
    for episode in episodes:
        facts = {"episode": episode.number, "receiver": receiver, "phase": episode.phase}
        yield _entry(TOLD, at, episode.alert, facts)


def standing(episodes: Iterable[Episode]) -> Mapping[AlertKind, list[Alert]]:
    """The alerts that are open, by kind in the kinds' order."""
    by_kind: dict[AlertKind, list[Alert]] = {}
    for kind in KINDS:
        alerts = [episode.alert for episode in episodes if episode.is_open and episode.alert.kind == kind]
        if alerts:
            by_kind[kind] = alerts
    return by_kind


def _entry(kind: str, at: str, alert: Alert, facts: Mapping[str, Any]) -> Entry:
    return Entry(at, log.PROGRAM, kind, f"{alert.kind}:{alert.subject}", facts)
