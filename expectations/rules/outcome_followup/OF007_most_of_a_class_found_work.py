"""OF007: Most of a class found work or started a business."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

SETTLED = "(is_employed or coalesce(has_started_business, false))"
LEAST = threshold("outcome_share", "min(check_date)")
PERSONS = threshold("outcome_share_persons_min", "min(check_date)")
CLASS = {"class_id": "SZ-0001", "check_month": 3, "check_date": "2026-06-10"}
OTHER = {"class_id": "SZ-0002", "check_month": 3, "check_date": "2026-06-10"}

rule(
    code="OF007",
    dataset="outcome_followup",
    severity="warning",
    fields=("is_employed", "has_started_business", "class_id"),
    message="这个班在这一跟踪期就业或创业的人数占比偏低。",
    why="就业率是培训质效评估的指标。占比偏低多是就业状态没有填全，也可能是课程需要调整。",
    fix="请核对班里填“否”的学员是否已经就业或创业；核对无误的，请选“说明”并写明原因。",
    basis="深人社发〔2025〕51号（二十二）；比例和人数为数据报送约定",
    passes=[
        *({**OTHER, "is_employed": True} for _ in range(6)),
        *({**OTHER, "is_employed": False} for _ in range(4)),
        *({**CLASS, "check_month": 6, "is_employed": False} for _ in range(9)),
        *({**CLASS, "is_employed": True} for _ in range(4)),
        {**CLASS, "is_employed": False, "has_started_business": True},
        *({**CLASS, "is_employed": False} for _ in range(4)),
    ],
    fails=[{**CLASS, "is_employed": False}],
    expected=f"'不低于 ' || cast(100 * {threshold('outcome_share', 'check_date')} as integer) || '%'",
    bad_rows=f"""
        select submission_id, max(row_index) filter (not {SETTLED}) as row_index
        from {{batch}}
        group by submission_id, class_id, check_month
        having
            count({SETTLED}) >= {PERSONS}
            and avg(cast({SETTLED} as integer)) < {LEAST}
    """,
)
