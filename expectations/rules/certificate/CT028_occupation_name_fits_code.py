"""CT028: A name that the classification gives to another code."""

from __future__ import annotations

from expectations.occupation import CODE_OF_THE_NAME, NAME_OF_ANOTHER_CODE
from expectations.rule import rule

rule(
    code="CT028",
    dataset="certificate",
    severity="warning",
    fields=("occupation_code", "occupation_name"),
    message="职业编码与职业名称不一致：该名称属于另一个编码。",
    why="取证人次按职业编码统计，编码与名称不符会计到另一个职业。",
    fix="请对照证书和《职业分类大典（2022年版）》核对编码和名称。",
    basis="职业分类大典（2022年版）",
    passes=[
        {"occupation_code": "4-10-01-05", "occupation_name": "养老护理员"},
        {"occupation_code": "4-10-01-01", "occupation_name": "育婴员"},
        {"occupation_code": "4-10-01-05", "occupation_name": "本企业工种"},
        {"occupation_name": "养老护理员"},
    ],
    fails=[
        {"occupation_code": "4-10-01-01", "occupation_name": "养老护理员"},
        {"occupation_code": "4-10-01-05", "occupation_name": "育婴员"},
    ],
    expected=CODE_OF_THE_NAME,
    bad_rows_where=NAME_OF_ANOTHER_CODE,
)
