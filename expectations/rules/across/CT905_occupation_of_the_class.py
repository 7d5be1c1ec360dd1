"""CT905: A certificate is of the class's occupation: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT905",
    dataset="certificate",
    severity="warning",
    fields=("occupation_code", "class_id"),
    message="证书的职业编码与所在班级的不同，本班涉及 {rows} 本。",
    why="取证率按班级和职业计算，职业不同的证书算不到这个班。",
    fix="请核对职业编码和班级编号。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[
        {
            "certificate": [{"class_id": "SZ-0001", "occupation_code": "4-10-01-05"}],
            "known_class": [{"class_id": "SZ-0001", "occupation_code": "4-10-01-05"}],
        },
        {
            "certificate": [{"class_id": "SZ-0001"}],
            "known_class": [{"class_id": "SZ-0001", "occupation_code": "4-10-01-05"}],
        },
    ],
    fails=[
        {
            "certificate": [{"class_id": "SZ-0001", "occupation_code": "6-31-01-03"}],
            "known_class": [{"class_id": "SZ-0001", "occupation_code": "4-10-01-05"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch} as own
        join known_class as class using (class_id)
        where own.occupation_code <> class.occupation_code
        group by submission_id, class_id
    """,
)
