"""Defects of the monthly totals, injected after the totals are made."""

from __future__ import annotations

import numpy as np

from ingest.demo.defect import (
    IMPOSSIBLE,
    Defect,
    Place,
    always,
    cell,
    cleared,
    fact,
    one_of,
    rule,
    sent,
)
from ingest.demo.rows import Array


def totals() -> list[Defect]:
    """The defects of `aggregate_summary`, injected after the totals are made."""
    name = "aggregate_summary"
    recounted = one_of("metric_id", "T01", "T02", "T03", "T04", "T06", "T07", "T08", "T09", "T11", "T12")

    def monthly(place: Place) -> Array:
        others = (place.rows.period != "2025-10") & (place.rows.unit != "JUS")
        return np.asarray(recounted(place) & others)

    def has_rows(place: Place) -> Array:
        return monthly(place) & (place.rows["value_period"] > 1) & ~place.given("district")

    return [
        rule("total_of_another_department", name, "dept", "AS001", "hold", monthly, sent("dept", always("JUS"))),
        rule(
            "total_of_another_period",
            name,
            "report_period",
            "AS002",
            "hold",
            monthly,
            sent("report_period", always("2025-09")),
        ),
        rule(
            "year_below_month",
            name,
            "value_ytd",
            "AS003",
            "warn",
            has_rows,
            sent("value_ytd", lambda p, index: p.rows["value_period"][index] - 1),
        ),
        rule(
            "all_below_year",
            name,
            "value_cum",
            "AS004",
            "warn",
            has_rows,
            sent("value_cum", lambda p, index: p.rows["value_ytd"][index] - 1),
        ),
        rule("unit_against_metric", name, "unit", "AS005", "warn", monthly, sent("unit", always("家"))),
        rule(
            "beyond_hundred_percent",
            name,
            "value_period",
            "AS006",
            "hold",
            one_of("unit", "%"),
            sent("value_period", always(103.5)),
        ),
        rule(
            "total_against_rows",
            name,
            "value_period",
            "AS901",
            "warn",
            has_rows,
            sent("value_period", lambda p, index: p.rows["value_period"][index] - 1, meant=True),
        ),
        fact(name, "value_period", "type", cell("value_period", "若干"), monthly),
        fact(name, "unit", "required", cleared("unit"), monthly),
        fact(name, "metric_id", "listed", cell("metric_id", "T99"), monthly),
        fact(name, "fill_date", "type", cell("fill_date", *IMPOSSIBLE), monthly),
    ]
