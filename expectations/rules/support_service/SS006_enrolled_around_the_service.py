"""SS006: Support comes with the studies."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS006",
    dataset="support_service",
    severity="warning",
    fields=("enrol_year", "service_date"),
    message="入学年份晚于服务日期的次年，或早于服务日期六年以上。",
    why="同一人的帮扶按院校和入学年份去重，年份填错会重复计数。",
    fix="请核对入学年份。",
    basis="深人社发〔2025〕51号（一）",
    passes=[
        {"enrol_year": 2026, "service_date": "2026-06-10"},
        {"enrol_year": 2027, "service_date": "2026-06-10"},
        {"enrol_year": 2020, "service_date": "2026-06-10"},
        {"service_date": "2026-06-10"},
    ],
    fails=[{"enrol_year": 2028, "service_date": "2026-06-10"}, {"enrol_year": 2019, "service_date": "2026-06-10"}],
    bad_rows_where="""
        enrol_year - year(service_date) not between -6 and 1
    """,
)
