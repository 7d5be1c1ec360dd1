"""AS014: Ninety-seven per cent is 97, not 0.97."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS014",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_period", "unit"),
    message="单位是百分比，数值却像小数。",
    why="0.97会被当作0.97%，覆盖率会低一百倍。",
    fix="请按百分数填写，例如97.4。",
    basis="数据报送约定：百分比写法",
    passes=[{"unit": "%", "value_period": 97.4}, {"unit": "%", "value_period": 0}, {"unit": "家", "value_period": 1}],
    fails=[{"unit": "%", "value_period": 0.974}, {"unit": "%", "value_period": 1}],
    expected="100 * value_period",
    bad_rows_where="""
        unit = '%'
        and value_period > 0
        and value_period <= 1
    """,
)
