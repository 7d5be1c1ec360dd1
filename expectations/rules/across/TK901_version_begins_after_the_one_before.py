"""TK901: A version begins after those of files sent before it."""

from __future__ import annotations

from expectations.rule import rule

TASK = {
    "target_id": "T13",
    "task_split": "department",
    "task_unit": "HCD",
    "task_window": "2026",
    "version": 1,
    "quantity": 40,
    "document": "任务通知",
    "from_date": "2026-01-01",
}

rule(
    code="TK901",
    dataset="task_allocation",
    severity="warning",
    fields=("from_date", "version"),
    message="起始日期与其他报送中的版本先后相反。",
    why="某一天有效的是起始日期最近的一版，后一版不晚于前一版时，新旧任务分不清。",
    fix="请核对版本和起始日期；“应为”一栏是前一版的起始日期。",
    basis="数据报送约定：任务分解的版本",
    passes=[
        {
            "task_allocation": [
                TASK
                | {
                    "period_end_date": "2026-05-31",
                    "submission_id": "earlier",
                    "version": 1,
                    "from_date": "2026-05-01",
                },
                TASK | {"version": 2, "from_date": "2026-06-01"},
            ]
        },
        {
            "task_allocation": [
                TASK
                | {
                    "period_end_date": "2026-05-31",
                    "submission_id": "earlier",
                    "version": 1,
                    "from_date": "2026-05-01",
                },
                TASK | {"version": 2, "task_split": "district", "task_unit": "440306", "from_date": "2026-04-01"},
            ]
        },
    ],
    fails=[
        {
            "task_allocation": [
                TASK
                | {
                    "period_end_date": "2026-05-31",
                    "submission_id": "earlier",
                    "version": 1,
                    "from_date": "2026-05-01",
                },
                TASK | {"version": 2, "from_date": "2026-05-01"},
            ]
        },
    ],
    scope="across",
    bad_rows="""
        select
            later.submission_id,
            later.row_index,
            '晚于 ' || cast(max(earlier.from_date) as varchar) as expected
        from {batch} as later
        join {batch} as earlier
            on
                later.unit_code = earlier.unit_code
                and later.target_id = earlier.target_id
                and later.task_split = earlier.task_split
                and later.task_window = earlier.task_window
                and later.version > earlier.version
                and later.submission_id <> earlier.submission_id
        where later.from_date <= earlier.from_date
        group by later.submission_id, later.row_index
    """,
)
