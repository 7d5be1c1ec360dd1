"""AT902: No platform logs who comes to a classroom: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT902",
    dataset="attendance",
    severity="info",
    fields=("check_method", "class_id"),
    message="班级的培训方式是线下，考勤方式却是线上平台日志，本班涉及 {rows} 行。",
    why="线上和线下课时的认定办法不同，方式填错会影响课时认定。",
    fix="请核对考勤方式；有线上课程的，请把开班备案的培训方式改为线上线下结合。",
    basis="数据报送约定：考勤方式",
    passes=[
        {
            "attendance": [{"class_id": "SZ-0001", "check_method": "5"}],
            "known_class": [{"class_id": "SZ-0001", "training_mode": "3"}],
        },
        {
            "attendance": [{"class_id": "SZ-0001", "check_method": "1"}],
            "known_class": [{"class_id": "SZ-0001", "training_mode": "1"}],
        },
    ],
    fails=[
        {
            "attendance": [{"class_id": "SZ-0001", "check_method": "5"}],
            "known_class": [{"class_id": "SZ-0001", "training_mode": "1"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        join known_class as class using (class_id)
        where check_method = '5' and training_mode = '1'
        group by submission_id, class_id
    """,
)
