"""TR020: The household's kind follows from the document."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR020",
    dataset="training_record",
    severity="warning",
    fields=("hukou_type", "id_type"),
    message="户口性质与证件类型不符。",
    why="按户籍分组的统计以户口性质为准，与证件矛盾的会分错组。",
    fix="请核对：港澳台证件的户口性质填30，外国人填40，居民身份证不填30、40。",
    basis="数据合同：户口性质",
    passes=[
        {"id_type": "02", "hukou_type": "30"},
        {"id_type": "06", "hukou_type": "40"},
        {"id_type": "01", "hukou_type": "22"},
        {"id_type": "05", "hukou_type": "50"},
        {"id_type": "04"},
    ],
    fails=[{"id_type": "04", "hukou_type": "12"}, {"id_type": "06", "hukou_type": "30"}, {"hukou_type": "40"}],
    bad_rows_where="""
        case
            when id_type in ('02', '03', '04') then hukou_type <> '30'
            when id_type in ('06', '08') then hukou_type <> '40'
            when coalesce(id_type, '01') = '01' then hukou_type in ('30', '40')
        end
    """,
)
