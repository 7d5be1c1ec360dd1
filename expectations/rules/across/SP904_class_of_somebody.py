"""SP904: A class that is paid for had trainees: one finding per class and submission."""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation

from expectations.gx_duckdb import rows
from expectations.rule import rule


@rule(
    code="SP904",
    dataset="subsidy_payment",
    severity="warning",
    fields=("class_id",),
    message="补贴所凭的班级还没有报送任何学员，本班涉及 {rows} 笔。",
    why="没有学员的班级不应发放补贴，也说明班级编号可能填错。",
    fix="请核对班级编号；如学员名单尚未报送，补报后会自动对上。",
    basis="数据报送约定：迟到的引用",
    passes=[
        {
            "subsidy_payment": [{"class_id": "SZ-0001"}],
            "known_class": [{"class_id": "SZ-0001"}],
            "known_participation": [{"class_id": "SZ-0001"}],
        },
        {"subsidy_payment": [{"class_id": "SZ-0001"}]},
    ],
    fails=[{"subsidy_payment": [{"class_id": "SZ-0001"}], "known_class": [{"class_id": "SZ-0001"}]}],
    scope="across",
)
def class_of_somebody() -> Expectation:
    return rows(
        "select submission_id, min(row_index) as row_index, count(*) as affected "
        "from {batch} semi join known_class using (class_id) anti join known_participation using (class_id) "
        "group by submission_id, class_id"
    )
