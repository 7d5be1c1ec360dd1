"""CP012: One project under two numbers."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP012",
    dataset="competition",
    severity="warning",
    fields=("comp_id", "comp_name", "project_name", "start_date"),
    message="同一赛事、同一级别、同一天开始的同名赛项填写了两个编号。",
    why="赛项按编号计数，登记两次会使项数虚高。",
    fix="请核对是否同一赛项；如是，只保留一行。",
    workbook_fix="请核对是否同一赛项；如是，多余的一行“处理方式”填“作废”。",
    basis="深人社发〔2025〕51号（九）",
    passes=[
        {"comp_id": "1", "comp_name": "甲", "project_name": "电工", "comp_level": "5", "start_date": "2026-06-01"},
        {"comp_id": "2", "comp_name": "甲", "project_name": "焊工", "comp_level": "5", "start_date": "2026-06-01"},
    ],
    fails=[
        {"comp_id": "3", "comp_name": "乙", "project_name": "电工", "comp_level": "5", "start_date": "2026-06-01"},
        {"comp_id": "4", "comp_name": "乙", "project_name": "电工", "comp_level": "5", "start_date": "2026-06-01"},
    ],
    pair=("comp_name", "project_name", "comp_level", "start_date"),
    apart="comp_id",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, comp_name, project_name, comp_level, start_date
            from {batch}
            group by all
            having min(comp_id) <> max(comp_id)
        ) using (submission_id, comp_name, project_name, comp_level, start_date)
    """,
)
