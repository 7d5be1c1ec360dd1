"""LC003: A sample has enterprises and persons."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="LC003",
    dataset="labour_cost",
    severity="warning",
    fields=("sample_enterprises", "sample_size"),
    message="样本企业数大于样本人数。",
    why="一家企业至少有一名样本人员，两个数可能填反。",
    fix="请核对样本企业数和样本人数。",
    basis="常识",
    passes=[{"sample_enterprises": 10, "sample_size": 10}, {"sample_enterprises": 10}],
    fails=[{"sample_enterprises": 11, "sample_size": 10}],
    bad_rows_where="""
        sample_enterprises > sample_size
    """,
)
