"""SP906: Who trains applies when the class is over."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP906",
    dataset="subsidy_payment",
    severity="warning",
    fields=("apply_date", "class_id"),
    message="申请日期早于所在班级的结业日期。",
    why="培训补贴在结业后申请，日期倒挂的会被退回。",
    fix="请核对申请日期和班级编号；如班级提前结业，请更正开班备案。",
    basis="人社厅发〔2022〕15号",
    passes=[
        {
            "subsidy_payment": [{"class_id": "SZ-0001", "subsidy_type": "02", "apply_date": "2026-06-10"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-06-10"}],
        },
        {
            "subsidy_payment": [{"class_id": "SZ-0001", "subsidy_type": "01", "apply_date": "2026-06-09"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-06-10"}],
        },
    ],
    fails=[
        {
            "subsidy_payment": [{"class_id": "SZ-0001", "subsidy_type": "02", "apply_date": "2026-06-09"}],
            "known_class": [{"class_id": "SZ-0001", "end_date": "2026-06-10"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, '不早于 ' || end_date as expected
        from {batch}
        join known_class using (class_id)
        where subsidy_type in ('02', '04') and apply_date < end_date
    """,
)
