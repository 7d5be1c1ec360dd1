"""SP909: A subsidy is paid by the standard in force."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP909",
    dataset="subsidy_payment",
    severity="warning",
    fields=("standard_amount", "subsidy_type"),
    message="补贴标准与发放时执行的标准不同。",
    why="差异化补贴按公布的标准发放，标准不同的会多发或少发。",
    fix="请核对补贴项目、职业、等级和补贴标准；标准有调整的，请联系市局报送补贴标准。“应为”一栏来自报送的补贴标准。",
    basis="深人社发〔2025〕51号（二十一）差异化补贴机制",
    passes=[
        {
            "subsidy_payment": [
                {"subsidy_type": "01", "skill_level": "5", "standard_amount": 120000, "pay_date": "2026-02-01"}
            ],
            "subsidy_standard": [
                {"subsidy_type": "01", "amount": 60000, "from_date": "2025-01-01"},
                {"subsidy_type": "01", "skill_level": "5", "amount": 120000, "from_date": "2026-01-01"},
                {"subsidy_type": "01", "skill_level": "5", "amount": 100000, "from_date": "2025-01-01"},
            ],
        },
        {
            "subsidy_payment": [{"subsidy_type": "01", "standard_amount": 78000, "pay_date": "2026-02-01"}],
            "subsidy_standard": [
                {"subsidy_type": "01", "amount": 60000, "from_date": "2025-01-01"},
                {"subsidy_type": "01", "person_category": "02", "amount": 78000, "from_date": "2025-01-01"},
            ],
        },
        {
            "subsidy_payment": [{"subsidy_type": "02", "standard_amount": 78000, "pay_date": "2026-02-01"}],
            "subsidy_standard": [
                {"subsidy_type": "01", "amount": 60000, "from_date": "2025-01-01"},
                {"subsidy_type": "02", "amount": 60000, "from_date": "2025-01-01", "to_date": "2026-01-31"},
                {"subsidy_type": "02", "skill_level": "3", "amount": 60000, "from_date": "2025-01-01"},
            ],
        },
    ],
    fails=[
        {
            "subsidy_payment": [
                {"subsidy_type": "01", "skill_level": "5", "standard_amount": 100000, "pay_date": "2026-02-01"}
            ],
            "subsidy_standard": [
                {"subsidy_type": "01", "amount": 100000, "from_date": "2025-01-01"},
                {"subsidy_type": "01", "skill_level": "5", "amount": 120000, "from_date": "2025-01-01"},
            ],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, row_index, printf('%.2f', in_force / 100) as expected
        from (
            select
                own.submission_id,
                own.row_index,
                own.standard_amount,
                standards.amount as in_force,
                row_number() over (
                    partition by own.submission_id, own.row_index
                    order by
                        standards.occupation_code is null,
                        standards.skill_level is null,
                        standards.from_date desc,
                        abs(own.standard_amount - standards.amount),
                        standards.submission_id,
                        standards.row_index
                ) as place
            from {batch} as own
            join subsidy_standard as standards
                on
                    own.subsidy_type = standards.subsidy_type
                    and coalesce(own.occupation_code = standards.occupation_code, standards.occupation_code is null)
                    and coalesce(own.skill_level = standards.skill_level, standards.skill_level is null)
                    and coalesce(own.pay_date, own.approve_date, own.apply_date, own.period_end_date)
                    between standards.from_date and coalesce(standards.to_date, date '9999-12-31')
            where own.standard_amount is not null
        )
        where place = 1 and standard_amount <> in_force
    """,
)
