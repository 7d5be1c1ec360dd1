"""DF006: A forecast says what it rests on."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="DF006",
    dataset="demand_forecast",
    severity="info",
    fields=("basis",),
    message="没有填写数据依据。",
    why="没有依据的预测无法与其他部门的比较，也无法说明。",
    fix="请写明数据从哪里来，例如企业抽样调查、用工备案。",
    basis="深人社发〔2025〕51号（十六）",
    passes=[{"basis": "重点企业抽样调查"}],
    fails=[{"demand": 100}],
    bad_rows_where="""
        basis is null
    """,
)
