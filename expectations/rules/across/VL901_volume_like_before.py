"""VL901: A unit reports about as many rows as before."""

from __future__ import annotations

from expectations.rule import World, rule
from expectations.threshold import threshold
from warehouse.vocabulary import back_file

SHARE = threshold("volume_jump_share", "period_end_date")
PERIODS, ROWS = 3, 30
"""Fewer periods or rows than these tell nothing."""
MONTHLY = ("training_class", "training_record", "attendance", "certificate", "subsidy_payment", "support_service")


REPORTED = ("2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30")
FILLED_BACK = ("2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30")


def examples(*last: int, ends: tuple[str, ...] = REPORTED) -> list[World]:
    """Three months of 100 rows and one of the given number."""
    return [
        {
            name: [],
            "submitted": [
                {
                    "submission_id": end,
                    "dataset": name,
                    "period": end[:7],
                    "period_end_date": end,
                    "received_rows": rows,
                }
                for end, rows in zip(ends, (100, 100, 100, size), strict=True)
            ],
        }
        for name in MONTHLY
        for size in last
    ]


rule(
    code="VL901",
    dataset=("training_class", "training_record", "attendance", "certificate", "subsidy_payment", "support_service"),
    severity="info",
    fields=("source_row_no",),
    message="行数与本单位以前各期的均值相差较大。",
    why="数量突增突减可能是漏报、重复或口径变化，统计时要能说明。",
    fix="请核对是否漏报或重复；属实的可以说明原因；“应为”一栏是以前各期的均值。",
    basis="统计法（2024）第九条",
    passes=[*examples(120), *examples(300, ends=FILLED_BACK)],
    fails=examples(131, 69),
    scope="across",
    bad_rows=f"""
        select
            submission_id,
            null::bigint as row_index,
            '约 ' || cast(round(mean) as bigint) || ' 行' as expected
        from (
            select
                submission_id,
                dataset,
                period_end_date,
                received_rows,
                avg(received_rows) over earlier as mean,
                count(*) over earlier as periods
            from submitted
            where not {back_file.is_within("period_end_date")}
            window earlier as (
                partition by dataset, unit_code, length(period)
                order by period_end_date
                rows between unbounded preceding and 1 preceding
            )
        )
        where
            dataset = '{{batch}}'
            and periods >= {PERIODS}
            and mean >= {ROWS}
            and abs(received_rows - mean) > {SHARE} * mean
    """,
)
