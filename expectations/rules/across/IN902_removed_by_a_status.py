"""IN902: Who leaves the directory is told to leave."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary import policy

rule(
    code="IN902",
    dataset="institution_directory",
    severity="info",
    fields=("status", "uscc"),
    message="下一期目录中没有这家机构，但没有报送它移出。",
    why="目录以新一期为准，不见了的机构视为当天移出，之后的开班会被提示。",
    fix="请核对是否漏报；确已移出的，在目录中保留并把状态填为移出，写明移出日期。",
    basis="青海2024年通知：移出目录（参照）",
    passes=[
        {
            "institution_directory": [{"uscc": "1", "name": "甲", "period": "2026-05"}],
            "listed_institution": [
                {"number": "1", "name": "甲", "period": "2026-05", "period_end_date": "2026-05-31"},
                {"number": "1", "name": "甲", "period": "2026-06", "period_end_date": "2026-06-30"},
            ],
        },
        {
            "institution_directory": [{"uscc": "1", "name": "甲", "period": "2026-05", "status": "3"}],
            "listed_institution": [
                {"number": "1", "name": "甲", "period": "2026-05", "period_end_date": "2026-05-31"},
                {"number": "2", "name": "乙", "period": "2026-06", "period_end_date": "2026-06-30"},
            ],
        },
        {
            "institution_directory": [{"uscc": "1", "name": "甲", "period": "2026-06"}],
            "listed_institution": [{"number": "1", "name": "甲", "period": "2026-06", "period_end_date": "2026-06-30"}],
        },
        {
            "institution_directory": [{"uscc": "1", "name": "甲", "period": "2026-05"}],
            "listed_institution": [
                {"number": "1", "name": "甲", "period": "2026-05", "period_end_date": "2026-05-31"},
                {"number": "2", "name": "甲", "period": "2026-06", "period_end_date": "2026-06-30"},
            ],
        },
        {
            "institution_directory": [{"uscc": "1", "name": "甲", "period": "2026-05", "entity_type": "18"}],
            "listed_institution": [
                {"number": "1", "name": "甲", "period": "2026-05", "period_end_date": "2026-05-31"},
                {"number": "2", "name": "乙", "period": "2026-06", "period_end_date": "2026-06-30"},
            ],
        },
    ],
    fails=[
        {
            "institution_directory": [{"uscc": "1", "name": "甲", "period": "2026-05"}],
            "listed_institution": [
                {"number": "1", "name": "甲", "period": "2026-05", "period_end_date": "2026-05-31"},
                {"number": "2", "name": "乙", "period": "2026-06", "period_end_date": "2026-06-30"},
            ],
        }
    ],
    scope="across",
    bad_rows=f"""
        select own.submission_id, own.row_index
        from {{batch}} as own
        join (
            select
                unit_code,
                period,
                lead(period) over (partition by unit_code order by period_end_date) as next_period
            from (
                select distinct unit_code, period, period_end_date
                from listed_institution
            )
        ) as following using (unit_code, period)
        anti join listed_institution as later
            on
                later.unit_code = own.unit_code
                and later.period = next_period
                and later.number = coalesce(own.uscc, own.carrier_no)
        anti join listed_institution as named
            on
                named.unit_code = own.unit_code
                and named.period = next_period
                and named.name = own.name
        where
            next_period is not null
            and coalesce(own.status, '1') <> '3'
            and own.valid_to is null
            and not coalesce({policy.is_code("enterprise_type_code", "own.entity_type", "own.period_end_date")}, false)
    """,
)
