"""SS003: Services for veterans are given to veterans."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS003",
    dataset="support_service",
    severity="warning",
    fields=("person_category", "service_type"),
    message="退役军人的服务项目，但人员类别不含退役军人（09）。",
    why="退役军人的服务单独考核，人员类别不含退役军人就不能计入这项任务。",
    fix="请核对服务类型和人员类别。",
    basis="深人社发〔2025〕51号（一）",
    passes=[{"service_type": "1", "person_category": "07;09"}, {"service_type": "4", "person_category": "01"}],
    fails=[{"service_type": "1", "person_category": "01"}, {"service_type": "2", "person_category": "06;07"}],
    bad_rows_where="""
        service_type in ('1', '2')
        and not contains(person_category, '09')
    """,
)
