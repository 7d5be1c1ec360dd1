"""AS006: A share is not more than the whole."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS006",
    dataset="aggregate_summary",
    severity="critical",
    fields=("value_period", "unit"),
    message="百分比超过100。",
    why="覆盖率、占比不可能超过百分之百，超过说明分子或分母的口径不对。",
    fix="请核对；百分比填0至100之间的数。",
    basis="常识",
    passes=[{"unit": "%", "value_period": 100}, {"unit": "人次", "value_period": 300}],
    fails=[{"unit": "%", "value_period": 101}],
    bad_rows_where="""
        unit = '%'
        and value_period > 100
    """,
)
