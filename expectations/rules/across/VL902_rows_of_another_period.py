"""VL902: A period's rows are its own."""

from __future__ import annotations

from expectations.rule import World, rule

ROWS = 10
"""Fewer equal rows may be chance."""
ROW = "hash(unit_code, row_token)"
CUMULATIVE = ("training_record", "attendance", "certificate", "subsidy_payment", "support_service")


def examples(earlier: str, later: str) -> list[World]:
    """Ten rows in two months, whose content begins with the given signs."""
    return [
        {
            name: [
                {"submission_id": period, "period": period, "row_token": f"{sign}{number}"}
                for period, sign in (("2026-05", earlier), ("2026-06", later))
                for number in range(10)
            ]
        }
        for name in CUMULATIVE
    ]


rule(
    code="VL902",
    dataset=("training_record", "attendance", "certificate", "subsidy_payment", "support_service"),
    severity="warning",
    fields=("source_row_no",),
    message="有 {rows} 行与本单位以前一期的内容完全相同，占本次报送的一半以上。",
    why="整期重复的数据按主键只算一次，本期真正发生的反而没有报上来。",
    fix="请核对是否误用了上一期的文件，按本期实际发生的重新报送。",
    basis="统计法（2024）第九条",
    passes=examples("1", "2"),
    fails=examples("1", "1"),
    scope="across",
    bad_rows=f"""
        select
            submission_id,
            null::bigint as row_index,
            count(*) as affected
        from {{batch}}
        join (
            select unit_code, row_token, min(period) as first_period
            from {{batch}}
            where
                {ROW} in (
                    select {ROW}
                    from {{batch}}
                    group by {ROW}
                    having min(period) <> max(period)
                )
            group by all
        ) using (unit_code, row_token)
        join (
            select submission_id, count(row_token) as reported
            from {{batch}}
            group by all
        ) using (submission_id)
        where period > first_period
        group by submission_id, reported
        having count(*) >= greatest({ROWS}, reported / 2)
    """,
)
