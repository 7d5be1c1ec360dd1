"""TK002: Departments stand in the split by department, districts in that by district."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary import reference

DEPARTMENTS = ", ".join(f"'{code}'" for code in reference.codes("department"))

rule(
    code="TK002",
    dataset="task_allocation",
    severity="critical",
    fields=("task_unit", "task_split"),
    message="承担单位与分解维度不一致。",
    why="按部门和按区是两种分解，各自合计，不相加；放错维度的单位会使两种分解的合计都不对。",
    fix="请核对：按部门分解的填部门，按区分解的填区。",
    basis="数据报送约定：任务分解按部门、按区分列",
    passes=[{"task_split": "department", "task_unit": "HCD"}, {"task_split": "district", "task_unit": "440306"}],
    fails=[{"task_split": "department", "task_unit": "440306"}, {"task_split": "district", "task_unit": "HCD"}],
    bad_rows_where=f"""
        task_split <> case when task_unit in ({DEPARTMENTS}) then 'department' else 'district' end
    """,
)
