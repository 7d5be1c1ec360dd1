"""TC017: Who pays for himself is in no public-welfare class."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC017",
    dataset="training_class",
    severity="warning",
    fields=("is_public_welfare", "funding_source"),
    message="填写为公益性培训，资金来源却是个人自费。",
    why="公益性培训才计入目标，由学员自费的不算公益性。",
    fix="请核对是否公益性和资金来源。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[{"is_public_welfare": True, "funding_source": "06"}, {"is_public_welfare": False, "funding_source": "09"}],
    fails=[{"is_public_welfare": True, "funding_source": "09"}],
    bad_rows_where="""
        is_public_welfare
        and funding_source = '09'
    """,
)
