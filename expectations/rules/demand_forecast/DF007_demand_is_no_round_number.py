"""DF007: A whole list of round numbers is a guess."""

from __future__ import annotations

from expectations.rule import rule

LEAST = 10
"""A few round numbers may be chance."""

rule(
    code="DF007",
    dataset="demand_forecast",
    severity="info",
    fields=("demand",),
    message="本次填报的需求人数全部是100的整数倍。",
    why="全部是整数说明是估计而不是统计，需要在数据依据中说明。",
    fix="请核对需求人数；确属估计的，请在数据依据中写明。",
    basis="统计法（2024）第九条",
    passes=[
        {"submission_id": "A", "demand": 100},
        {"submission_id": "A", "demand": 200},
        {"submission_id": "A", "demand": 300},
        {"submission_id": "A", "demand": 400},
        {"submission_id": "A", "demand": 500},
        {"submission_id": "A", "demand": 600},
        {"submission_id": "A", "demand": 700},
        {"submission_id": "A", "demand": 800},
        {"submission_id": "A", "demand": 900},
        {"submission_id": "B", "demand": 100},
        {"submission_id": "B", "demand": 200},
        {"submission_id": "B", "demand": 300},
        {"submission_id": "B", "demand": 400},
        {"submission_id": "B", "demand": 501},
        {"submission_id": "B", "demand": 600},
        {"submission_id": "B", "demand": 700},
        {"submission_id": "B", "demand": 800},
        {"submission_id": "B", "demand": 900},
        {"submission_id": "B", "demand": 1000},
        {"submission_id": "B", "demand": 1100},
    ],
    fails=[{"submission_id": "C", "demand": 100 * n} for n in range(1, 11)],
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        semi join (
            select submission_id
            from {{batch}}
            group by all
            having count(demand) >= {LEAST} and count(*) filter (demand % 100 <> 0) = 0
        ) using (submission_id)
    """,
)
