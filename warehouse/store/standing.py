"""Which submission of a key stands, and what became of the others: a pure fold over what the logs say.

Its ground is the ordered log of deliveries, the decision that counts of each submission, what was compared, what people
answered, and dated thresholds; it reads no file and no clock. An outcome says what a submission is worth, standing says
whether it counts. Asked by register, grid, pages, sign-off, checks and dbt alike. Ends at `SubmissionStatus`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from warehouse.store.records import Comparison, ReplacementAnswer
from warehouse.vocabulary import clock, contract, deadline, policy
from warehouse.vocabulary.submission import Decision, Delivery, Submission

Standing = Literal["standing", "awaiting_confirmation", "held_back", "superseded", "merged", "refused"]
Refusal = Literal["outcome", "replaced", "declined", "lapsed"]
"""Why a submission is refused: what it is, a correction of what stands no longer, a no to whether it may replace what
stands, or no answer in time."""
COUNTED = ("accepted", "partly_accepted")
Key = tuple[str, str, str]
"""Dataset, unit and period."""
_END = "9999"
"""After every moment that ISO 8601 writes."""


@dataclass(frozen=True)
class History:
    """All that standing depends on.

    `deliveries`: in the order received. `decisions`: the one that counts, by submission. `dataset`: the only one of
    which anything is asked (empty: all). `comparisons`: by submission and what stood when it came. `answers`: by
    submission, in the order answered. `held_back`: submissions on which a data test of this build failed.
    `compared_from`: the number of the first delivery that must be compared with what stood when it came; earlier ones
    came before anything was compared. `until`: answers given later are not known.
    """

    deliveries: Sequence[Delivery]
    decisions: Mapping[str, Decision]
    as_of: dt.date
    dataset: str = ""
    comparisons: Mapping[tuple[str, str | None], Comparison] = field(default_factory=dict)
    answers: Mapping[str, Sequence[ReplacementAnswer]] = field(default_factory=dict)
    held_back: Collection[str] = ()
    compared_from: int = 0
    until: str = _END


@dataclass(frozen=True)
class Awaited:
    """The unit is asked since when whether a submission replaces what stands, and may answer until which day."""

    since: dt.date
    until: dt.date


@dataclass(frozen=True)
class SubmissionStatus:
    """A decided submission and where it stands among the others of its key.

    `received_at` (by our clock), `sender_modified_at` (the sender's word), `delivery_order`: of its last delivery.
    `is_latest`: nothing of the key came later.
    `represents_key`: pages show it for its key: what stands, else what is held back, else the latest that was returned.
    `has_stood`: it stands, or did once. `refusal`: where it is refused. `comparison`: where it awaits confirmation or
    awaited it. `growth`: where it holds many more rows than what it replaced. `awaited`: where it awaits confirmation.
    """

    decision: Decision
    received_at: str
    sender_modified_at: str
    delivery_order: int
    standing: Standing
    is_latest: bool
    represents_key: bool
    has_stood: bool
    refusal: Refusal | None = None
    comparison: Comparison | None = None
    awaited: Awaited | None = None
    growth: Comparison | None = None

    @property
    def stands(self) -> bool:
        return self.standing == "standing"

    @property
    def is_open(self) -> bool:
        """Can its sender still do something about it? What is in another submission, or was replaced, is closed."""
        return self.represents_key or (self.is_latest and self.standing not in ("superseded", "merged"))


@dataclass(frozen=True)
class Need:
    """A submission that must be compared with what stood when it came; `against` is null where nothing did and the
    unit says that there is nothing to report."""

    decision: Decision
    against: Decision | None


@dataclass(frozen=True)
class Tips:
    """What a correction may be written for: the lines that end at what stands, at what awaits confirmation and at the
    latest that was returned, each with the whole file first and its own tip last; empty where there is none."""

    standing: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[tuple[str, ...], ...]:
        return self.standing, self.pending, self.returned

    def line_of(self, submission_id: str) -> tuple[str, ...]:
        """The line that a correction of this submission continues; empty where it was replaced or is unknown."""
        return next((line for line in self.lines if submission_id in line), ())


def counting(decided: Mapping[str, Sequence[Decision]], rules_version: str) -> dict[str, Decision]:
    """Of several decisions on one submission the one under `rules_version` counts, else the one that sorts last; of
    these the one with the most exceptions, since exceptions are only added."""
    return {
        submission_id: max(
            options,
            key=lambda decision: (
                decision.rules_version == rules_version,
                decision.rules_version,
                len(decision.exceptions),
            ),
        )
        for submission_id, options in decided.items()
    }


def statuses(history: History) -> list[SubmissionStatus]:
    """Every decided submission that was delivered, in the order of its last delivery."""
    placed = [status for fold in _folds(history).values() for status in fold.statuses(history)]
    return sorted(placed, key=lambda status: status.delivery_order)


def needs(history: History) -> list[Need]:
    """Comparisons that are lacking, at most one for a key: what is compared next may depend on its result."""
    return [fold.need for fold in _folds(history).values() if fold.need]


def tips_before(history: History, submission: Submission) -> Tips:
    """What stood, waited and had been returned of a submission's key when it came first."""
    number, delivery = next(
        (number, delivery) for number, delivery in enumerate(history.deliveries) if delivery.submission == submission
    )
    known = replace(
        history,
        deliveries=history.deliveries[:number],
        as_of=_day(delivery.received_at),
        held_back=(),
        until=delivery.received_at,
    )
    fold = _folds(known, submission.key).get(submission.key)
    return fold.tips if fold else Tips()


@dataclass(frozen=True)
class _Awaited:
    """A submission that awaits confirmation, since which moment, and until which day."""

    submission_id: str
    since: str
    until: dt.date

    @property
    def days(self) -> Awaited:
        return Awaited(_day(self.since), self.until)


@dataclass
class _Fold:
    """What became of the submissions of one key so far. `stood`: everything that stood, in order, but for what
    is held back."""

    decisions: Mapping[str, Decision]
    stood: list[str] = field(default_factory=list)
    ever_stood: set[str] = field(default_factory=set)
    standing: dict[str, Standing] = field(default_factory=dict)
    refusals: dict[str, Refusal] = field(default_factory=dict)
    compared: dict[str, Comparison] = field(default_factory=dict)
    grown: dict[str, Comparison] = field(default_factory=dict)
    last: dict[str, tuple[int, Delivery]] = field(default_factory=dict)
    awaited: _Awaited | None = None
    returned: str | None = None
    need: Need | None = None

    @property
    def tip(self) -> str | None:
        return self.stood[-1] if self.stood else None

    @property
    def tips(self) -> Tips:
        return Tips(
            _line(self.decisions, self.tip),
            _line(self.decisions, self.awaited.submission_id if self.awaited else None),
            _line(self.decisions, self.returned),
        )

    def deliver(self, number: int, delivery: Delivery, submission_id: str, history: History) -> None:
        decision = history.decisions.get(submission_id)
        if decision is None:
            return  # on its way
        self.last[submission_id] = number, delivery
        is_correction = decision.reading.supplement is not None
        if decision.outcome not in COUNTED:
            self.refuse(submission_id, "outcome")
            self.returned = self.returned if decision.reading.problem else submission_id
        elif submission_id == self.tip:
            self.forget_awaited(but=submission_id)
        elif is_correction and submission_id in self.tips.standing:
            return  # what it says is in what stands already
        elif is_correction and not self.continues(decision):
            self.refuse(submission_id, "replaced")
        elif self.is_questioned(number, delivery, decision, history):
            self.forget_awaited(but=submission_id)
            since = _day(delivery.received_at)
            self.place(submission_id, "awaiting_confirmation")
            until = deadline.after(since, "confirmation_lapse_workdays")
            self.awaited = _Awaited(submission_id, delivery.received_at, until)
        else:
            self.forget_awaited(but=submission_id)
            self.stand(submission_id)

    def continues(self, correction: Decision) -> bool:
        """Was it merged on to what stands, waits or was returned? A correction sent again long after may not be."""
        line = correction.reading.supplement.line if correction.reading.supplement else ()
        return len(line) < 2 or line[-2] in {line[-1] for line in self.tips.lines if line}

    def is_questioned(self, number: int, delivery: Delivery, decision: Decision, history: History) -> bool:
        """Does it lose so much of what stands that its sender must confirm it? A patch on what stands loses nothing
        that its sender did not name."""
        supplement, name = decision.reading.supplement, decision.submission_id
        is_patch = supplement is not None and (self.tip in supplement.line or len(supplement.line) < 2)
        if is_patch or number < history.compared_from or (self.tip is None and not decision.reading.is_nothing):
            return False
        comparison = history.comparisons.get((name, self.tip))
        if comparison is None:
            self.need = self.need or Need(decision, history.decisions[self.tip] if self.tip else None)
            return True
        day = _day(delivery.received_at)
        if has_grown(comparison, decision, day):
            self.grown[name] = comparison
        if not exceeds(comparison, decision, day):
            return False
        self.compared[name] = comparison
        return True

    def answer(self, until: str, history: History) -> None:
        """Takes the first answer that was given up to a moment to what waits."""
        awaited = self.awaited
        if awaited is None:
            return
        for answer in history.answers.get(awaited.submission_id, ()):
            if awaited.since <= answer.recorded_at <= until and _day(answer.recorded_at) <= awaited.until:
                self.awaited = None
                if answer.is_replacement:
                    self.stand(answer.submission_id)
                else:
                    self.refuse(answer.submission_id, "declined")
                return

    def place(self, name: str, standing: Standing, refusal: Refusal | None = None) -> None:
        """Where it stands now, and why where that is refused."""
        self.standing[name] = standing
        self.refusals.pop(name, None)
        if refusal:
            self.refusals[name] = refusal

    def stand(self, name: str) -> None:
        supplement = self.decisions[name].reading.supplement
        line = supplement.line[:-1] if supplement else ()
        for other, standing in list(self.standing.items()):
            if standing == "standing":
                self.place(other, "merged" if other in line else self.after(other))
            elif other in line and standing in ("awaiting_confirmation", "refused"):
                self.place(other, "merged")
        self.place(name, "standing")
        self.stood.append(name)
        self.ever_stood.add(name)
        self.returned = None

    def refuse(self, name: str, why: Refusal) -> None:
        """An event beside what stands: it changes nothing of it."""
        if self.standing.get(name) != "standing":
            self.place(name, "refused", why)

    def forget_awaited(self, but: str) -> None:
        """A newer delivery takes the place of what waits."""
        if self.awaited and self.awaited.submission_id != but:
            self.place(self.awaited.submission_id, self.after(self.awaited.submission_id))
        self.awaited = None

    def after(self, name: str) -> Standing:
        """What becomes of what stood or waited when another takes its place: a whole file is replaced; a correction was
        merged into one, and stays so whatever becomes of that."""
        return "superseded" if self.decisions[name].reading.supplement is None else "merged"

    def lapse(self, as_of: dt.date) -> None:
        if self.awaited and self.awaited.until < as_of:
            self.refuse(self.awaited.submission_id, "lapsed")
            self.awaited = None

    def hold_back(self, held_back: Collection[str]) -> None:
        """What stood before stands on."""
        while self.stood and self.stood[-1] in held_back:
            self.ever_stood.discard(self.stood[-1])
            self.place(self.stood.pop(), "held_back")
            if self.stood:
                self.place(self.stood[-1], "standing")

    def statuses(self, history: History) -> Iterator[SubmissionStatus]:
        latest = max(self.last, key=lambda name: self.last[name][0], default=None)
        shown = self._shown()
        for name, (number, delivery) in self.last.items():
            yield SubmissionStatus(
                history.decisions[name],
                delivery.received_at,
                delivery.modified_at,
                number,
                self.standing[name],
                name == latest,
                name == shown,
                name in self.ever_stood,
                self.refusals.get(name),
                self.compared.get(name),
                self.awaited.days if self.awaited and self.awaited.submission_id == name else None,
                self.grown.get(name),
            )

    def _shown(self) -> str | None:
        standing = [name for name, place in self.standing.items() if place == "standing"]
        held_back = [name for name, place in self.standing.items() if place == "held_back"]
        returned = [name for name, why in self.refusals.items() if why == "outcome"]
        return max(standing or held_back or returned, key=lambda name: self.last[name][0], default=None)


def _line(decisions: Mapping[str, Decision], tip: str | None) -> tuple[str, ...]:
    supplement = decisions[tip].reading.supplement if tip else None
    line = supplement.line if supplement else ()
    return line or ((tip,) if tip else ())


def _folds(history: History, key: Key | None = None) -> dict[Key, _Fold]:
    """Of every key, or of one."""
    folds: dict[Key, _Fold] = {}
    for number, delivery in enumerate(history.deliveries):
        submission = delivery.submission if history.dataset in ("", delivery.dataset) else None
        if submission is None or key not in (None, submission.key):
            continue
        fold = folds.setdefault(submission.key, _Fold(history.decisions))
        if fold.awaited:
            fold.answer(delivery.received_at, history)
            fold.lapse(_day(delivery.received_at))
        fold.deliver(number, delivery, submission.submission_id, history)
    for fold in folds.values():
        if fold.awaited:
            fold.answer(history.until, history)
            fold.lapse(history.as_of)
        fold.hold_back(history.held_back)
    return folds


def _day(moment: str) -> dt.date:
    return clock.day_of(dt.datetime.fromisoformat(moment))


def has_grown(comparison: Comparison, decision: Decision, day: dt.date) -> bool:
    """Does it hold so many more natural keys than what stands that its sender should look again? Nobody is asked."""
    more = comparison.keys_sent - comparison.keys_standing
    share = policy.number(_share_name(decision), day)
    return (
        comparison.keys_standing > 0
        and more >= policy.number("loss_keys", day)
        and (more >= share * comparison.keys_standing)
    )


def _share_name(decision: Decision) -> str:
    is_snapshot = contract.dataset(decision.submission.dataset).content == "snapshot"
    return "snapshot_loss_share" if is_snapshot else "loss_share"


def exceeds(comparison: Comparison, decision: Decision, day: dt.date) -> bool:
    """Are so many natural keys of what stands missing that the sender must confirm it? By the thresholds of the day."""
    if decision.reading.is_nothing:
        return comparison.keys_standing > 0
    share = policy.number(_share_name(decision), day)
    return comparison.keys_lost >= policy.number("loss_keys", day) and comparison.share >= share
