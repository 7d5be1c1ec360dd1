"""EC012: What is counted at a moment is counted at the period's end."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC012",
    dataset="enterprise_coverage",
    severity="info",
    fields=("report_date",),
    message="统计时点不是报告期的最后一天。",
    why="覆盖率按期末时点比较，时点不同的企业不可比。",
    fix="请按报告期最后一天的人数填写；期末没有数的不必修改。",
    basis="数据报送约定：时点指标",
    passes=[{"report_date": "2026-06-30"}, {"report_date": "2026-05-31"}],
    fails=[{"report_date": "2026-06-15"}],
    expected="cast(period_end_date as varchar)",
    bad_rows_where="""
        report_date >= period_start_date
        and report_date < period_end_date
    """,
)
