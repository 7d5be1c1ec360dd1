"""EC007: Only coverage of hazardous trades has a hazard."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC007",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("hazard_type", "coverage_kind"),
    message="填写了高危行业类别，指标类别却不是高危行业安全技能培训。",
    why="覆盖率按指标类别计算，类别填错会漏计。",
    fix="请核对指标类别；不是高危行业的清空高危行业类别。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"coverage_kind": "1", "hazard_type": "5"}, {"coverage_kind": "2"}],
    fails=[{"coverage_kind": "3", "hazard_type": "5"}],
    bad_rows_where="""
        hazard_type is not null
        and coverage_kind <> '1'
    """,
)
