"""SS005: The programme supports college and university degrees."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SS005",
    dataset="support_service",
    severity="warning",
    fields=("edu_level", "service_type"),
    message="圆梦计划学历提升的学历层次不是大学专科或本科。",
    why="任务只计专科和本科，其他层次不计数。",
    fix="请核对学历层次。",
    basis="深人社发〔2025〕51号（一）",
    passes=[{"service_type": "3", "edu_level": "30"}, {"service_type": "1", "edu_level": "60"}, {"service_type": "3"}],
    fails=[{"service_type": "3", "edu_level": "60"}, {"service_type": "3", "edu_level": "10"}],
    bad_rows_where="""
        service_type = '3'
        and edu_level not in ('20', '30')
    """,
)
