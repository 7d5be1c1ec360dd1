"""TK001: Only what units achieve of their own can be given to them."""

from __future__ import annotations

from expectations.rule import rule
from expectations.task_target import IS_ALLOCABLE

rule(
    code="TK001",
    dataset="task_allocation",
    severity="critical",
    fields=("target_id",),
    message="该目标不能分解到单位。",
    why="只有按人次、项和按本单位人（去重）计数的目标能分给单位；比例、名额、时点数和体系建设类目标没有单位任务数。",
    fix="请核对目标；比例、名额和时点类目标不列入任务分解表。",
    workbook_fix="请核对目标；不能分解的，这一行“处理方式”填“作废”。",
    basis="深人社发〔2025〕51号：目标的计量单位",
    passes=[{"target_id": "T01"}, {"target_id": "T05"}, {"target_id": "T13"}],
    fails=[{"target_id": "T10"}, {"target_id": "T15"}, {"target_id": "T16"}, {"target_id": "S01"}],
    bad_rows_where=f"""
        not ({IS_ALLOCABLE})
    """,
)
