"""TK006: A later version begins later."""

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
    code="TK006",
    dataset="task_allocation",
    severity="critical",
    fields=("from_date", "version"),
    message="起始日期不晚于更早的一版。",
    why="某一天有效的是起始日期最近的一版，后一版不晚于前一版时，新旧任务分不清。",
    fix="请核对版本和起始日期；更正原有版本的，版本不变。",
    basis="数据报送约定：任务分解的版本",
    passes=[TASK | {"version": 1, "from_date": "2026-01-01"}, TASK | {"version": 2, "from_date": "2026-05-01"}],
    fails=[TASK | {"version": 3, "from_date": "2026-05-01"}],
    bad_rows="""
        select submission_id, row_index
        from (
            select
                *,
                max(from_date) over (
                    partition by submission_id, target_id, task_split, task_window
                    order by version
                    range between unbounded preceding and 1 preceding
                ) as earlier_from_date
            from {batch}
        )
        where from_date <= earlier_from_date
    """,
)
