"""Whatever happens in whatever order: each alert that lasts is told to each receiver once, and once when it is over."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.pipeline.alerts import alert_log, episodes
from orchestration.pipeline.alerts.conditions import Observation
from orchestration.pipeline.alerts.episodes import Phase
from orchestration.pipeline.alerts.kinds import Alert, alert
from warehouse.store import log
from warehouse.store.data_root import Root
from warehouse.store.log import Entry
from warehouse.store.settings import AlertKind, Receiver
from warehouse.vocabulary.errors import Busy
from warehouse.vocabulary.secret import Address

AT = "2026-03-02T01:00:00+00:00"
KINDS: tuple[AlertKind, ...] = ("due_day_missed", "target_behind")
SUBJECTS = [(kind, subject) for kind in KINDS for subject in "ab"]
RECEIVERS = (
    Receiver("all", "webhook", url=Address("http://all/")),
    Receiver("targets", "webhook", url=Address("http://targets/"), kinds=("target_behind",)),
)


def alert_of(kind: AlertKind, subject: str) -> Alert:
    facts = dict.fromkeys(("department", "due", "datasets", "title", "period", "status", "figure", "goal"), "x")
    return alert(kind, subject, AT, "link", count=1, **facts)


@dataclass(frozen=True)
class Step:
    """One look. `killed`: the receiver at which the process dies after it has sent and before it writes."""

    present: frozenset[tuple[AlertKind, str]]
    unjudged: frozenset[tuple[AlertKind, str]]
    observed: frozenset[AlertKind]
    reached: frozenset[str]
    killed: str | None


@dataclass
class World:
    """`told`: what receivers got, by receiver, kind, subject, episode and phase."""

    entries: list[Entry] = field(default_factory=list)
    told: Counter[tuple[str, str, str, int, Phase]] = field(default_factory=Counter)

    def look(self, step: Step) -> None:
        known = episodes.fold(self.entries)
        self.entries += episodes.changes(known, list(observations(step)), RECEIVERS, AT)
        known = episodes.fold(self.entries)
        for receiver in RECEIVERS:
            untold = episodes.to_tell(known, receiver)
            if receiver.name not in step.reached or not untold:
                continue
            for episode in untold:
                self.told[receiver.name, *episode.key, episode.number, episode.phase] += 1
            if step.killed == receiver.name:
                return
            self.entries += episodes.told(untold, receiver.name, AT)


def observations(step: Step) -> Iterator[Observation]:
    for kind in (kind for kind in KINDS if kind in step.observed):
        present = tuple(alert_of(*key) for key in sorted(step.present) if key[0] == kind)
        yield Observation(kind, present, frozenset(subject for of, subject in step.unjudged if of == kind))


steps = st.builds(
    Step,
    present=st.frozensets(st.sampled_from(SUBJECTS)),
    unjudged=st.frozensets(st.sampled_from(SUBJECTS), max_size=1),
    observed=st.frozensets(st.sampled_from(KINDS), min_size=1),
    reached=st.frozensets(st.sampled_from([receiver.name for receiver in RECEIVERS])),
    killed=st.none() | st.sampled_from([receiver.name for receiver in RECEIVERS]),
)


@dataclass
class Expected:
    """An episode as somebody would tell it who only watches what is observed: from which step to which it lasted."""

    key: tuple[AlertKind, str]
    began: int
    ended: int | None = None


def expected(sequence: Sequence[Step]) -> list[Expected]:
    lasting: dict[tuple[AlertKind, str], Expected] = {}
    told: list[Expected] = []
    for number, step in enumerate(sequence):
        for key in SUBJECTS:
            if key[0] not in step.observed:
                continue
            if key in step.present and key not in lasting:
                lasting[key] = Expected(key, number)
                told.append(lasting[key])
            elif key not in step.present and key not in step.unjudged and key in lasting:
                lasting.pop(key).ended = number
    return told


def is_taken(receiver: Receiver, kind: AlertKind) -> bool:
    return not receiver.kinds or kind in receiver.kinds


@settings(max_examples=300)
@given(st.lists(steps, max_size=12))
def test_each_episode_is_told_once_to_each_receiver(sequence: list[Step]) -> None:
    """All are reached whenever there is something to tell, and nobody is killed."""
    world = World()
    for step in sequence:
        world.look(Step(step.present, step.unjudged, step.observed, frozenset({"all", "targets"}), None))
    wanted: Counter[tuple[str, str, str, Phase]] = Counter()
    for episode in expected(sequence):
        for receiver in RECEIVERS:
            if is_taken(receiver, episode.key[0]):
                wanted[receiver.name, *episode.key, "raised"] += 1
                wanted[receiver.name, *episode.key, "ended"] += episode.ended is not None
    got: Counter[tuple[str, str, str, Phase]] = Counter()
    for (receiver, kind, subject, _, phase), count in world.told.items():
        assert count == 1
        got[receiver, kind, subject, phase] += 1
    assert got == +wanted


@settings(max_examples=500)
@given(st.lists(steps, max_size=15))
def test_failures_and_kills_lose_nothing_and_repeat_one_message_at_most(sequence: list[Step]) -> None:
    world = World()
    for step in sequence:
        world.look(step)
    kills = Counter(step.killed for step in sequence)
    repeats: Counter[str] = Counter()
    for (receiver, *_), count in world.told.items():
        repeats[receiver] = max(repeats[receiver], count - 1)
    assert all(repeats[receiver.name] <= kills[receiver.name] for receiver in RECEIVERS)
    rest = Step(frozenset(), frozenset(), frozenset(), frozenset({"all", "targets"}), None)
    before = Counter(world.told)
    world.look(rest)
    final = world.told - before
    known = episodes.fold(world.entries)
    keys = [(episode.key, episode.ended_at is None) for episode in known]
    assert keys == [(episode.key, episode.ended is None) for episode in expected(sequence)]
    for episode in known:
        for receiver in filter(lambda receiver: is_taken(receiver, episode.alert.kind), RECEIVERS):
            last = (receiver.name, *episode.key, episode.number, episode.phase)
            assert world.told[last] >= 1, "whoever could not be reached knows at last"
    world.look(rest)
    assert world.told - before == final, "and is told no more"


def test_who_comes_later_is_told_what_is_open_and_nothing_of_the_past() -> None:
    over, lasting = alert_of("due_day_missed", "a"), alert_of("due_day_missed", "b")
    entries = episodes.changes([], [Observation("due_day_missed", (over, lasting))], (), AT)
    entries += episodes.changes(episodes.fold(entries), [Observation("due_day_missed", (lasting,))], (), AT)
    assert [episode.alert for episode in episodes.to_tell(episodes.fold(entries), RECEIVERS[0])] == [lasting]


def test_who_could_not_be_reached_while_it_lasted_is_told_that_it_is_over() -> None:
    entries = episodes.changes([], [Observation("due_day_missed", (alert_of("due_day_missed", "a"),))], RECEIVERS, AT)
    entries += episodes.changes(episodes.fold(entries), [Observation("due_day_missed")], RECEIVERS, AT)
    [episode] = episodes.to_tell(episodes.fold(entries), RECEIVERS[0])
    assert episode.phase == "ended"
    assert not episodes.to_tell(episodes.fold(entries), RECEIVERS[1]), "it does not take this kind"


def test_an_alert_says_nothing_that_looks_like_an_identifier() -> None:
    raised = alert(
        "run_failed", "build", AT, "/data/13912345678", work="x", reason="bad 110105194912310021 13912345678"
    )
    assert "110105194912310021" not in raised.what
    assert "13912345678" not in raised.what + raised.link


def test_a_long_reason_is_cut_and_on_one_line() -> None:
    raised = alert("run_failed", "build", AT, "link", work="x", reason="line\n" * 1_000)
    assert "\n" not in raised.what
    assert len(raised.what) == 600
    assert raised.what.endswith("…")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return Root(tmp_path / "data").make()


def test_the_log_is_chained_and_no_figure_rests_on_it(root: Root) -> None:
    entries = episodes.changes([], [Observation("due_day_missed", (alert_of("due_day_missed", "a"),))], RECEIVERS, AT)
    with alert_log.hold(root, 0):
        alert_log.append(root, entries)
    assert alert_log.read(root) == entries
    assert log.head(root.alerts).lines == 1
    assert root.alerts.name not in log.heads(root)


def test_a_damaged_log_is_set_aside_so_that_people_go_on_being_told(root: Root) -> None:
    entries = episodes.changes([], [Observation("due_day_missed", (alert_of("due_day_missed", "a"),))], RECEIVERS, AT)
    with alert_log.hold(root, 0):
        alert_log.append(root, entries)
        root.alerts.write_bytes(b"?" + root.alerts.read_bytes()[1:])
        now = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
        assert alert_log.read_or_begin(root, now) == []
        alert_log.append(root, entries)
    assert alert_log.read(root) == entries
    aside = root.alerts.with_name("alerts.jsonl.damaged-20260302T090000Z")
    assert aside.read_bytes().startswith(b"?")


def test_one_process_at_a_time_tells(root: Root) -> None:
    with alert_log.hold(root, 0), pytest.raises(Busy), alert_log.hold(root, 0):
        pass
