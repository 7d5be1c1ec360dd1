"""CL901: The class has been filed by somebody: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

REFERRING = ("training_record", "attendance", "certificate", "subsidy_payment", "outcome_followup")

rule(
    code="CL901",
    dataset=REFERRING,
    severity="warning",
    fields=("class_id",),
    message="开班备案中没有这个班级，本次报送涉及 {rows} 行。",
    why="班级的资金来源和项目决定人次计入哪项任务，找不到班级的人次暂不计入。",
    fix="请核对班级编号；如尚未报送开班备案，报送后会自动对上，本行不必重报。",
    basis="数据报送约定：迟到的引用",
    passes=[{name: [{"class_id": "SZ-0001"}], "known_class": [{"class_id": "SZ-0001"}]} for name in REFERRING],
    fails=[
        {name: [{"class_id": "SZ-0002"}, {"class_id": "SZ-0002"}], "known_class": [{"class_id": "SZ-0001"}]}
        for name in REFERRING
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        where class_id not in (select class_id from known_class)
        group by submission_id, class_id
    """,
)
