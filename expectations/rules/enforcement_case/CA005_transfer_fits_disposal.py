"""CA005: Who is transferred to the courts is transferred."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CA005",
    dataset="enforcement_case",
    severity="warning",
    fields=("disposal", "transfer_judicial"),
    message="处理结果与是否移送不一致。",
    why="移送司法的案件单独统计，两项矛盾时会漏计。",
    fix="请核对：处理结果为移送司法的，是否移送填是。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[
        {"disposal": "5", "transfer_judicial": True},
        {"disposal": "1", "transfer_judicial": False},
        {"disposal": "5"},
        {"disposal": "1", "transfer_judicial": True},
    ],
    fails=[{"disposal": "5", "transfer_judicial": False}, {"disposal": "6", "transfer_judicial": True}],
    bad_rows_where="""
        disposal = '5' and not transfer_judicial
        or disposal = '6' and transfer_judicial
    """,
)
