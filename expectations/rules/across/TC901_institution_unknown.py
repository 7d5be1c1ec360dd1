"""TC901: The institution was in a directory on the day the class started."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC901",
    dataset="training_class",
    severity="warning",
    fields=("org_uscc",),
    message="开班日当天该培训机构不在任何部门的机构目录中，本次报送涉及 {rows} 个班。",
    why="只有目录内的机构才能承担补贴性培训，不在目录的班不能确认合规。",
    fix="请核对机构代码；如机构应在目录中，请主管部门更新目录，更新后会自动对上。",
    basis="人社厅发〔2022〕15号 两目录一系统",
    passes=[
        {
            "training_class": [{"org_uscc": "91350100M000100Y43", "start_date": "2026-06-01"}],
            "known_institution": [{"uscc": "91350100M000100Y43", "valid_from": "2025-01-01", "valid_to": None}],
        },
    ],
    fails=[
        {
            "training_class": [{"org_uscc": "91350100M000100Y43", "start_date": "2026-06-01"}],
            "known_institution": [{"uscc": "91350100M000100Y43", "valid_from": "2025-01-01", "valid_to": "2026-05-31"}],
        },
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch} as class
        where
            not exists (
                select 1
                from known_institution as known
                where
                    known.uscc = class.org_uscc
                    and known.valid_from <= class.start_date
                    and coalesce(known.valid_to, class.start_date) >= class.start_date
            )
        group by submission_id, org_uscc
    """,
)
