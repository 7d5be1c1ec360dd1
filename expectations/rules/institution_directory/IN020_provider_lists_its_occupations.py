"""IN020: Who trains or assesses says for which occupations."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN020",
    dataset="institution_directory",
    severity="info",
    fields=("occupations", "entity_type"),
    message="培训或评价机构没有填写职业清单。",
    why="开班和发证要核对是否在机构的职业范围内，没有清单就无法核对。",
    fix="请补填职业清单，多个编码用分号隔开。",
    basis="人社厅发〔2022〕15号 两目录一系统",
    passes=[{"entity_type": "1", "occupations": "4-10-01-05"}, {"entity_type": "10"}],
    fails=[{"entity_type": "1"}, {"entity_type": "7"}],
    bad_rows_where="""
        entity_type in ('1', '2', '5', '7', '8')
        and occupations is null
    """,
)
