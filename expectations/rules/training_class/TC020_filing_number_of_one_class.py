"""TC020: A filing number belongs to one class."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC020",
    dataset="training_class",
    severity="warning",
    fields=("filing_no", "class_id"),
    message="几个班级填写了同一个开班备案号。",
    why="备案号用来查这个班的开班资料，一号多班就查不到是哪一班。",
    fix="请核对备案号，每个班填它自己的。",
    basis="常识",
    passes=[
        {"class_id": "SZ-0001", "filing_no": "BA-1"},
        {"class_id": "SZ-0002", "filing_no": "BA-2"},
        {"class_id": "SZ-0003"},
        {"class_id": "SZ-0004"},
    ],
    fails=[{"class_id": "SZ-0005", "filing_no": "BA-5"}, {"class_id": "SZ-0006", "filing_no": "BA-5"}],
    pair=("filing_no",),
    apart="class_id",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, filing_no
            from {batch}
            where filing_no is not null
            group by all
            having min(class_id) <> max(class_id)
        ) using (submission_id, filing_no)
    """,
)
