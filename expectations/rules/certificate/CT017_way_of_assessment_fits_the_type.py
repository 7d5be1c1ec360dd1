"""CT017: A qualification is examined, a level is assessed."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT017",
    dataset="certificate",
    severity="warning",
    fields=("assess_mode", "cert_type"),
    message="评价方式与证书类别不符：职业资格由鉴定取得，职业技能等级由认定取得。",
    why="两类证书分开统计，方式与类别矛盾时不知道算哪一类。",
    fix="请核对证书类别和评价方式。",
    basis="人社部发〔2025〕3号（未确认）",
    passes=[{"cert_type": "01", "assess_mode": "6"}, {"cert_type": "02", "assess_mode": "1"}, {"cert_type": "01"}],
    fails=[{"cert_type": "02", "assess_mode": "6"}, {"cert_type": "01", "assess_mode": "2"}],
    bad_rows_where="""
        cert_type = '02' and assess_mode = '6'
        or cert_type = '01' and assess_mode in ('1', '2')
    """,
)
