"""TA005: The plan sets how many get these titles."""

from __future__ import annotations

from expectations.rule import rule

QUOTA = "case award_name when '1' then 10 when '3' then 100 end"

rule(
    code="TA005",
    dataset="talent_award",
    severity="warning",
    fields=("award_name", "award_year"),
    message="同一年度已公布的人数超过方案规定的名额。",
    why="这两个称号有固定名额，多报少报都不符合方案。",
    fix="请核对状态：公示未公布的填公示，撤销的填撤销；没有评上的删除。",
    workbook_fix="请核对状态：公示未公布的填公示，撤销的填撤销；没有评上的，这一行“处理方式”填“作废”。",
    basis="深人社发〔2025〕51号（十八）：鹏城工匠每年10名，技能菁英每两年100名",
    passes=[
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "1"},
        {"award_name": "1", "award_year": 2025, "status": "2"},
        {"award_name": "2", "award_year": 2025, "status": "1"},
    ],
    fails=[
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
        {"award_name": "1", "award_year": 2026, "status": "1"},
    ],
    bad_rows=f"""
        select submission_id, row_index
        from {{batch}}
        semi join (
            select submission_id, award_name, award_year
            from {{batch}}
            where status = '1'
            group by all
            having count(*) > {QUOTA}
        ) using (submission_id, award_name, award_year)
        where status = '1'
    """,
)
