"""CL902: A class with certificates or payments had trainees: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

NAMING = ("certificate", "subsidy_payment")

rule(
    code="CL902",
    dataset=NAMING,
    severity="warning",
    fields=("class_id",),
    message="证书或补贴所在的班级还没有报送任何学员，本班涉及 {rows} 行。",
    why="没有学员的班级算不出取证率，也不应发放补贴，多半是班级编号填错。",
    fix="请核对班级编号；如学员名单尚未报送，报送后会自动对上。",
    basis="数据报送约定：迟到的引用",
    passes=[
        world
        for name in NAMING
        for world in (
            {
                name: [{"class_id": "SZ-0001"}],
                "known_class": [{"class_id": "SZ-0001"}],
                "known_participation": [{"class_id": "SZ-0001"}],
            },
            {name: [{"class_id": "SZ-0001"}]},
        )
    ],
    fails=[{name: [{"class_id": "SZ-0001"}], "known_class": [{"class_id": "SZ-0001"}]} for name in NAMING],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        semi join known_class using (class_id)
        anti join known_participation using (class_id)
        group by submission_id, class_id
    """,
)
