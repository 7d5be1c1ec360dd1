"""What a rule must say before it is taken, and what a whole file's reading means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from expectations import outcome
from expectations import rule as registry
from expectations.gx_duckdb import Expectation, rows_where
from expectations.rule import RULES, rule
from tests.expectations.builder import reading
from warehouse.errors import OperatorError

GOOD: Mapping[str, Any] = {
    "code": "TC777", "dataset": "training_class", "severity": "warning", "fields": ("class_id",), "message": "有误。",
    "fix": "请改。", "basis": "常识", "passes": [{}], "fails": [{}],
}


def declare(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    def build() -> Expectation:
        return rows_where("true")

    file = RULES / "training_class" / "TC777_never.py"
    build.__code__ = build.__code__.replace(co_filename=str(file))
    monkeypatch.setattr(registry, "_registry", {"TC001": object()})
    rule(**(dict(GOOD) | changes))(build)


@pytest.mark.parametrize(("changes", "complaint"), [
    ({"code": "TC001"}, "the code is taken"),
    ({"code": "TC778"}, "its name must begin with the code"),
    ({"code": "class"}, "two capital letters"),
    ({"fix": ""}, "message, fix and basis"),
    ({"fails": []}, "an example"),
    ({"fields": ("class",)}, "training_class has no field class"),
    ({"fields": ()}, "name the fields"),
    ({"dataset": "classes"}, "there is no dataset classes"),
    ({"scope": "across", "severity": "critical"}, "never holds a row"),
])
def test_an_incomplete_rule_is_refused(monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any],
                                       complaint: str) -> None:
    with pytest.raises(OperatorError, match=complaint):
        declare(monkeypatch, **changes)


def test_a_whole_rule_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch)
    assert "TC777" in registry._registry


def test_braces_in_a_condition_stay_braces() -> None:
    query = str(rows_where("regexp_full_match(a, '[0-9]{2}')").unexpected_rows_query)
    assert query.format(batch="t").endswith("from t where regexp_full_match(a, '[0-9]{2}')")


@pytest.mark.parametrize(("facts", "received", "critical", "codes", "expected"), [
    ({}, 0, 0, [], "accepted"),
    ({}, 10, 0, [], "accepted"),
    ({}, 10, 3, [], "partly_accepted"),
    ({}, 10, 4, ["FL010"], "rejected"),
    ({"missing": ("class_id", "class_name")}, 10, 0, ["FL008", "FL008"], "rejected"),
    ({"claimed_twice": (("class_id", ("班号", "班级编号")),)}, 10, 0, ["FL009"], "rejected"),
    ({"problem": "wrong_dataset"}, 0, 0, ["FL007"], "rejected"),
    ({"problem": "encrypted"}, 0, 0, ["FL003"], "unreadable"),
    ({"problem": "too_large"}, 0, 0, ["FL006"], "unreadable"),
])
def test_outcomes(facts: dict[str, Any], received: int, critical: int, codes: list[str], expected: str) -> None:
    read = reading("training_class", **facts)
    found = list(outcome.file_findings("training_class", read, received, critical))
    assert [finding.rule for finding in found] == codes
    assert outcome.outcome(read, found, critical) == expected
    assert not any("{" in finding.message + finding.fix for finding in found)


def test_a_share_is_never_rounded_up() -> None:
    found = list(outcome.file_findings("training_class", reading("training_class"), 1000, 999))
    assert "99.9%" in found[0].message
    assert list(outcome.file_findings("training_class", reading("training_class"), 10, 4, share=0.5)) == []
