"""CT009: Direct recognition has one of three grounds."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT009",
    dataset="certificate",
    severity="warning",
    fields=("recognition_ground", "assess_mode"),
    message="直接认定没有填写认定依据。",
    why="直接认定必须符合三项依据之一，没有依据的证书不能视为合规取得。",
    fix="请填写三项依据之一：解决重大工艺难题、省部级以上奖项、师带徒。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[{"assess_mode": "4", "recognition_ground": "2"}, {"assess_mode": "1"}],
    fails=[{"assess_mode": "4"}],
    bad_rows_where="""
        assess_mode = '4'
        and recognition_ground is null
    """,
)
