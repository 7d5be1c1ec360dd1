"""What a changed set of checks changes: which checks differ, and what they find, hold and decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import pyarrow as pa
import pytest

from expectations import compiled
from expectations.check import Batch, check
from expectations.check_difference import PLACES, Change, Difference, Moved, Replayed, changes, unknown_fields
from expectations.compiled import Check
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import Row, reading, shaped, submission
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Submission
from warehouse.vocabulary.tables import FINDING

ID = "11010519491231002X"
PERSON: Row = {
    "person_name": "王小明",
    "id_no": ID,
    "class_id": "SZ-0001",
    "person_category": "01",
    "attended_hours": 40,
    "exam_result": "1",
    "completed": True,
}
HOURS = "TR.attended_hours.range"
CHECKS = compiled.load("training_record")


def check_of(code: str) -> Check:
    return next(check for check in CHECKS if check.code == code)


def with_changed(code: str, **facts: Any) -> list[Check]:
    return [replace(check, **facts) if check.code == code else check for check in CHECKS]


def stricter() -> list[Check]:
    """The same checks, with fewer hours allowed."""
    sql = check_of(HOURS).sql.replace("<= 3000.0", "<= 50.0")
    assert sql != check_of(HOURS).sql
    return with_changed(HOURS, sql=sql)


@pytest.mark.parametrize(
    "facts",
    [
        {"sql": "select submission_id, row_index from training_record where false"},
        {"severity": "info"},
        {"unless": ("TR001",)},
        {"fields": ("completed",)},
        {"is_fact": False},
    ],
)
def test_a_fact_that_judges_is_a_change(facts: dict[str, Any]) -> None:
    assert changes(CHECKS, with_changed(HOURS, **facts)) == [Change("training_record", HOURS, "changed", tuple(facts))]


@pytest.mark.parametrize("facts", [{"message": "别的话。"}, {"fix": "别的话。"}, {"expected": "1"}, {"basis": "常识"}])
def test_other_words_are_named_and_judge_nothing(facts: dict[str, Any]) -> None:
    differing = changes(CHECKS, with_changed(HOURS, **facts))
    assert differing == [Change("training_record", HOURS, "reworded", tuple(facts))]
    assert not differing[0].is_judging


def test_new_and_removed_checks_and_their_order() -> None:
    assert changes(CHECKS[1:], CHECKS) == [Change("training_record", CHECKS[0].code, "new")]
    assert changes(CHECKS, CHECKS[1:]) == [Change("training_record", CHECKS[0].code, "removed")]
    assert changes(CHECKS, CHECKS[::-1]) == []


def test_a_code_of_two_datasets_changes_in_one() -> None:
    across = compiled.load(compiled.ACROSS)
    changed = [
        replace(check, severity="info") if (check.code, check.dataset) == ("CL901", "certificate") else check
        for check in across
    ]
    assert changes(across, changed) == [Change("certificate", "CL901", "changed", ("severity",))]


def test_another_revision_may_know_other_facts() -> None:
    text = compiled.render([check_of(HOURS)])
    foreign = text.replace('"basis": null', '"forgotten": 1')
    assert foreign != text
    with pytest.raises(TypeError):
        compiled.parse(foreign)
    assert compiled.parse(foreign, is_foreign=True) == (check_of(HOURS),)


def test_fields_that_the_contract_no_longer_has() -> None:
    assert unknown_fields(CHECKS) == []
    assert unknown_fields(with_changed(HOURS, fields=("gone",), needs=("gone",))) == ["training_record.gone"]


def replay(before: Sequence[Check], after: Sequence[Check], rows: Sequence[Row], **place: Any) -> Difference:
    """Rows of one submission of HRSS under both sets."""
    sent, dataset = submission("training_record"), contract.dataset("training_record")
    table = shaped(dataset, [{"submission_id": sent.submission_id} | place | dict(row) for row in rows])
    difference = Difference()
    with connect(None) as con:
        old, new = (
            check(con, Batch(dataset, table, [(sent, reading("training_record"))], key=None, checks=checks))
            for checks in (before, after)
        )
        difference.add(con, old, new)
    return difference


def people(*hours: int) -> list[Row]:
    return [dict(PERSON) | {"class_id": f"SZ-{number:04}", "attended_hours": hour} for number, hour in enumerate(hours)]


def counts(difference: Difference) -> dict[str, tuple[int, int, int]]:
    return {rule: (moved.newly_found, moved.gone, moved.regraded) for (rule, _, _), moved in difference.moved.items()}


def test_the_same_checks_change_nothing() -> None:
    difference = replay(CHECKS, CHECKS, people(40, 4000, 40, 40))
    assert (difference.moved, difference.turns) == ({}, [])
    assert difference.departments == {"HRSS": Replayed(1, 4, 1, 1)}


def test_a_stricter_limit_finds_holds_and_turns() -> None:
    difference = replay(CHECKS, stricter(), people(40, 60, 40, 40))
    sent = submission("training_record")
    assert counts(difference) == {HOURS: (1, 0, 0)}
    moved = difference.moved[HOURS, "training_record", "HRSS"]
    assert [(place.submission_id, place.move, place.sheet, place.row) for place in moved.places] == [
        (sent.submission_id, "found", "Sheet1", 3)
    ]
    assert [
        (turn.submission, turn.before, turn.after, turn.held_before, turn.held_after) for turn in difference.turns
    ] == [(sent, "accepted", "partly_accepted", 0, 1)]
    assert difference.departments == {"HRSS": Replayed(1, 4, 0, 1)}


def test_a_looser_limit_lets_go() -> None:
    difference = replay(stricter(), CHECKS, people(40, 60, 40, 40))
    assert counts(difference) == {HOURS: (0, 1, 0)}
    assert [(turn.before, turn.after) for turn in difference.turns] == [("partly_accepted", "accepted")]


def test_another_severity_finds_the_same_rows_and_holds_others() -> None:
    difference = replay(CHECKS, with_changed(HOURS, severity="warning"), people(40, 4000, 40, 40))
    assert counts(difference) == {HOURS: (0, 0, 1)}
    assert difference.departments == {"HRSS": Replayed(1, 4, 1, 0)}


def test_too_many_held_rows_turn_the_file_back() -> None:
    difference = replay(CHECKS, stricter(), people(60, 60))
    assert counts(difference) == {"FL010": (1, 0, 0), HOURS: (2, 0, 0)}
    assert [place.row for place in difference.moved["FL010", "training_record", "HRSS"].places] == [None]
    assert [(turn.before, turn.after, turn.held_after) for turn in difference.turns] == [("accepted", "rejected", 2)]


def test_a_new_cause_takes_the_place_of_what_it_explains() -> None:
    """A check that did not change moves where another one now explains its finding."""
    code = "TR.person_name.required"
    rule = replace(
        check_of(HOURS),
        code="TR999",
        is_fact=False,
        unless=(code,),
        sql="select submission_id, row_index from training_record where class_id = 'SZ-0001'",
    )
    without = [check for check in CHECKS if check.code != code]
    rows = [dict(row) | ({"person_name": None} if row["class_id"] == "SZ-0001" else {}) for row in people(40, 40, 40)]
    difference = replay([*without, rule], [*CHECKS, rule], rows)
    assert counts(difference) == {code: (1, 0, 0), "TR999": (0, 1, 0)}


def test_places_are_few_and_show_no_identifier() -> None:
    difference = replay(CHECKS, stricter(), people(*[60] * 9, *[40] * 40), sheet=f"{ID}班")
    moved = difference.moved[HOURS, "training_record", "HRSS"]
    assert (moved.newly_found, len(moved.places)) == (9, PLACES)
    assert ID not in str(asdict(moved))
    assert "11**************2X" in str(asdict(moved))


def test_batches_add_up_and_other_submissions_do_not_count() -> None:
    def findings(severities: dict[str, str]) -> Callable[[str], pa.Table]:
        return lambda name: pa.Table.from_pylist(
            [
                {"submission_id": name, "rule": rule, "severity": severity, "row_index": 1, "row": 2}
                for rule, severity in severities.items()
            ],
            FINDING,
        )

    before, after = findings({"A": "info", "B": "info"}), findings({"A": "warning", "C": "info"})
    difference = Difference()
    with connect(None) as con:
        for name in ("s1", "s2", "other"):
            submissions = {name: Submission("certificate", "CAB", "CAB", "2026-01", "0")} if name != "other" else {}
            difference.add_findings(con, before(name), after(name), submissions)
    keys = [(rule, "certificate", "CAB") for rule in ("A", "B", "C")]
    assert [replace(difference.moved[key], places=[]) for key in keys] == [
        Moved(*keys[0], regraded=2),
        Moved(*keys[1], gone=2),
        Moved(*keys[2], newly_found=2),
    ]
    assert [place.submission_id for place in difference.moved[keys[0]].places] == ["s1", "s2"]
