"""AS007: People, projects and units are counted whole."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS007",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_period", "unit"),
    message="按人、次、项、家计的数有小数。",
    why="个数不会有小数，多半是单位或列填错了。",
    fix="请核对本期数和单位。",
    basis="常识",
    passes=[
        {"unit": "人次", "value_period": 10},
        {"unit": "%", "value_period": 97.4},
        {"unit": "万元", "value_period": 1.5},
    ],
    fails=[{"unit": "人次", "value_period": 10.5}, {"unit": "家", "value_period": 0.3}],
    bad_rows_where="""
        unit in ('人次', '人', '名', '项', '家')
        and value_period <> floor(value_period)
    """,
)
