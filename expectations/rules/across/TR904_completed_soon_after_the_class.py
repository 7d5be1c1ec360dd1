"""TR904: Who completes does so when the class ends: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

DAYS = 60
"""Time for exams that are taken again."""

rule(
    code="TR904",
    dataset="training_record",
    severity="info",
    fields=("completion_date", "class_id"),
    message="结业时间晚于所在班级的结业日期60天以上，本班涉及 {rows} 行。",
    why="间隔过长多半是班级填错，人次会计到别的班和月份。",
    fix="请核对结业时间和班级编号；补考结业的不必修改。",
    basis="常识",
    passes=[
        {
            "training_record": [{"class_id": "SZ-0001", "completed": True, "completion_date": "2026-06-30"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-05-01"}],
        }
    ],
    fails=[
        {
            "training_record": [{"class_id": "SZ-0001", "completed": True, "completion_date": "2026-06-30"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-04-30"}],
        }
    ],
    scope="across",
    bad_rows=f"""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {{batch}}
        join known_class as class using (class_id)
        where completed and completion_date > end_date + {DAYS}
        group by submission_id, class_id
    """,
)
