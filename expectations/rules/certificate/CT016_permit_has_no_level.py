"""CT016: Permits and proofs of training have no level."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT016",
    dataset="certificate",
    severity="warning",
    fields=("skill_level", "cert_type"),
    message="这类证书没有职业技能等级，却填写了等级。",
    why="填了等级会被误当作等级证书统计。",
    fix="请清空等级；如确是等级证书，请改证书类别。",
    basis="数据合同：证书类别",
    passes=[{"cert_type": "04"}, {"cert_type": "02", "skill_level": "4"}, {"cert_type": "10", "skill_level": "4"}],
    fails=[{"cert_type": "04", "skill_level": "4"}, {"cert_type": "11", "skill_level": "5"}],
    bad_rows_where="""
        cert_type in ('04', '05', '06', '08', '09', '11')
        and skill_level is not null
    """,
)
