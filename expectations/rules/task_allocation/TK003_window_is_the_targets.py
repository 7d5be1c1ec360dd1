"""TK003: A task is for a window in which the plan judges its target."""

from __future__ import annotations

from expectations.rule import rule
from expectations.task_target import IS_OF_THE_WINDOW

rule(
    code="TK003",
    dataset="task_allocation",
    severity="critical",
    fields=("task_window", "target_id"),
    message="考核期不是该目标的考核期。",
    why="三年累计的目标按2025—2027年考核，每年的目标逐年考核；考核期不对的任务没有可比的完成数和序时进度。",
    fix="请核对考核期：三年累计的目标填2025-2027，每年的目标填年份。",
    basis="深人社发〔2025〕51号：目标的考核期",
    passes=[{"target_id": "T01", "task_window": "2025-2027"}, {"target_id": "T13", "task_window": "2026"}],
    fails=[{"target_id": "T01", "task_window": "2026"}, {"target_id": "T13", "task_window": "2025-2027"}],
    unless=("TK001",),
    bad_rows_where=f"""
        not ({IS_OF_THE_WINDOW})
    """,
)
