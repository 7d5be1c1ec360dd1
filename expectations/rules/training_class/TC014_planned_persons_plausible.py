"""TC014: A class is no hall."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

MOST = threshold("planned_persons_max", "start_date")

rule(
    code="TC014",
    dataset="training_class",
    severity="warning",
    fields=("planned_persons",),
    message="一个班的计划人数大得不合常理。",
    why="计划人数用来核对实际参训人数，多填一位数就失去作用。",
    fix="请核对计划人数；把几个班合在一行的，请按班分开填写。",
    basis="数据报送约定：一班一行",
    passes=[{"planned_persons": 300, "start_date": "2026-06-01"}],
    fails=[{"planned_persons": 301, "start_date": "2026-06-01"}],
    expected=f"'不多于 ' || {MOST}",
    bad_rows_where=f"""
        planned_persons > {MOST}
    """,
)
