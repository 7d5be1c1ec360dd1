"""What stands of a key after what came, what was compared and what was answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.store.records import Comparison, ReplacementAnswer
from warehouse.store.standing import COUNTED, History, SubmissionStatus, Tips, exceeds, needs, statuses, tips_before
from warehouse.vocabulary.submission import (
    Decision,
    Delivery,
    FileFacts,
    Outcome,
    Reading,
    Rows,
    Submission,
    Supplement,
)

AS_OF = dt.date(2026, 3, 13)


def submission(letter: str, period: str = "2026-01") -> Submission:
    return Submission("training_class", "CAB", "CAB", period, letter * 64)


def name(letter: str) -> str:
    return submission(letter).submission_id


def moment(number: int) -> str:
    """Noon in Shenzhen of the second of March 2026 and the days after."""
    return (dt.datetime(2026, 3, 2, 4, tzinfo=dt.UTC) + dt.timedelta(days=number)).isoformat()


@dataclass(frozen=True)
class File:
    """What came: a whole file, or a correction merged on to `line`."""

    letter: str
    outcome: Outcome = "accepted"
    line: str = ""
    answers: str = ""
    is_nothing: bool = False
    problem: bool = False

    @property
    def decision(self) -> Decision:
        line = tuple(name(letter) for letter in self.line)
        return Decision(
            submission(self.letter),
            self.outcome,
            Rows(10, 10, 0),
            Reading(
                FileFacts("a.xlsx", self.letter * 64, 3),
                problem="answers_nothing" if self.problem else None,
                supplement=Supplement(name(self.answers or self.line[0]), line) if self.line else None,
                is_nothing=self.is_nothing,
            ),
            5,
            (),
            "r",
            "f",
            "0",
        )


def history(*files: File, **more: object) -> History:
    """The files came on one day after the other."""
    deliveries = [
        Delivery(
            "drop_folder",
            "CAB",
            f"CAB/{number}",
            3,
            moment(number),
            moment(number),
            file.letter * 64,
            "training_class",
            "CAB",
            "2026-01",
        )
        for number, file in enumerate(files)
    ]
    return replace(
        History(deliveries, {name(file.letter): file.decision for file in files}, AS_OF),
        **more,  # type: ignore[arg-type]
    )


def compared(letter: str, stood: str, standing: int, sent: int, lost: int) -> dict[tuple[str, str | None], Comparison]:
    return {
        (name(letter), name(stood)): Comparison(name(letter), name(stood), name(stood), standing, sent, lost, moment(0))
    }


def answered(letter: str, is_replacement: bool, day: int) -> dict[str, list[ReplacementAnswer]]:
    return {name(letter): [ReplacementAnswer(name(letter), is_replacement, "张三", False, "", moment(day))]}


def by_letter(history: History) -> dict[str, SubmissionStatus]:
    return {status.decision.submission.sha256[0]: status for status in statuses(history)}


def places(history: History) -> dict[str, str]:
    return {letter: status.standing for letter, status in by_letter(history).items()}


A, B, C = File("a"), File("b"), File("c")
SAME = compared("b", "a", 10, 10, 0)
SHRUNK = compared("b", "a", 156, 4, 152)
CORRECTED = File("b", line="ab")


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        pytest.param(history(A), {"a": "standing"}, id="the first"),
        pytest.param(history(A, B, comparisons=SAME), {"a": "superseded", "b": "standing"}, id="a whole file replaces"),
        pytest.param(
            history(A, File("b", "rejected")), {"a": "standing", "b": "refused"}, id="a rejected file changes nothing"
        ),
        pytest.param(
            history(A, File("b", "unreadable")), {"a": "standing", "b": "refused"}, id="nor does one with a password"
        ),
        pytest.param(history(File("a", "rejected")), {"a": "refused"}, id="nothing stands"),
        pytest.param(
            history(A, B, A, comparisons=SAME | compared("a", "b", 10, 10, 0)),
            {"a": "standing", "b": "superseded"},
            id="the same bytes sent again stand again",
        ),
        pytest.param(history(A, CORRECTED), {"a": "merged", "b": "standing"}, id="a correction is merged"),
        pytest.param(
            history(A, File("x", "rejected"), CORRECTED),
            {"a": "merged", "x": "refused", "b": "standing"},
            id="a refused file does not close what stands to its corrections",
        ),
        pytest.param(
            history(A, CORRECTED, C, CORRECTED, comparisons=compared("c", "b", 10, 10, 0)),
            {"a": "merged", "b": "refused", "c": "standing"},
            id="an old workbook sent again does not bring the old file back",
        ),
        pytest.param(
            history(A, CORRECTED, CORRECTED), {"a": "merged", "b": "standing"}, id="a workbook sent twice is one"
        ),
        pytest.param(
            history(A, CORRECTED, File("c", line="abc"), CORRECTED),
            {"a": "merged", "b": "merged", "c": "standing"},
            id="an earlier workbook sent again is in what stands already",
        ),
        pytest.param(
            history(File("a", "rejected"), CORRECTED),
            {"a": "merged", "b": "standing"},
            id="a returned file is corrected",
        ),
        pytest.param(
            history(A, B, comparisons=SHRUNK), {"a": "standing", "b": "awaiting_confirmation"}, id="shrinking waits"
        ),
        pytest.param(
            history(A, B), {"a": "standing", "b": "awaiting_confirmation"}, id="what was not compared does not replace"
        ),
        pytest.param(
            history(A, B, compared_from=2),
            {"a": "superseded", "b": "standing"},
            id="what came before anything was compared replaced",
        ),
        pytest.param(
            history(A, B, comparisons=SHRUNK, answers=answered("b", True, 3)),
            {"a": "superseded", "b": "standing"},
            id="confirmed",
        ),
        pytest.param(
            history(A, B, comparisons=SHRUNK, answers=answered("b", False, 3)),
            {"a": "standing", "b": "refused"},
            id="declined",
        ),
        pytest.param(
            history(A, B, comparisons=SHRUNK, as_of=dt.date(2026, 3, 17)),
            {"a": "standing", "b": "awaiting_confirmation"},
            id="on its last day",
        ),
        pytest.param(
            history(A, B, comparisons=SHRUNK, answers=answered("b", True, 16), as_of=dt.date(2026, 3, 31)),
            {"a": "standing", "b": "refused"},
            id="an answer after it lapsed",
        ),
        pytest.param(
            history(A, B, C, comparisons=SHRUNK | compared("c", "a", 156, 150, 6)),
            {"a": "superseded", "b": "superseded", "c": "standing"},
            id="a newer delivery takes the place of what waits",
        ),
        pytest.param(
            history(A, B, A, comparisons=SHRUNK),
            {"a": "standing", "b": "superseded"},
            id="what stands, sent again, takes it back",
        ),
        pytest.param(
            history(A, B, File("c", line="ac"), comparisons=SHRUNK),
            {"a": "merged", "b": "superseded", "c": "standing"},
            id="a patch goes to what stands",
        ),
        pytest.param(
            history(A, B, File("c", line="bc"), comparisons=SHRUNK | compared("c", "a", 156, 4, 152)),
            {"a": "standing", "b": "superseded", "c": "awaiting_confirmation"},
            id="a patch on what waits waits",
        ),
        pytest.param(
            history(
                A,
                File("b", "rejected"),
                File("c", line="bc"),
                comparisons=compared("c", "a", 156, 4, 152),
            ),
            {"a": "standing", "b": "refused", "c": "awaiting_confirmation"},
            id="a patch on a returned file is compared as a whole",
        ),
        pytest.param(
            history(A, File("b", is_nothing=True), comparisons=compared("b", "a", 3, 0, 3)),
            {"a": "standing", "b": "awaiting_confirmation"},
            id="nothing to report over rows waits",
        ),
        pytest.param(
            history(
                File("b", is_nothing=True),
                comparisons={(name("b"), None): Comparison(name("b"), None, "earlier", 40, 0, 40, moment(0))},
            ),
            {"b": "awaiting_confirmation"},
            id="nothing to report after periods with rows waits",
        ),
        pytest.param(
            history(
                File("b", is_nothing=True),
                comparisons={(name("b"), None): Comparison(name("b"), None, None, 0, 0, 0, moment(0))},
            ),
            {"b": "standing"},
            id="nothing to report",
        ),
        pytest.param(
            history(A, B, comparisons=SAME, held_back=[name("b")]),
            {"a": "standing", "b": "held_back"},
            id="what stood before what is held back stands on",
        ),
        pytest.param(
            history(A, CORRECTED, held_back=[name("b")]),
            {"a": "standing", "b": "held_back"},
            id="a correction is held back",
        ),
        pytest.param(history(A, held_back=[name("a")]), {"a": "held_back"}, id="the only one is held back"),
    ],
)
def test_what_stands(known: History, expected: dict[str, str]) -> None:
    assert places(known) == expected


BC = compared("c", "b", 10, 10, 0)
ON_WHAT_WAITS = SHRUNK | compared("c", "a", 156, 4, 152) | compared("d", "a", 156, 150, 6)


@pytest.mark.parametrize(
    ("known", "corrections"),
    [
        pytest.param(history(A, CORRECTED), {"b": "standing"}, id="it stands"),
        pytest.param(
            history(A, CORRECTED, File("c", line="abc")), {"b": "merged", "c": "standing"}, id="corrected again"
        ),
        pytest.param(history(A, CORRECTED, C, comparisons=BC), {"b": "merged"}, id="the whole was replaced"),
        pytest.param(
            history(A, CORRECTED, C, File("d", line="cd"), comparisons=BC),
            {"b": "merged", "d": "standing"},
            id="and its successor corrected",
        ),
        pytest.param(
            history(A, B, File("c", line="bc"), File("d"), comparisons=ON_WHAT_WAITS),
            {"c": "merged"},
            id="it waited with what it corrected, and another whole file came",
        ),
    ],
)
def test_a_correction_is_merged_and_never_replaced(known: History, corrections: dict[str, str]) -> None:
    assert {letter: place for letter, place in places(known).items() if letter in corrections} == corrections


def test_what_nobody_answered_lapses_after_ten_working_days() -> None:
    known = history(A, B, comparisons=SHRUNK)
    assert by_letter(replace(known, as_of=dt.date(2026, 3, 17)))["b"].standing == "awaiting_confirmation"
    lapsed = by_letter(replace(known, as_of=dt.date(2026, 3, 18)))["b"]
    assert (lapsed.standing, lapsed.refusal) == ("refused", "lapsed")


@pytest.mark.parametrize(
    ("dataset", "standing", "lost", "is_asked"),
    [
        ("training_class", 156, 152, True),
        ("training_class", 100, 30, True),
        ("training_class", 100, 29, False),
        ("training_class", 10, 4, False),
        ("training_class", 5, 5, True),
        ("institution_directory", 100, 10, True),
        ("institution_directory", 100, 9, False),
        ("institution_directory", 40, 4, False),
    ],
)
def test_how_much_may_be_lost_unasked(dataset: str, standing: int, lost: int, is_asked: bool) -> None:
    decision = replace(B.decision, submission=replace(submission("b"), dataset=dataset))
    [comparison] = compared("b", "a", standing, standing - lost, lost).values()
    assert exceeds(comparison, decision, AS_OF) is is_asked


def test_what_awaits_tells_what_was_compared() -> None:
    status = by_letter(history(A, B, comparisons=SHRUNK))["b"]
    assert status.comparison is not None
    assert (status.comparison.keys_standing, status.comparison.keys_sent, status.comparison.keys_lost) == (156, 4, 152)
    assert status.comparison.share.quantize(Decimal("0.01")) == Decimal("0.97")


@pytest.mark.parametrize(("standing", "sent", "is_told"), [(100, 130, True), (100, 129, False), (10, 14, False)])
def test_growth_of_the_like_is_told_and_asks_nobody(standing: int, sent: int, is_told: bool) -> None:
    status = by_letter(history(A, B, comparisons=compared("b", "a", standing, sent, 0)))["b"]
    assert status.stands
    assert (status.growth is not None) is is_told


def test_comparisons_are_asked_for_one_after_the_other() -> None:
    known = history(A, B, C)
    assert [(need.decision.submission_id, need.against and need.against.submission_id) for need in needs(known)] == [
        (name("b"), name("a"))
    ]
    known = replace(known, comparisons=SAME)
    assert [(need.decision.submission_id, need.against and need.against.submission_id) for need in needs(known)] == [
        (name("c"), name("b"))
    ]
    assert needs(replace(known, comparisons=SAME | compared("c", "b", 10, 10, 0))) == []


def test_which_submission_is_shown_for_its_key() -> None:
    shown = {letter: status.represents_key for letter, status in by_letter(history(A, File("b", "rejected"))).items()}
    assert shown == {"a": True, "b": False}
    shown = {
        letter: status.represents_key
        for letter, status in by_letter(history(File("a", "rejected"), File("b", "unreadable"))).items()
    }
    assert shown == {"a": False, "b": True}
    waiting = by_letter(
        history(
            File("b", is_nothing=True),
            comparisons={(name("b"), None): Comparison(name("b"), None, "earlier", 40, 0, 40, moment(0))},
            as_of=dt.date(2026, 3, 4),
        )
    )["b"]
    assert (waiting.represents_key, waiting.is_latest, waiting.is_open) == (False, True, True)


def test_what_a_correction_may_answer() -> None:
    came = history(A, File("b", "rejected"), File("c", line="abc"))
    assert tips_before(came, submission("c")) == Tips(standing=(name("a"),), returned=(name("b"),))
    came = history(A, B, File("c", line="ac"), comparisons=SHRUNK)
    tips = tips_before(came, submission("c"))
    assert tips == Tips(standing=(name("a"),), pending=(name("b"),))
    assert tips.line_of(name("b")) == (name("b"),)
    assert tips.line_of(name("c")) == ()
    came = history(A, File("b", "rejected", problem=True, line="b", answers="x"), File("c", line="ac"))
    assert tips_before(came, submission("c")) == Tips(standing=(name("a"),))


def test_what_a_correction_may_answer_after_an_upgrade() -> None:
    """Of another key's deliveries before anything was compared none counts here: what came since is compared."""
    came = history(A, B, File("c", line="ac"), comparisons=SHRUNK, compared_from=1)
    other = replace(came.deliveries[0], period="2025-12")
    came = replace(came, deliveries=[other, other, other, *came.deliveries], compared_from=4)
    assert tips_before(came, submission("c")) == Tips(standing=(name("a"),), pending=(name("b"),))


def test_what_was_declined_and_is_sent_again_is_asked_again() -> None:
    known = history(A, B, B, comparisons=SHRUNK, answers=answered("b", False, 1))
    status = by_letter(known)["b"]
    assert (status.standing, status.refusal) == ("awaiting_confirmation", None)


_FILES = st.lists(
    st.builds(
        File,
        st.sampled_from("abcde"),
        st.sampled_from(["accepted", "partly_accepted", "rejected", "unreadable"]),
    ),
    min_size=1,
    max_size=12,
).map(lambda files: [next(first for first in files if first.letter == file.letter) for file in files])


@given(_FILES, st.sets(st.sampled_from("abcde")))
def test_standing_of_whole_files(files: list[File], held_back: set[str]) -> None:
    """Exactly one of what was taken stands unless all that ever stood is held back; nothing refused ever does; what
    was refused could have stayed away; and the fold of the beginning does not depend on what came later."""
    known = history(*files, compared_from=len(files))
    standing = [status for status in statuses(known) if status.stands]
    taken = [file for file in files if file.outcome in COUNTED]
    assert [status.decision.submission.sha256[0] for status in standing] == [file.letter for file in taken[-1:]]
    assert sum(status.represents_key for status in statuses(known)) == 1
    without = history(*taken, compared_from=len(files))
    assert {letter for letter, place in places(without).items() if place == "standing"} == {
        status.decision.submission.sha256[0] for status in standing
    }
    held = replace(known, held_back={name(letter) for letter in held_back})
    left = [file.letter for file in taken if file.letter not in held_back]
    assert [status.decision.submission.sha256[0] for status in statuses(held) if status.stands] == left[-1:]
