"""Defects of the monthly totals, injected after the totals are made. Ends at a list."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.defect import (
    IMPOSSIBLE,
    Change,
    Defect,
    Kind,
    Place,
    Where,
    all_of,
    also,
    always,
    cell,
    cleared,
    fact,
    one_of,
    period_day,
    rule,
    sent,
)
from demo.rows import CLEAN, Array, last_day
from expectations import recount
from warehouse.vocabulary import policy


def totals() -> list[Defect]:
    """The defects of `aggregate_summary`, injected after the totals are made."""
    name = "aggregate_summary"
    recounted = one_of("metric_id", *(target for dataset in recount.DATASETS for target in recount.conditions(dataset)))

    def monthly(place: Place) -> Array:
        last = last_day(place.end)
        has_rows_too = ~np.isin(place.rows.unit, policy.codes("totals_only_department", last))
        is_opening = place.rows.period == policy.value("opening_balance_period", last)
        return np.asarray(recounted(place) & has_rows_too & ~is_opening)

    def more_by(amount: float, field: str) -> Change:
        return sent(field, lambda p, index: p.rows[field][index] + amount, meant=True)

    def where_also(month: str, is_so: Callable[[Place], Array]) -> Where:
        """Totals whose unit has another one of the metric, in another month, that is so."""

        def where(place: Place) -> Array:
            keys = list(zip(place.rows.unit.tolist(), place.rows["metric_id"].tolist(), strict=True))
            there = np.flatnonzero(is_so(place) & (place.rows.period == month))
            present = {keys[index] for index in there.tolist()}
            return np.array([key in present for key in keys], dtype=bool)

        return where

    def last_of_a_year_begun(place: Place) -> Array:
        is_begun = place.start != place.start.astype("datetime64[Y]")
        return np.asarray(has_rows(place) & (place.end == np.datetime64(last_day(place.end))) & is_begun)

    def has_rows(place: Place) -> Array:
        return monthly(place) & (place.rows["value_period"] > 1) & ~place.filled("district")

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
            also(*(more_by(-1, field) for field in ("value_period", "value_ytd", "value_cum"))),
        ),
        rule(
            "half_an_institution",
            name,
            "value_period",
            "AS007",
            "warn",
            one_of("metric_id", "Q02", "Q03", "Q05", "Q09", "Q12"),
            also(*(more_by(0.5, field) for field in ("value_period", "value_ytd", "value_cum"))),
        ),
        rule(
            "total_of_the_first_year",
            name,
            "value_cum",
            "AS008",
            "warn",
            all_of(
                has_rows,
                lambda p: p.rows.period == "2025-12",
                where_also("2026-01", lambda p: p.rows["value_period"] > 1),
            ),
            sent("value_cum", lambda p, index: p.rows["value_ytd"][index] + 1),
        ),
        rule(
            "year_before_january",
            name,
            "value_ytd",
            "AS009",
            "warn",
            lambda p: has_rows(p) & (p.rows.period == "2026-01"),
            sent("value_ytd", lambda p, index: p.rows["value_period"][index] + 1),
        ),
        rule(
            "signed_by_one",
            name,
            "reviewer",
            "AS010",
            "warn",
            monthly,
            sent("reviewer", lambda p, index: p.rows["preparer"][index]),
        ),
        rule("signed_by_nobody", name, "reviewer", "AS011", "warn", monthly, cleared("reviewer")),
        rule("filled_in_early", name, "fill_date", "AS012", "warn", monthly, sent("fill_date", period_day("end", -8))),
        rule(
            "percentage_as_fraction",
            name,
            "value_period",
            "AS014",
            "warn",
            one_of("unit", "%"),
            sent("value_period", lambda p, index: p.rows["value_period"][index] / 100),
        ),
        rule(
            "total_of_another_district",
            name,
            "district",
            "AS015",
            "hold",
            lambda p: monthly(p) & p.filled("district"),
            sent("district", lambda p, index: np.where(p.rows["district"][index] == "440306", "440305", "440306")),
        ),
        rule(
            "year_does_not_add_up",
            name,
            "value_ytd",
            "AS904",
            "warn",
            last_of_a_year_begun,
            also(more_by(5000, "value_ytd"), more_by(5000, "value_cum")),
        ),
        fact(name, "value_period", "type", cell("value_period", "若干"), monthly),
        fact(name, "unit", "required", cleared("unit"), monthly),
        fact(name, "metric_id", "listed", cell("metric_id", "T99"), monthly),
        fact(name, "fill_date", "type", cell("fill_date", *IMPOSSIBLE), monthly),
        Defect(
            Kind("totals_fall", name, "value_cum", ("AS902", "AS903"), "warn"),
            lambda p: (
                has_rows(p)
                & (p.rows.period == "2025-12")
                & where_also("2025-11", lambda p: p.rows.label == CLEAN)(p)  # this defect is injected last
                & (p.rows["value_ytd"] - p.rows["value_period"] > p.rows["value_period"])
            ),
            also(
                *(sent(field, lambda p, index: p.rows["value_period"][index]) for field in ("value_ytd", "value_cum"))
            ),
        ),
    ]
