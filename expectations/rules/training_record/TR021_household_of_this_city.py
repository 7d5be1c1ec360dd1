"""TR021: The household's kind agrees with its place."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR021",
    dataset="training_record",
    severity="warning",
    fields=("hukou_type", "hukou_region"),
    message="户口性质写的本地或外地，与户籍所在地不一致。",
    why="本地和外地户籍分开统计，两项矛盾时不知道算哪一边。",
    fix="请核对：户籍在深圳的填本地（11、21），不在深圳的填外地（12、22）。",
    basis="数据合同：户口性质",
    passes=[
        {"hukou_type": "11", "hukou_region": "440305"},
        {"hukou_type": "22", "hukou_region": "430102"},
        {"hukou_type": "50", "hukou_region": "430102"},
        {"hukou_type": "11"},
        {"hukou_type": "21", "hukou_region": "441521"},
    ],
    fails=[{"hukou_type": "12", "hukou_region": "440305"}, {"hukou_type": "21", "hukou_region": "430102"}],
    bad_rows_where="""
        left(hukou_region, 4) = '4403' and hukou_type in ('12', '22')
        or left(hukou_region, 4) not in ('4403', '4415') and hukou_type in ('11', '21')
    """,
)
