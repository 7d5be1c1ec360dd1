"""OF003: Only what was started can still operate."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="OF003",
    dataset="outcome_followup",
    severity="warning",
    fields=("is_still_operating", "has_started_business"),
    message="填写为仍在经营，但没有创业。",
    why="创业成功率只计算创过业的人，没有创业却仍在经营会使比率超过百分之百。",
    fix="请核对是否创业和是否仍在经营。",
    basis="常识",
    passes=[{"is_still_operating": True, "has_started_business": True}, {"is_still_operating": False}],
    fails=[{"is_still_operating": True, "has_started_business": False}, {"is_still_operating": True}],
    bad_rows_where="""
        is_still_operating
        and (has_started_business is null or not has_started_business)
    """,
)
