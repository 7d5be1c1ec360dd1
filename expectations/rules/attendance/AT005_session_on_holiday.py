"""AT005: Worth a look, not an error."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT005",
    dataset="attendance",
    severity="info",
    fields=("session_date",),
    message="上课日期是法定节假日的放假日。",
    why="放假日整班上课比较少见，先核实可以避免日后审计时再解释。",
    fix="如确在放假日上课，不必修改。",
    basis="国务院办公厅节假日安排通知",
    passes=[{"session_date": "2026-06-10"}],
    fails=[{"session_date": "2026-01-01"}],
    bad_rows_where="""
        session_date in (select date from reference_holiday)
    """,
)
