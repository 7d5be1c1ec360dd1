"""AS902: What is summed since 2025 never falls."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS902",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_cum", "metric_id"),
    message="2025年以来累计小于上一期的累计。",
    why="累计只增不减，变小说明有一期填错，进度会倒退。",
    fix="请核对两期的累计数；更正了以前数据的，请说明。",
    basis="常识",
    passes=[
        {"aggregate_summary": [{"period_end_date": "2026-05-31", "value_cum": 10}, {"value_cum": 10, "value_ytd": 1}]},
        {"aggregate_summary": [{"period_end_date": "2026-05-31", "value_cum": 10}, {"value_cum": 9, "value_ytd": 10}]},
    ],
    fails=[
        {"aggregate_summary": [{"period_end_date": "2026-05-31", "value_cum": 10}, {"value_cum": 9, "value_ytd": 1}]}
    ],
    scope="across",
    bad_rows="""
        select
            submission_id,
            row_index,
            '不小于 ' || regexp_replace(cast(earlier as varchar), '[.]?0+$', '') as expected
        from (
            select
                *,
                lag(value_cum) over (
                    partition by unit_code, metric_id, district, dimension
                    order by period_end_date
                ) as earlier
            from {batch}
        )
        where value_cum < earlier and value_cum >= value_ytd
    """,
)
