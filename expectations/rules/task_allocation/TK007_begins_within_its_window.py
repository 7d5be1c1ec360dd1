"""TK007: A version begins before its window ends."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TK007",
    dataset="task_allocation",
    severity="critical",
    fields=("from_date", "task_window"),
    message="起始日期晚于考核期末。",
    why="考核期结束后才起算的任务永远不会有效。",
    fix="请核对起始日期和考核期。",
    basis="数据报送约定：任务分解的版本",
    passes=[
        {"task_window": "2026", "from_date": "2026-12-31"},
        {"task_window": "2025-2027", "from_date": "2027-01-01"},
        {"task_window": "2026", "from_date": "2025-12-01"},
    ],
    fails=[
        {"task_window": "2026", "from_date": "2027-01-01"},
        {"task_window": "2025-2027", "from_date": "2028-01-01"},
    ],
    bad_rows_where="""
        year(from_date) > try_cast(right(task_window, 4) as integer)
    """,
)
