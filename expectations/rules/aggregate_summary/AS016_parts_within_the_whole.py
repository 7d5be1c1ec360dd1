"""AS016: No part is more than the whole."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS016",
    dataset="aggregate_summary",
    severity="warning",
    fields=("value_period", "dimension", "metric_id"),
    message="分组的数大于同一指标的总数。",
    why="“其中”项是总数的一部分，大于总数说明有一项填错。",
    fix="请核对分组数和总数。",
    basis="常识",
    passes=[
        {"metric_id": "T12", "value_period": 10},
        {"metric_id": "T12", "dimension": "其中：女", "value_period": 10},
        {"metric_id": "T11", "dimension": "其中：女", "value_period": 10},
        {"metric_id": "T12", "district": "440305", "dimension": "其中：女", "value_period": 11},
    ],
    fails=[{"metric_id": "T12", "dimension": "其中：男", "value_period": 11}],
    bad_rows="""
        select part.submission_id, part.row_index
        from {batch} as part
        join {batch} as whole
            on
                part.submission_id = whole.submission_id
                and part.metric_id = whole.metric_id
                and part.district is not distinct from whole.district
                and whole.dimension is null
        where part.dimension is not null and part.value_period > whole.value_period
    """,
)
