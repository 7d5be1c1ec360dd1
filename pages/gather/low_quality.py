"""Institutions whose training of a kind is of low quality, for the department that has to act: by the last publication.

Told to that department alone and on no public page. Ends at rows with the day until which an answer is due.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pages.gather.sources import Sources
from warehouse.vocabulary import deadline

_COLUMNS = "select column_name from (describe published.rpt_program_quality)"
_LOW = """
select
    implementing_department_code as department, subject_key as institution, subject_name as name,
    quality_kind as training, quality_index, median_index, peers, persons, first_month_date, last_day_date, judged_date
from published.rpt_program_quality
where is_low
order by judged_date, quality_kind, quality_index, subject_key
"""


@dataclass(frozen=True)
class LowQuality:
    """One institution and kind of training; `until`: last day for putting it right, adjusting or explaining it."""

    institution: str
    name: str
    training: str
    index: float
    median: float
    peers: int
    persons: int
    first_month: dt.date
    last_day: dt.date
    judged: dt.date
    until: dt.date


def low_quality(sources: Sources, code: str) -> list[LowQuality]:
    """Of a department; none while nothing is published, or by a release that did not judge it yet."""
    if sources.current is None or {"column_name": "is_low"} not in sources.shared_rows(_COLUMNS):
        return []
    return [
        LowQuality(
            institution=row["institution"],
            name=row["name"] or row["institution"],
            training=row["training"],
            index=float(row["quality_index"]),
            median=float(row["median_index"]),
            peers=row["peers"],
            persons=row["persons"],
            first_month=row["first_month_date"],
            last_day=row["last_day_date"],
            judged=row["judged_date"],
            until=deadline.after(row["judged_date"], "quality_answer_workdays"),
        )
        for row in sources.shared_rows(_LOW)
        if row["department"] == code
    ]
