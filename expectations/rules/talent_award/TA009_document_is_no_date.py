"""TA009: A spreadsheet made a date of the document's number."""

from __future__ import annotations

from expectations.date_form import DATE_FORM
from expectations.identity import full_match
from expectations.rule import rule

rule(
    code="TA009",
    dataset="talent_award",
    severity="warning",
    fields=("doc_no",),
    message="文号像是一个日期，多半是表格把文号自动改成了日期。",
    why="称号以公布的文件为准，文号被表格改成日期后就查不到这份文件。",
    fix="请把这一列设为“文本”格式后按文件重新录入，例如“深人社〔2026〕1号”。",
    basis="表格软件会把 2026-1 一类的文号自动改成日期",
    passes=[{"doc_no": "深人社〔2026〕1号"}, {"doc_no": "2026-12号"}],
    fails=[{"doc_no": "2026-01-01"}, {"doc_no": "2026年1月"}, {"doc_no": "Jan-26"}, {"doc_no": "2026-01-01 00:00:00"}],
    bad_rows_where=f"""
        {full_match("doc_no", DATE_FORM)}
    """,
)
