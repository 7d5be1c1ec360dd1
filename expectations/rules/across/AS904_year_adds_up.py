"""AS904: The year's total is the one before and the period."""

from __future__ import annotations

from expectations.rule import rule

SLACK = 5
"""Small differences come from corrections of single rows."""

rule(
    code="AS904",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_ytd", "value_period", "metric_id"),
    message="本年累计不等于上一期的本年累计加本期数。",
    why="逐期相加对不上，说明有一期的数改过或漏报。",
    fix="请核对本期数和两期的累计数；“应为”一栏是上期累计加本期数。",
    basis="常识",
    passes=[
        {
            "aggregate_summary": [
                {"period_end_date": "2026-05-31", "value_ytd": 1000, "value_period": 100},
                {"value_ytd": 1100, "value_period": 100},
            ]
        },
        {
            "aggregate_summary": [
                {"period_end_date": "2026-05-31", "value_ytd": 100, "value_period": 100},
                {"value_ytd": 500, "value_period": 900},  # AS003 says so of the row alone
            ]
        },
        {
            "aggregate_summary": [
                {"period_end_date": "2026-05-31", "value_ytd": 1000, "value_period": 100},
                {"value_ytd": 1105, "value_period": 100},
            ]
        },
        {
            "aggregate_summary": [
                {"period_end_date": "2025-12-31", "value_ytd": 1000, "value_period": 100},
                {
                    "period_start_date": "2026-01-01",
                    "period_end_date": "2026-01-31",
                    "value_ytd": 100,
                    "value_period": 100,
                },
            ]
        },
        {
            "aggregate_summary": [
                {"period_end_date": "2026-03-31", "value_ytd": 1000, "value_period": 100},
                {"value_ytd": 1900, "value_period": 100},
            ]
        },
    ],
    fails=[
        {
            "aggregate_summary": [
                {"period_end_date": "2026-05-31", "value_ytd": 1000, "value_period": 100},
                {"value_ytd": 1200, "value_period": 100},
            ]
        }
    ],
    scope="across",
    bad_rows=f"""
        select
            submission_id,
            row_index,
            regexp_replace(cast(earlier + value_period as varchar), '[.]?0+$', '') as expected
        from (
            select
                *,
                lag(value_ytd) over same as earlier,
                lag(period_end_date) over same as earlier_end,
                lag(value_ytd >= value_period) over same as is_sound
            from {{batch}}
            window same as (
                partition by unit_code, metric_id, district, dimension, year(period_end_date)
                order by period_end_date
            )
        )
        where
            is_sound
            and earlier_end + 1 = period_start_date
            and value_ytd >= earlier
            and value_ytd >= value_period
            and abs(value_ytd - earlier - value_period) > greatest({SLACK}, 0.01 * value_ytd)
    """,
)
