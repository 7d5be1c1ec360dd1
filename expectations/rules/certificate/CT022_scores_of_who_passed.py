"""CT022: Who holds a certificate has passed."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

LEAST = threshold("pass_score_min", "issue_date")
FAILED = "'不合格', '不及格', '不通过', '未通过', '缺考'"
"""The contract lets scores be words."""

rule(
    code="CT022",
    dataset="certificate",
    severity="warning",
    fields=("theory_score", "practice_score", "cert_type"),
    message="已取得证书，但有一项成绩不合格。",
    why="成绩不合格不能发证，核查证书时以成绩为准。",
    fix="请核对成绩；成绩按百分制填写，只评等级的填合格、良好或优秀。",
    basis="一般考核惯例（未确认）",
    passes=[
        {"cert_type": "02", "theory_score": "60", "practice_score": "合格", "issue_date": "2026-06-01"},
        {"cert_type": "05", "theory_score": "50", "issue_date": "2026-06-01"},
        {"cert_type": "02"},
    ],
    fails=[
        {"cert_type": "02", "theory_score": "59.5", "issue_date": "2026-06-01"},
        {"cert_type": "01", "theory_score": "80", "practice_score": "0", "issue_date": "2026-06-01"},
        {"cert_type": "02", "theory_score": "优秀", "practice_score": "不合格", "issue_date": "2026-06-01"},
    ],
    bad_rows_where=f"""
        cert_type in ('01', '02')
        and (
            least(try_cast(theory_score as double), try_cast(practice_score as double)) < {LEAST}
            or theory_score in ({FAILED})
            or practice_score in ({FAILED})
        )
    """,
)
