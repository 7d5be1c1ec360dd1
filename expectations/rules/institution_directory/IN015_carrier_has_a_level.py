"""IN015: A carrier is of a level."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN015",
    dataset="institution_directory",
    severity="warning",
    fields=("level", "entity_type"),
    message="载体没有填写级别。",
    why="国家级、省级载体单独统计，没有级别的归不进任何一级。",
    fix="请补填级别：国家级、省级、市级或区级。",
    basis="深人社发〔2025〕51号（十四）",
    passes=[{"entity_type": "9", "level": "3"}, {"entity_type": "1"}],
    fails=[{"entity_type": "10"}, {"entity_type": "11"}],
    bad_rows_where="""
        entity_type in ('9', '10', '11', '12', '13')
        and level is null
    """,
)
