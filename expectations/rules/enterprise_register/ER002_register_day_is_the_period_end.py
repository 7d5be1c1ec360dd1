"""ER002: A register is that of the period's last day."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="ER002",
    dataset="enterprise_register",
    severity="info",
    fields=("as_of",),
    message="名录时点不是报告期的最后一天。",
    why="各部门的名录按期末时点合并，时点不同的企业数不可比。",
    fix="请按报告期最后一天的名录填写；期末没有数的不必修改。",
    basis="数据报送约定：时点指标",
    passes=[{"as_of": "2026-06-30"}],
    fails=[{"as_of": "2026-06-15"}, {"as_of": "2026-05-31"}],
    expected="cast(period_end_date as varchar)",
    bad_rows_where="""
        as_of < period_end_date
    """,
)
