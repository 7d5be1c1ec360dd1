"""TK005: A version begins on one day and rests on one document."""

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
    code="TK005",
    dataset="task_allocation",
    severity="critical",
    fields=("from_date", "document", "version"),
    message="同一版的起始日期或依据文件不止一个。",
    why="一版任务整体生效，起始日期不一时说不清某一天哪些任务有效。",
    fix="请核对起始日期和依据文件；另有文件调整的，作为新的一版列全部承担单位。",
    basis="数据报送约定：任务分解的版本",
    passes=[
        TASK | {"task_unit": "HCD", "version": 1, "from_date": "2026-01-01"},
        TASK | {"task_unit": "TRA", "version": 1, "from_date": "2026-01-01"},
        TASK | {"task_unit": "HCD", "version": 2, "from_date": "2026-05-01", "document": "调整通知"},
    ],
    fails=[
        TASK | {"task_unit": "HCD", "version": 3, "from_date": "2026-06-01"},
        TASK | {"task_unit": "TRA", "version": 3, "from_date": "2026-06-02"},
        TASK | {"task_unit": "HCD", "version": 4, "from_date": "2026-07-01"},
        TASK | {"task_unit": "TRA", "version": 4, "from_date": "2026-07-01", "document": "调整通知"},
    ],
    pair=("target_id", "task_split", "task_window", "version"),
    apart="(from_date, document)",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, target_id, task_split, task_window, version
            from {batch}
            group by all
            having min(from_date) <> max(from_date) or min(document) <> max(document)
        ) using (submission_id, target_id, task_split, task_window, version)
    """,
)
