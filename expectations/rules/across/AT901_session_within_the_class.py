"""AT901: A session lies within its class."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="AT901",
    dataset="attendance",
    severity="warning",
    fields=("session_date", "class_id"),
    message="上课日期不在所在班级的起止日期之内。",
    why="开班前和结业后的学时不能计入这个班。",
    fix="请核对上课日期和班级编号；如班级延期，请更正开班备案的日期。",
    basis="常识",
    passes=[
        {
            "attendance": [{"class_id": "SZ-0001", "session_date": "2026-06-10"}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10", "end_date": "2026-06-10"}],
        },
        {"attendance": [{"class_id": "SZ-0001", "session_date": "2026-06-10"}]},
    ],
    fails=[
        {
            "attendance": [{"class_id": "SZ-0001", "session_date": "2026-06-11"}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10", "end_date": "2026-06-10"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        join known_class using (class_id)
        where session_date not between start_date and end_date
    """,
)
