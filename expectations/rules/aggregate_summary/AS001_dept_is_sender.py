"""AS001: A department reports its own totals."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS001",
    dataset="aggregate_summary",
    severity="critical",
    fields=("dept",),
    message="填报单位不是报送单位。",
    why="汇总数按填报单位计入，替别的单位填报会使它的数重复或落空。",
    fix="请核对填报单位，只报送本单位的数据。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[{"dept": "HRSS"}],
    fails=[{"dept": "CAB"}],
    expected="department_code",
    bad_rows_where="""
        dept <> department_code
    """,
)
