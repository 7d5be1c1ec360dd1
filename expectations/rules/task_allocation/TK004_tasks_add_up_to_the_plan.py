"""TK004: The tasks of a version cover what the plan asks."""

from __future__ import annotations

from expectations.rule import rule
from expectations.task_target import IS_SUM, PLAN

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
    code="TK004",
    dataset="task_allocation",
    severity="warning",
    fields=("quantity", "target_id"),
    message="分解不足：这一版各承担单位任务数之和小于方案目标数。",
    why="各单位都完成任务，全市仍完不成方案目标；合计大于目标数的不提示。",
    fix="请核对各单位任务数，补足与目标数的差额；确需分批下达的，请说明。",
    basis="深人社发〔2025〕51号：目标数",
    passes=[
        TASK | {"quantity": 20},
        TASK | {"quantity": 11, "task_unit": "TRA"},
        TASK | {"target_id": "T14", "quantity": 39},
        TASK | {"target_id": "T14", "quantity": 1, "task_unit": "TRA"},
        TASK | {"quantity": 30, "task_split": "district", "task_unit": "440306"},
        TASK | {"target_id": "T05", "quantity": 10},
    ],
    fails=[
        TASK | {"quantity": 29, "version": 2},
        TASK | {"target_id": "T13", "task_window": "2027", "quantity": 12},
        TASK | {"target_id": "T01", "task_window": "2025-2027", "quantity": 279999},
    ],
    unless=("TK001", "TK002", "TK003"),
    expected=f"'合计不少于 ' || {PLAN}",
    bad_rows=f"""
        select submission_id, min(row_index) as row_index
        from {{batch}}
        where {IS_SUM}
        group by submission_id, target_id, task_split, task_window, version
        having sum(quantity) < any_value({PLAN})
    """,
)
