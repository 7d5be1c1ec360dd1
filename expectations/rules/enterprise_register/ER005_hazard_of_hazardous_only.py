"""ER005: Other registers have no hazard."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="ER005",
    dataset="enterprise_register",
    severity="warning",
    fields=("hazard_type", "register_kind"),
    message="不是高危行业企业名录，却填写了高危行业类别。",
    why="同一企业属于高危行业的，由应急、住建、交通部门列入高危行业企业名录，在别的名录里填写会重复。",
    fix="请核对名录类别；不是高危行业企业名录的，高危行业类别空着。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"register_kind": "1", "hazard_type": "5"}, {"register_kind": "4"}],
    fails=[{"register_kind": "4", "hazard_type": "5"}],
    bad_rows_where="""
        register_kind <> '1'
        and hazard_type is not null
    """,
)
