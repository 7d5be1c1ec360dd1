"""AS012: A period is counted when it is over."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS012",
    dataset="aggregate_summary",
    severity="info",
    fields=("fill_date",),
    message="填报日期早于报告期的最后一天。",
    why="期末以前填的数不完整，之后发生的会漏计。",
    fix="请核对填报日期；确是提前填报的，请按期末的数重新报送。",
    basis="数据报送约定：期后报送",
    passes=[{"fill_date": "2026-06-30"}, {"value_period": 1}],
    fails=[{"fill_date": "2026-06-29"}],
    expected="'不早于 ' || period_end_date",
    bad_rows_where="""
        fill_date < period_end_date
    """,
)
