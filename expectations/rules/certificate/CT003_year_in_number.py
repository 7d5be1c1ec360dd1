"""CT003: The number's characters 14 and 15 are the year."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT003",
    dataset="certificate",
    severity="critical",
    fields=("issue_date", "cert_no", "cert_type"),
    message="发证年份与证书编号第14、15位不一致。",
    why="证书按发证日期计入当年任务，年份与编号不符说明可能计错年度。",
    fix="请对照证书核对发证日期和编号。",
    basis="人社部门职业技能等级证书编码规则",
    passes=[{"cert_type": "02", "cert_no": "S000044000001265000001", "issue_date": "2026-06-05"}],
    fails=[{"cert_type": "02", "cert_no": "S000044000001265000001", "issue_date": "2025-06-05"}],
    unless=("CT001",),
    bad_rows_where="""
        cert_type = '02'
        and substr(cert_no, 14, 2) <> strftime(issue_date, '%y')
    """,
)
