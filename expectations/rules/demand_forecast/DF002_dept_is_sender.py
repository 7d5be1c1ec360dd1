"""DF002: A department forecasts for itself."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="DF002",
    dataset="demand_forecast",
    severity="critical",
    fields=("dept",),
    message="填报部门不是报送单位。",
    why="需求按部门汇总，替别的部门填报会使它的需求重复或落空。",
    fix="请核对填报部门，只报送本部门的数据。",
    basis="深人社发〔2025〕51号（二十二）谁实施谁负责",
    passes=[{"dept": "HRSS"}],
    fails=[{"dept": "CAB"}],
    expected="department_code",
    bad_rows_where="""
        dept <> department_code
    """,
)
