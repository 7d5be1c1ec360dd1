"""VL903: A period's file is its own."""

from __future__ import annotations

from expectations.rule import World, rule

EVENTS = (
    "training_class",
    "training_record",
    "attendance",
    "certificate",
    "subsidy_payment",
    "support_service",
    "competition",
    "enforcement_case",
    "aggregate_summary",
)


def examples(earlier: str, later: str) -> list[World]:
    """Two periods with the content that these signs stand for."""
    return [
        {
            name: [],
            "submitted": [
                {"submission_id": period, "dataset": name, "period": period, "received_rows": 1, "sha256": content}
                for period, content in (("2026-05", earlier), ("2026-06", later))
            ],
        }
        for name in EVENTS
    ]


rule(
    code="VL903",
    dataset=(
        "training_class",
        "training_record",
        "attendance",
        "certificate",
        "subsidy_payment",
        "support_service",
        "competition",
        "enforcement_case",
        "aggregate_summary",
    ),
    severity="warning",
    fields=("source_row_no",),
    message="这份文件与本单位另一期报送的文件完全相同。",
    why="同一份文件报了两期，其中一期的数据没有报上来。",
    fix="请核对报告期，按本期实际发生的重新报送。",
    basis="统计法（2024）第九条",
    passes=examples("1", "2"),
    fails=examples("1", "1"),
    scope="across",
    bad_rows="""
        select submission_id, null::bigint as row_index
        from submitted as own
        semi join submitted as earlier
            on
                own.dataset = earlier.dataset
                and own.unit_code = earlier.unit_code
                and own.sha256 = earlier.sha256
                and own.period > earlier.period
        where own.received_rows > 0 and own.dataset = '{batch}'
    """,
)
