"""AS903: What is summed in a year never falls in it."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS903",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_ytd", "metric_id"),
    message="本年累计小于同年上一期的累计。",
    why="累计只增不减，变小说明有一期填错，进度会倒退。",
    fix="请核对两期的累计数；更正了以前数据的，请说明。",
    basis="常识",
    passes=[
        {
            "aggregate_summary": [
                {"period_end_date": "2026-05-31", "value_ytd": 10},
                {"value_ytd": 10, "value_period": 1},
            ]
        },
        {
            "aggregate_summary": [
                {"period_end_date": "2025-12-31", "value_ytd": 10},
                {"period_start_date": "2026-01-01", "period_end_date": "2026-01-31", "value_ytd": 1, "value_period": 1},
            ]
        },
    ],
    fails=[
        {"aggregate_summary": [{"period_end_date": "2026-05-31", "value_ytd": 10}, {"value_ytd": 9, "value_period": 1}]}
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
                lag(value_ytd) over (
                    partition by unit_code, metric_id, district, dimension, year(period_end_date)
                    order by period_end_date
                ) as earlier
            from {batch}
        )
        where value_ytd < earlier and value_ytd >= value_period
    """,
)
