"""AS901: A total lies between the accepted rows and those with the held ones."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary import back_file

rule(
    code="AS901",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_period", "metric_id"),
    message="本期数与本单位同期报送的明细不一致。",
    why="任务进度以实名明细为准，汇总与明细对不上时汇总数不可信。",
    fix="请核对汇总数与明细；“应为”一栏是按已接收明细统计的数。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[
        {
            "aggregate_summary": [{"metric_id": "T12", "value_period": 2}],
            "recount": [{"metric_id": "T12", "lowest": 2, "highest": 3}],
        },
        {
            "aggregate_summary": [{"metric_id": "T12", "value_period": 9}],
            "recount": [{"metric_id": "T11", "lowest": 2, "highest": 3}],
        },
        {  # Back-files of the last month of the opening balance are told of by its cumulative value.
            "aggregate_summary": [{"metric_id": "T12", "value_period": 0, "period": "2025-10"}],
            "recount": [{"metric_id": "T12", "lowest": 2, "highest": 3, "period": "2025-10"}],
        },
    ],
    fails=[
        {
            "aggregate_summary": [{"metric_id": "T12", "value_period": 4}],
            "recount": [{"metric_id": "T12", "lowest": 2, "highest": 3}],
        },
    ],
    scope="across",
    bad_rows=f"""
        select submission_id, row_index, cast(lowest as varchar) as expected
        from {{batch}}
        join recount using (unit_code, period, metric_id)
        where
            dimension is null
            and district is null
            and value_period not between lowest and highest
            and period <> '{back_file.months()[1]}'
    """,
)
