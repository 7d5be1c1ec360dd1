"""TR903: Nobody completes before the class starts: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR903",
    dataset="training_record",
    severity="warning",
    fields=("completion_date", "class_id"),
    message="结业时间早于所在班级的开班日期，本班涉及 {rows} 行。",
    why="人次按结业时间计入月份，早于开班说明时间或班级有一项填错。",
    fix="请核对结业时间和班级编号；如开班日期有误，请更正开班备案。",
    basis="常识",
    passes=[
        {
            "training_record": [{"class_id": "SZ-0001", "completed": True, "completion_date": "2026-06-10"}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10"}],
        },
        {
            "training_record": [{"class_id": "SZ-0001", "completed": True}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10"}],
        },
    ],
    fails=[
        {
            "training_record": [{"class_id": "SZ-0001", "completed": True, "completion_date": "2026-06-09"}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        join known_class as class using (class_id)
        where completed and completion_date < start_date
        group by submission_id, class_id
    """,
)
