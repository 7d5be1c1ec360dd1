"""TA006: A document's year is that of the announcement."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TA006",
    dataset="talent_award",
    severity="warning",
    fields=("doc_no", "award_date"),
    message="文号中的年份与公布日期的年份不同。",
    why="文号是核对评选结果的依据，年份不符就找不到文件。",
    fix="请对照公布文件核对文号和公布日期。",
    basis="党政机关公文格式：发文字号含年份",
    passes=[
        {"doc_no": "深技〔2026〕21号", "award_date": "2026-06-10"},
        {"doc_no": "公告第5号", "award_date": "2026-06-10"},
        {"doc_no": "深技〔2026〕21号"},
    ],
    fails=[
        {"doc_no": "深技〔2025〕21号", "award_date": "2026-06-10"},
        {"doc_no": "深技[2025]21号", "award_date": "2026-06-10"},
    ],
    unless=("TA001", "TA002"),
    bad_rows_where="""
        try_cast(
            regexp_extract(doc_no, '[〔\\[(](20[0-9]{2})[〕\\])]', 1) as integer
        ) <> year(award_date)
    """,
)
