"""SP905: No more are paid for than completed."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP905",
    dataset="subsidy_payment",
    severity="warning",
    fields=("person_count", "class_id"),
    message="补贴人数比这个班报送的结业人数多出一成以上。",
    why="多出的人数没有结业记录，核查时会被当作多领。",
    fix="请核对人数和班级编号；如学员名单有遗漏，请更正学员名单。",
    basis="人社厅发〔2022〕15号",
    passes=[
        {
            "subsidy_payment": [{"class_id": "SZ-0001", "person_count": 34}],
            "known_participation": [{"class_id": "SZ-0001", "completers": 30}],
        },
        {"subsidy_payment": [{"class_id": "SZ-0001", "person_count": 34}]},
    ],
    fails=[
        {
            "subsidy_payment": [{"class_id": "SZ-0001", "person_count": 35}],
            "known_participation": [{"class_id": "SZ-0001", "completers": 30}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, '不多于 ' || cast(completers as bigint) as expected
        from {batch}
        join known_participation using (class_id)
        where person_count > 1.1 * completers + 1
    """,
)
