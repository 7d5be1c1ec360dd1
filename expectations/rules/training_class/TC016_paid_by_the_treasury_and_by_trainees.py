"""TC016: Training paid by the treasury rarely costs a fee as well."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC016",
    dataset="training_class",
    severity="info",
    fields=("fee_charged", "funding_source"),
    message="由财政或保险基金出资的培训，又填写了向学员收费。",
    why="既补贴又收费容易被认作重复收费，需要能说明收费的名目。",
    fix="请核对是否收费；确有收费的，请在备注中写明名目。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[{"funding_source": "01", "fee_charged": False}, {"funding_source": "04", "fee_charged": True}],
    fails=[{"funding_source": "03", "fee_charged": True}],
    unless=("TC004",),
    bad_rows_where="""
        funding_source in ('01', '02', '03', '05')
        and fee_charged
    """,
)
