"""What a rule must say before it is taken, and what a whole file's reading means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import great_expectations.expectations as gxe
import pytest

from expectations import outcome
from expectations import rule as registry
from expectations.gx_duckdb import Expectation, rows, rows_where, within
from expectations.rule import RULES, rule
from tests.expectations.builder import reading
from warehouse.vocabulary.errors import OperatorError

GOOD: Mapping[str, Any] = {
    "code": "TC777",
    "dataset": "training_class",
    "severity": "warning",
    "fields": ("class_id",),
    "message": "有误。",
    "why": "要数得准。",
    "fix": "请改。",
    "basis": "常识",
    "passes": [{}],
    "fails": [{}],
}


def declare(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    def build() -> Expectation:
        return rows_where("true")

    file = RULES / "training_class" / "TC777_never.py"
    build.__code__ = build.__code__.replace(co_filename=str(file))
    monkeypatch.setattr(registry, "_registry", {"TC001": object()})
    rule(**(dict(GOOD) | changes))(build)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"code": "TC001"}, "the code is taken"),
        ({"code": "TC778"}, "its name must begin with the code"),
        ({"code": "class"}, "two capital letters"),
        ({"fix": ""}, "message, why, fix and basis"),
        ({"why": ""}, "message, why, fix and basis"),
        ({"fails": []}, "an example"),
        ({"fields": ("class",)}, "training_class has no field class"),
        ({"fields": ()}, "name the fields"),
        ({"dataset": "classes"}, "there is no dataset classes"),
        ({"since": dt.date(2026, 1, 2), "until": dt.date(2026, 1, 1)}, "ends before it begins"),
        ({"scope": "across", "severity": "critical"}, "never holds a row"),
    ],
)
def test_an_incomplete_rule_is_refused(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(OperatorError, match=complaint):
        declare(monkeypatch, **changes)


def test_a_whole_rule_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch)
    assert "TC777" in registry._registry


def test_braces_in_a_condition_stay_braces() -> None:
    query = str(rows_where("regexp_full_match(a, '[0-9]{2}')").unexpected_rows_query)
    assert query.format(batch="t").endswith("from t where regexp_full_match(a, '[0-9]{2}')")


DATED = [
    (dt.date(2026, 1, 1), None, "period_end_date >= date '2026-01-01'"),
    (None, dt.date(2026, 12, 31), "period_end_date <= date '2026-12-31'"),
    (
        dt.date(2026, 1, 1),
        dt.date(2026, 12, 31),
        "period_end_date >= date '2026-01-01' and period_end_date <= date '2026-12-31'",
    ),
]


@pytest.mark.parametrize(("since", "until", "bounds"), DATED)
def test_a_dated_condition_stays_a_condition(since: dt.date | None, until: dt.date | None, bounds: str) -> None:
    query = str(within(rows_where("a or b"), since, until).unexpected_rows_query)  # type: ignore[attr-defined]
    assert query.format(batch="t") == f"select submission_id, row_index from t where (a or b) and {bounds}"


def test_a_dated_query_reads_dated_rows_alone() -> None:
    query = within(rows("select a from {batch} as one semi join {batch} using (a)"), dt.date(2026, 1, 1), None)
    dated = "(select * from t where period_end_date >= date '2026-01-01')"
    assert str(query.unexpected_rows_query).format(batch="t") == (  # type: ignore[attr-defined]
        f"select a from {dated} as one semi join {dated} using (a)"
    )


def test_an_undated_expectation_is_left_alone_and_others_cannot_be_dated() -> None:
    expectation = gxe.ExpectColumnValuesToNotBeNull(column="a")
    assert within(expectation, None, None) is expectation
    with pytest.raises(OperatorError, match="ExpectColumnValuesToNotBeNull cannot be dated"):
        within(expectation, dt.date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("facts", "received", "critical", "codes", "expected"),
    [
        ({}, 0, 0, [], "accepted"),
        ({}, 10, 0, [], "accepted"),
        ({}, 10, 3, [], "partly_accepted"),
        ({}, 10, 4, ["FL010"], "rejected"),
        ({"missing": ("class_id", "class_name")}, 10, 0, ["FL008", "FL008"], "rejected"),
        ({"claimed_twice": (("class_id", ("班号", "班级编号")),)}, 10, 0, ["FL009"], "rejected"),
        ({"problem": "wrong_dataset"}, 0, 0, ["FL007"], "rejected"),
        ({"problem": "encrypted"}, 0, 0, ["FL003"], "unreadable"),
        ({"problem": "too_large"}, 0, 0, ["FL006"], "unreadable"),
    ],
)
def test_outcomes(facts: dict[str, Any], received: int, critical: int, codes: list[str], expected: str) -> None:
    read = reading("training_class", **facts)
    found = list(outcome.file_findings("training_class", read, received, critical, outcome.critical_share("2026-01")))
    assert [finding.rule for finding in found] == codes
    assert outcome.outcome(read, found, critical) == expected
    assert not any("{" in finding.message + finding.fix for finding in found)


def test_a_share_is_never_rounded_up() -> None:
    found = list(outcome.file_findings("training_class", reading("training_class"), 1000, 999, share=0.3))
    assert "99.9%" in found[0].message
    assert list(outcome.file_findings("training_class", reading("training_class"), 10, 4, share=0.5)) == []
