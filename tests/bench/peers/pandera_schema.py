"""The 23 checks as a user of pandera writes them, for pandas and for polars, where they are spelled alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from timing import CATEGORY_LIST, CLUSTERS, MOBILE


def schema(pa: Any) -> Any:
    """`pa`: pandera's module for one engine."""

    def column(*checks: Any, nullable: bool = True) -> Any:
        return pa.Column(checks=list(checks), nullable=nullable)

    def listed(*values: str) -> Any:
        return pa.Check.isin(values, error="listed")

    def within(least: object, most: object) -> Any:
        return pa.Check.in_range(least, most, error="range")

    return pa.DataFrameSchema(
        {
            "person_name": column(pa.Check.str_length(2, 50, error="length"), nullable=False),
            "id_type": column(listed("01", "02", "03", "04", "05", "06", "07", "08", "99")),
            "id_no": column(nullable=False),
            "sex": column(listed("0", "1", "2", "9")),
            "birth_date": column(within(dt.date(1900, 1, 1), dt.date(2020, 12, 31))),
            "mobile": column(pa.Check.str_matches(MOBILE, error="format")),
            "class_id": column(pa.Check.str_length(4, 60, error="length"), nullable=False),
            "education": column(listed("10", "20", "30", "40", "50", "60", "70", "80", "90")),
            "hukou_type": column(listed("10", "11", "12", "20", "21", "22", "30", "40", "50")),
            "person_category": column(pa.Check.str_matches(CATEGORY_LIST, error="listed"), nullable=False),
            "industry_cluster": column(listed(*CLUSTERS)),
            "attended_hours": column(within(0, 3000), nullable=False),
            "attendance_rate": column(within(0, 1)),
            "exam_result": column(listed("0", "1", "2", "3"), nullable=False),
            "theory_score": column(within(0, 100)),
            "practice_score": column(within(0, 100)),
            "completed": column(nullable=False),
            "completion_date": column(within(dt.date(2020, 1, 1), dt.date(2030, 12, 31))),
        }
    )
