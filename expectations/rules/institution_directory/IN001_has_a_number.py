"""IN001: An entry has a credit code or a carrier's number."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN001",
    dataset="institution_directory",
    severity="critical",
    fields=("uscc", "carrier_no"),
    message="统一社会信用代码和载体编号都没有填写。",
    why="培训班和证书靠代码与机构对应，两个代码都没有的机构不能被引用。",
    fix="请至少填写一项：机构填统一社会信用代码，工作室、工作站等载体填载体编号。",
    basis="数据合同：主键",
    passes=[{"uscc": "91350100M000100Y43"}, {"carrier_no": "SZ-DS-001"}],
    fails=[{"name": "某机构"}],
    bad_rows_where="""
        uscc is null
        and carrier_no is null
    """,
)
