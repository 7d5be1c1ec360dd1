"""SS008: One person's studies are one support."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS008",
    dataset="support_service",
    severity="warning",
    fields=("id_no", "school", "enrol_year", "service_type"),
    message="同一人同一院校同一入学年份的学历提升登记了两次。",
    why="学历提升一人一次，登记两次会使人次多算。",
    fix="请只保留一行；续报资助的合并到一行。",
    workbook_fix="请核对是否同一人同一次学历提升；如是，留一行写全（续报的资助也填在这一行），其余的行“处理方式”填“作废”。",
    basis="深人社发〔2025〕51号（一）",
    passes=[
        {"service_type": "3", "id_no": "A", "school": "甲", "enrol_year": 2026, "service_date": "2026-06-01"},
        {"service_type": "3", "id_no": "A", "school": "乙", "enrol_year": 2026, "service_date": "2026-06-02"},
        {"service_type": "1", "id_no": "B", "service_date": "2026-06-01"},
        {"service_type": "1", "id_no": "B", "service_date": "2026-06-02"},
    ],
    fails=[
        {"service_type": "3", "id_no": "C", "school": "甲", "enrol_year": 2026, "service_date": "2026-06-01"},
        {"service_type": "3", "id_no": "C", "school": "甲", "enrol_year": 2026, "service_date": "2026-06-02"},
    ],
    pair=("case when service_type = '3' then id_no end", "school", "enrol_year"),
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, id_no, school, enrol_year
            from {batch}
            where
                service_type = '3'
                and school is not null
                and enrol_year is not null
            group by all
            having min(service_date) <> max(service_date)
        ) using (submission_id, id_no, school, enrol_year)
        where service_type = '3'
    """,
)
