"""PB003: What is published has pieces."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="PB003",
    dataset="publicity",
    severity="warning",
    fields=("piece_count", "publicity_kind"),
    message="政策解读或宣传推送没有填写推送篇数。",
    why="宣传按推送篇数统计，缺少篇数的只能计为一项活动。",
    fix="请补填推送篇数。",
    basis="深人社发〔2025〕51号（二十三）",
    passes=[{"publicity_kind": "2", "piece_count": 3}, {"publicity_kind": "4"}],
    fails=[{"publicity_kind": "2"}, {"publicity_kind": "1", "piece_count": 0}],
    bad_rows_where="""
        publicity_kind in ('1', '2', '3')
        and coalesce(piece_count, 0) = 0
    """,
)
