"""TC906: An institution trains for what its directory entry lists: one finding per institution and occupation."""

from __future__ import annotations

from expectations.rule import rule

ENTRY = {"uscc": "1", "valid_from": "2025-01-01"}
CLASS = {"org_uscc": "1", "occupation_code": "4-10-01-05", "start_date": "2026-06-01"}

rule(
    code="TC906",
    dataset="training_class",
    severity="warning",
    fields=("occupation_code", "org_uscc"),
    message="开班日当天该培训机构的职业清单中没有这个职业，本次报送涉及 {rows} 个班。",
    why="机构只能在目录载明的职业范围内承担补贴性培训，超出范围的班不能确认合规。",
    fix="请核对职业编码和机构代码；机构确已增加这个职业的，请主管部门更新目录中的职业清单，更新后会自动对上。",
    basis="人社厅发〔2022〕15号 两目录一系统",
    passes=[
        {"training_class": [CLASS], "known_institution": [ENTRY | {"occupations": "6-31-01-03;4-10-01-05"}]},
        {"training_class": [CLASS], "known_institution": [ENTRY]},
        {
            "training_class": [{"org_uscc": "1", "start_date": "2026-06-01"}],
            "known_institution": [ENTRY | {"occupations": "6-31-01-03"}],
        },
        {
            "training_class": [CLASS],
            "known_institution": [ENTRY | {"occupations": "6-31-01-03"}, ENTRY | {"occupations": "4-10-01-05"}],
        },
    ],
    fails=[
        {"training_class": [CLASS], "known_institution": [ENTRY | {"occupations": "6-31-01-03"}]},
        {
            "training_class": [CLASS],
            "known_institution": [
                ENTRY | {"occupations": "6-31-01-03"},
                ENTRY | {"occupations": "4-10-01-05", "valid_to": "2026-05-31"},
            ],
        },
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from (
            select
                class.submission_id,
                class.row_index,
                class.org_uscc,
                class.occupation_code,
                bool_or(list_contains(string_split(known.occupations, ';'), class.occupation_code)) as is_listed
            from {batch} as class
            join known_institution as known
                on
                    known.uscc = class.org_uscc
                    and known.valid_from <= class.start_date
                    and coalesce(known.valid_to, class.start_date) >= class.start_date
            where class.occupation_code is not null and known.occupations is not null
            group by all
        )
        where not is_listed
        group by submission_id, org_uscc, occupation_code
    """,
)
