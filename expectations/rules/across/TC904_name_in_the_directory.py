"""TC904: An institution bears the directory's name: one finding per institution and submission."""

from __future__ import annotations

from expectations.identity import full_match
from expectations.rule import rule

PLAIN = "translate({0}, '（） ', '()')"
"""Blanks and the width of brackets make no other name."""

rule(
    code="TC904",
    dataset="training_class",
    severity="warning",
    fields=("org_name", "org_uscc"),
    message="培训机构名称与机构目录中同一信用代码的名称不同，本次报送涉及 {rows} 个班。",
    why="名称和代码有一项填错，班级就会算到别的机构名下。",
    fix="请对照营业执照或登记证书核对名称和代码；机构已更名的，请主管部门更新目录。",
    basis="人社厅发〔2022〕15号 两目录一系统",
    passes=[
        {
            "training_class": [{"org_uscc": "1", "org_name": "甲 学校"}],
            "known_institution": [{"uscc": "1", "name": "甲学校"}],
        },
        {
            "training_class": [{"org_uscc": "2", "org_name": "乙学校"}],
            "known_institution": [{"uscc": "1", "name": "甲学校"}],
        },
        {
            "training_class": [{"org_uscc": "1", "org_name": "91350100M000100Y43"}],
            "known_institution": [{"uscc": "1", "name": "甲学校"}],
        },
    ],
    fails=[
        {
            "training_class": [{"org_uscc": "1", "org_name": "乙学校"}],
            "known_institution": [{"uscc": "1", "name": "甲学校"}],
        }
    ],
    scope="across",
    bad_rows=f"""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {{batch}} as class
        semi join (
            select uscc
            from known_institution
            where name is not null
        ) as listed
            on listed.uscc = class.org_uscc
        anti join known_institution as same
            on
                same.uscc = class.org_uscc
                and {PLAIN.format("same.name")} = {PLAIN.format("class.org_name")}
        where not {full_match("org_name", "[0-9A-Z]{8,}")}
        group by submission_id, org_uscc
    """,
)
