"""SD003: One standard holds at a time."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SD003",
    dataset="subsidy_standard",
    severity="warning",
    fields=("from_date", "to_date", "subsidy_type"),
    message="同一补贴项目、职业、等级和人员类别有两个标准同时执行。",
    why="同时执行两个标准，就不知道一笔补贴应按哪个发放。",
    fix="请核对执行起止日期；旧标准由新标准代替的，请填写旧标准的执行截止日期。",
    basis="深人社发〔2025〕51号（二十一）",
    passes=[
        {"subsidy_type": "01", "skill_level": "5", "from_date": "2025-01-01", "to_date": "2025-12-31"},
        {"subsidy_type": "01", "skill_level": "5", "from_date": "2026-01-01"},
        {"subsidy_type": "01", "skill_level": "4", "from_date": "2025-06-01"},
        {"subsidy_type": "01", "skill_level": "5", "person_category": "02", "from_date": "2025-06-01"},
    ],
    fails=[
        {"subsidy_type": "02", "from_date": "2025-01-01"},
        {"subsidy_type": "02", "from_date": "2026-01-01", "to_date": "2026-12-31"},
    ],
    pair=("subsidy_type", "occupation_code", "skill_level", "person_category"),
    apart="from_date",
    bad_rows="""
        select own.submission_id, own.row_index
        from {batch} as own
        semi join {batch} as other
            on
                own.submission_id = other.submission_id
                and own.row_index <> other.row_index
                and own.subsidy_type = other.subsidy_type
                and own.occupation_code is not distinct from other.occupation_code
                and own.skill_level is not distinct from other.skill_level
                and own.person_category is not distinct from other.person_category
                and own.from_date <= coalesce(other.to_date, date '9999-12-31')
                and other.from_date <= coalesce(own.to_date, date '9999-12-31')
    """,
)
