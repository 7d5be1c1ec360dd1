"""CT010: Direct recognition begins at level three; a warning until it is critical (CT029)."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

rule(
    code="CT010",
    dataset="certificate",
    severity="warning",
    fields=("skill_level", "assess_mode"),
    message="直接认定只适用于高级工（三级）以上。",
    why="方案只允许对高级工以上直接认定，低等级的直接认定由市局核查。",
    fix="请核对等级和评价方式。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[
        {"assess_mode": "4", "skill_level": "3", "issue_date": "2026-11-30"},
        {"assess_mode": "1", "skill_level": "5", "issue_date": "2026-11-30"},
        {"assess_mode": "4", "skill_level": "5", "issue_date": "2026-12-01"},
    ],
    fails=[
        {"assess_mode": "4", "skill_level": "5", "issue_date": "2026-11-30"},
        {"assess_mode": "4", "skill_level": "5"},
    ],
    bad_rows_where=f"""
        assess_mode = '4'
        and skill_level in ('4', '5', 'X')
        and coalesce({threshold("low_recognition_is_critical", "issue_date")}, 0) = 0
    """,
)
