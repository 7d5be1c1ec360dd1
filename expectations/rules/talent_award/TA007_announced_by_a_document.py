"""TA007: An announced award rests on a document."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA007",
    dataset="talent_award",
    severity="warning",
    fields=("doc_no", "status"),
    message="状态为公布，但没有填写文号。",
    why="名单以公布文件为准，没有文号的按未公布处理，不计入评选人数。",
    fix="请补填公布文件的文号。",
    basis="深人社发〔2025〕51号（十八）",
    passes=[{"status": "1", "doc_no": "深技〔2026〕21号"}, {"status": "2"}],
    fails=[{"status": "1"}],
    bad_rows_where="""
        status = '1'
        and doc_no is null
    """,
)
