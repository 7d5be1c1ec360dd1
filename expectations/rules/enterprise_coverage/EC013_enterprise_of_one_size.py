"""EC013: One enterprise has one number of employees at a time."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC013",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("employees", "uscc", "report_date"),
    message="同一企业同一时点的从业人员数在几行中不同。",
    why="覆盖率的分母要一致，否则几项指标互相矛盾。",
    fix="请核对这家企业的从业人员数。",
    basis="常识",
    passes=[
        {"uscc": "91350100M000100Y43", "report_date": "2026-06-30", "coverage_kind": "2", "employees": 100},
        {"uscc": "91350100M000100Y43", "report_date": "2026-06-30", "coverage_kind": "4", "employees": 100},
        {"uscc": "91350100M000100Y43", "report_date": "2025-12-31", "coverage_kind": "4", "employees": 90},
    ],
    fails=[
        {"uscc": "91310115MA1K3BTP2B", "report_date": "2026-06-30", "coverage_kind": "2", "employees": 100},
        {"uscc": "91310115MA1K3BTP2B", "report_date": "2026-06-30", "coverage_kind": "3", "employees": 101},
    ],
    pair=("case when coverage_kind <> '1' then uscc end", "report_date"),
    apart="employees",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, uscc, report_date
            from {batch}
            where coverage_kind <> '1'
            group by all
            having min(employees) <> max(employees)
        ) using (submission_id, uscc, report_date)
        where coverage_kind <> '1'
    """,
)
