"""TC004: Public-welfare training takes no fee."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC004",
    dataset="training_class",
    severity="warning",
    fields=("fee_charged", "is_public_welfare"),
    message="公益性培训填写了向学员收费。",
    why="公益性培训计入28万人次的任务，收费的班不符合公益性的口径。",
    fix="请核对：公益性培训不得收费；收费的班级请把“是否公益性”改为“否”。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[{"is_public_welfare": True, "fee_charged": False}, {"is_public_welfare": False, "fee_charged": True}],
    fails=[{"is_public_welfare": True, "fee_charged": True}],
    bad_rows_where="""
        is_public_welfare
        and fee_charged
    """,
)
