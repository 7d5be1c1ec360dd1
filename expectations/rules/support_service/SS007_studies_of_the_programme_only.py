"""SS007: Only degree support has a school and money."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS007",
    dataset="support_service",
    severity="warning",
    fields=("service_type", "school", "enrol_year", "support_amount"),
    message="服务类型不是学历提升，却填写了就读院校、入学年份或资助金额。",
    why="学历提升单独考核，服务类型填错会漏计。",
    fix="请核对服务类型；不是学历提升的清空这几项。",
    basis="深人社发〔2025〕51号（一）",
    passes=[
        {"service_type": "3", "school": "某大学", "enrol_year": 2026, "support_amount": 100000},
        {"service_type": "1"},
        {"service_type": "4", "support_amount": 0},
    ],
    fails=[
        {"service_type": "1", "school": "某大学"},
        {"service_type": "4", "enrol_year": 2026},
        {"service_type": "2", "support_amount": 100000},
    ],
    bad_rows_where="""
        service_type <> '3'
        and (school is not null or enrol_year is not null or support_amount > 0)
    """,
)
