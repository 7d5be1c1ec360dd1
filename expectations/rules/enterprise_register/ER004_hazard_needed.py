"""ER004: A high-hazard enterprise has its hazard."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="ER004",
    dataset="enterprise_register",
    severity="warning",
    fields=("hazard_type", "register_kind"),
    message="高危行业企业没有填写高危行业类别。",
    why="高危行业的覆盖率按类别考核，缺少类别就不知道计入哪一类。",
    fix="请补填高危行业类别。",
    basis="深人社发〔2025〕51号（八）",
    passes=[{"register_kind": "1", "hazard_type": "5"}, {"register_kind": "4"}],
    fails=[{"register_kind": "1"}],
    bad_rows_where="""
        register_kind = '1'
        and hazard_type is null
    """,
)
