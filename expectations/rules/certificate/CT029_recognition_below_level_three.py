"""CT029: Direct recognition below level three is refused from a date on; before it CT010 warns."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

rule(
    code="CT029",
    dataset="certificate",
    severity="critical",
    fields=("skill_level", "assess_mode"),
    message="直接认定只适用于高级工（三级）以上，低于高级工的直接认定不予接收。",
    why="方案只允许对高级工以上直接认定，低等级的直接认定不能作为证书统计。",
    fix="请核对等级和评价方式，填错的请更正；确属低于高级工的直接认定，请联系市局。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[
        {"assess_mode": "4", "skill_level": "3", "issue_date": "2026-12-01"},
        {"assess_mode": "1", "skill_level": "5", "issue_date": "2026-12-01"},
        {"assess_mode": "4", "skill_level": "5", "issue_date": "2026-11-30"},
        {"assess_mode": "4", "skill_level": "5"},
    ],
    fails=[
        {"assess_mode": "4", "skill_level": "5", "issue_date": "2026-12-01"},
        {"assess_mode": "4", "skill_level": "4", "issue_date": "2027-03-01"},
    ],
    bad_rows_where=f"""
        assess_mode = '4'
        and skill_level in ('4', '5', 'X')
        and {threshold("low_recognition_is_critical", "issue_date")} = 1
    """,
)
