"""IN007: A studio or station belongs to a unit."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN007",
    dataset="institution_directory",
    severity="warning",
    fields=("host_uscc", "carrier_no"),
    message="载体没有填写依托单位信用代码。",
    why="载体没有独立代码，要靠依托单位才能核实它确实存在。",
    fix="请补填依托单位的统一社会信用代码。",
    basis="数据合同：载体依托单位",
    passes=[{"carrier_no": "SZ-DS-001", "host_uscc": "91350100M000100Y43"}, {"uscc": "91350100M000100Y43"}],
    fails=[{"carrier_no": "SZ-DS-001"}],
    bad_rows_where="""
        carrier_no is not null
        and host_uscc is null
    """,
)
