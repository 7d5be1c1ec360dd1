"""TC009: An apprenticeship is long."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("apprenticeship_days_min", "start_date")

rule(
    code="TC009",
    dataset="training_class",
    severity="warning",
    fields=("end_date", "start_date", "project_type"),
    message="企业新型学徒制培训的天数不足。",
    why="学徒制按长期培养给予补贴，时间过短的班不符合学徒制的条件。",
    fix="请核对培训类型和起止日期；学徒制培训一般为一至两年。",
    basis="深人社发〔2025〕51号（十一）",
    passes=[
        {"project_type": "05", "start_date": "2026-06-01", "end_date": "2027-05-31"},
        {"project_type": "02", "start_date": "2026-06-01", "end_date": "2026-06-05"},
    ],
    fails=[{"project_type": "05", "start_date": "2026-06-01", "end_date": "2026-08-31"}],
    expected=f"'不少于 ' || {LEAST} || ' 天'",
    unless=("TC001",),
    bad_rows_where=f"""
        project_type = '05'
        and end_date - start_date + 1 < {LEAST}
    """,
)
