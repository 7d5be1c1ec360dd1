"""OF901: A follow-up comes when it says."""

from __future__ import annotations

from expectations.rule import rule

DAYS = 45

rule(
    code="OF901",
    dataset="outcome_followup",
    severity="warning",
    fields=("check_month", "check_date", "class_id"),
    message="跟踪日期与班级结业后的月数对不上，相差45天以上。",
    why="就业率按结业后3、6、12个月比较，月数填错就比不了。",
    fix="请核对跟踪月数、跟踪日期和班级编号。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[
        {
            "outcome_followup": [{"class_id": "SZ-0001", "check_month": 3, "check_date": "2026-06-10"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-03-10"}],
        },
        {"outcome_followup": [{"class_id": "SZ-0001", "check_month": 3, "check_date": "2026-06-10"}]},
    ],
    fails=[
        {
            "outcome_followup": [{"class_id": "SZ-0001", "check_month": 6, "check_date": "2026-06-10"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-03-10"}],
        }
    ],
    scope="across",
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        join known_class using (class_id)
        where abs(check_date - cast(end_date + to_months(cast(check_month as integer)) as date)) > {DAYS}
    """,
)
