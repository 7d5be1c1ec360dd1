"""CT907: No class's certificate is older than the class: one finding per class and submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT907",
    dataset="certificate",
    severity="warning",
    fields=("issue_date", "class_id"),
    message="发证日期早于所在班级的开班日期，本班涉及 {rows} 本。",
    why="培训之前取得的证书不能算作这个班的成果。",
    fix="请核对发证日期和班级编号；与培训无关的证书请清空班级编号。",
    basis="深人社发〔2025〕51号（二十二）",
    passes=[
        {
            "certificate": [{"class_id": "SZ-0001", "issue_date": "2026-06-10"}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10"}],
        }
    ],
    fails=[
        {
            "certificate": [{"class_id": "SZ-0001", "issue_date": "2026-06-09"}],
            "known_class": [{"class_id": "SZ-0001", "start_date": "2026-06-10"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        join known_class as class using (class_id)
        where issue_date < start_date
        group by submission_id, class_id
    """,
)
