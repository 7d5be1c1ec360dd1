"""AS015: A district reports its own totals."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AS015",
    dataset="aggregate_summary",
    severity="critical",
    fields=("district",),
    message="填写的区不是报送单位所在的区。",
    why="每个区只报本区的数，代报的会与那个区自己报的重复。",
    fix="请核对区；别区的数请由别区报送。",
    basis="深人社发〔2025〕51号（二十）",
    passes=[
        {"unit_code": "HRSS.440305", "district": "440305"},
        {"unit_code": "HRSS", "district": "440305"},
        {"unit_code": "HRSS.440305"},
    ],
    fails=[{"unit_code": "HRSS.440305", "district": "440306"}],
    expected="split_part(unit_code, '.', 2)",
    bad_rows_where="""
        contains(unit_code, '.')
        and district <> split_part(unit_code, '.', 2)
    """,
)
