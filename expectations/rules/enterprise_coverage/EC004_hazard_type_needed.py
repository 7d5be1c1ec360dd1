"""EC004: High-hazard coverage is counted by industry."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC004",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("hazard_type", "coverage_kind"),
    message="高危行业安全技能培训没有填写高危行业类别。",
    why="高危行业的覆盖率按类别考核，缺少类别就不知道计入哪一类。",
    fix="请补填高危行业类别。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"coverage_kind": "1", "hazard_type": "1"}, {"coverage_kind": "2"}],
    fails=[{"coverage_kind": "1"}],
    bad_rows_where="""
        coverage_kind = '1'
        and hazard_type is null
    """,
)
