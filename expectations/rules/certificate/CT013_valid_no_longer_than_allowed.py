"""CT013: Permits are valid for so many years."""

from __future__ import annotations

from expectations.rule import rule
from expectations.threshold import threshold

YEARS = (
    "case cert_type"
    f" when '04' then {threshold('operation_card_years', 'issue_date')}"
    f" when '06' then {threshold('building_card_years', 'issue_date')}"
    f" when '08' then {threshold('safety_certificate_years', 'issue_date')}"
    " end"
)

rule(
    code="CT013",
    dataset="certificate",
    severity="warning",
    fields=("valid_until", "issue_date", "cert_type"),
    message="有效期超过这类证书规定的年限。",
    why="有效期填长，到期未复审的证书会被当作有效。",
    fix="请对照证书核对有效期至和发证日期。",
    basis="特种作业人员安全技术培训考核管理规定；建筑施工特种作业人员管理规定",
    passes=[
        {"cert_type": "04", "issue_date": "2026-06-01", "valid_until": "2032-06-01"},
        {"cert_type": "06", "issue_date": "2026-06-01", "valid_until": "2028-05-31"},
        {"cert_type": "02", "issue_date": "2026-06-01", "valid_until": "2099-01-01"},
        {"cert_type": "08", "issue_date": "2026-06-01"},
    ],
    fails=[
        {"cert_type": "04", "issue_date": "2026-06-01", "valid_until": "2032-06-02"},
        {"cert_type": "06", "issue_date": "2026-06-01", "valid_until": "2032-06-01"},
        {"cert_type": "08", "issue_date": "2026-06-01", "valid_until": "2036-06-01"},
    ],
    expected=f"'不超过 ' || {YEARS} || ' 年'",
    bad_rows_where=f"""
        valid_until > issue_date + to_years(cast({YEARS} as integer))
    """,
)
