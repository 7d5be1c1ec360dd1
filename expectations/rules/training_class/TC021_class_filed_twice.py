"""TC021: One class under two numbers."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC021",
    dataset="training_class",
    severity="warning",
    fields=("class_id", "class_name", "org_uscc", "start_date"),
    message="同一机构同一天开班的同名班级填写了两个班级编号。",
    why="同一个班备案两次，参训人次会分散或重复计入。",
    fix="请核对是否同一个班；如是，只保留一行，学员名单用同一个编号。",
    workbook_fix="请核对是否同一个班；如是，多余的一行“处理方式”填“作废”，学员名单用留下的编号。",
    basis="常识",
    passes=[
        {
            "class_id": "SZ-0001",
            "class_name": "电工第1期",
            "org_uscc": "91350100M000100Y43",
            "start_date": "2026-06-01",
        },
        {
            "class_id": "SZ-0002",
            "class_name": "电工第2期",
            "org_uscc": "91350100M000100Y43",
            "start_date": "2026-06-01",
        },
        {
            "class_id": "SZ-0003",
            "class_name": "电工第1期",
            "org_uscc": "91350100M000100Y43",
            "start_date": "2026-06-08",
        },
    ],
    fails=[
        {
            "class_id": "SZ-0004",
            "class_name": "焊工第1期",
            "org_uscc": "91350100M000100Y43",
            "start_date": "2026-06-01",
        },
        {
            "class_id": "SZ-0005",
            "class_name": "焊工第1期",
            "org_uscc": "91350100M000100Y43",
            "start_date": "2026-06-01",
        },
    ],
    pair=("class_name", "org_uscc", "start_date"),
    apart="class_id",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, class_name, org_uscc, start_date
            from {batch}
            group by all
            having min(class_id) <> max(class_id)
        ) using (submission_id, class_name, org_uscc, start_date)
    """,
)
