"""CT024: Only direct recognition needs a ground."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT024",
    dataset="certificate",
    severity="warning",
    fields=("recognition_ground", "assess_mode"),
    message="填写了直接认定依据，但评价方式不是直接认定。",
    why="直接认定单独统计并公示，两项矛盾时会漏计或误计。",
    fix="请核对评价方式；不是直接认定的清空认定依据。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[{"assess_mode": "4", "recognition_ground": "1"}, {"assess_mode": "1"}, {"recognition_ground": "1"}],
    fails=[{"assess_mode": "1", "recognition_ground": "1"}],
    bad_rows_where="""
        recognition_ground is not null
        and assess_mode <> '4'
    """,
)
