"""TC015: What trainees pay for costs a fee."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC015",
    dataset="training_class",
    severity="warning",
    fields=("fee_charged", "funding_source"),
    message="资金来源是个人自费，却填写没有向学员收费。",
    why="资金来源决定人次是否计入补贴性培训，两项矛盾时无法判断。",
    fix="请核对资金来源和是否向学员收费。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[
        {"funding_source": "09", "fee_charged": True},
        {"funding_source": "01", "fee_charged": False},
        {"funding_source": "09"},
    ],
    fails=[{"funding_source": "09", "fee_charged": False}],
    bad_rows_where="""
        funding_source = '09'
        and not fee_charged
    """,
)
