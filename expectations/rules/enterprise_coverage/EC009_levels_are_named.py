"""EC009: Who adopts the eight levels says which."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC009",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("levels_adopted", "coverage_kind"),
    message="新八级工推行情况没有填写推行等级序列。",
    why="推行到哪一级是这项指标的内容，没有填写就看不出进展。",
    fix="请补填推行的等级，例如学徒工至首席技师。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[{"coverage_kind": "2", "levels_adopted": "学徒工至首席技师"}, {"coverage_kind": "1"}],
    fails=[{"coverage_kind": "2"}],
    bad_rows_where="""
        coverage_kind = '2'
        and levels_adopted is null
    """,
)
