"""SS004: Support of studies names the studies."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS004",
    dataset="support_service",
    severity="warning",
    fields=("school", "enrol_year", "edu_level", "service_type"),
    message="圆梦计划学历提升缺少就读院校、入学年份或学历层次。",
    why="学历提升按人、院校和年度去重，缺少这三项就无法确认是否重复计数。",
    fix="请补填这三项。",
    basis="深人社发〔2025〕51号（一）",
    passes=[
        {"service_type": "3", "school": "深圳开放大学", "enrol_year": 2026, "edu_level": "20"},
        {"service_type": "4"},
    ],
    fails=[{"service_type": "3", "school": "深圳开放大学", "enrol_year": 2026}, {"service_type": "3"}],
    bad_rows_where="""
        service_type = '3'
        and (school is null or enrol_year is null or edu_level is null)
    """,
)
