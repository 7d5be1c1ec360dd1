"""SP017: A subsidy is no private money."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP017",
    dataset="subsidy_payment",
    severity="warning",
    fields=("funding_source",),
    message="补贴资金的来源填写为企业自筹或个人自费。",
    why="企业和个人自己出的钱不是补贴，会使补贴总额虚增。",
    fix="请核对资金来源；不属于补贴的请删除本行。",
    workbook_fix="请核对资金来源；不属于补贴的，这一行“处理方式”填“作废”。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[{"funding_source": "01"}, {"funding_source": "10"}],
    fails=[{"funding_source": "08"}, {"funding_source": "09"}],
    bad_rows_where="""
        funding_source in ('08', '09')
    """,
)
