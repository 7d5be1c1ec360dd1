"""The bureau's page: targets, participations by month, who needs a call, who owes what, the departments.

Ends at one text.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pages import words
from pages.render import department, environment, grid, month_chart, target_cards
from pages.render.call_list import calls
from warehouse.vocabulary import reference

SHOWN_CALLS = 8
"""The others are folded away."""


def bureau_page(
    as_of: dt.date,
    target_rows: Sequence[Mapping[str, Any]],
    months: Sequence[Mapping[str, Any]],
    grid_rows: Sequence[grid.Row],
    rules: Sequence[Mapping[str, Any]] = (),
    unrecognised: Sequence[Mapping[str, Any]] = (),
    publication_id: str | None = None,
    breakdown_rows: Sequence[Mapping[str, Any]] = (),
    held_since: Mapping[str, dt.date] | None = None,
    submissions: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The page over all departments.

    `target_rows`: `rpt_target_progress`; `months`: `rpt_participation_month`; `grid_rows`: `rpt_submission_grid`;
    `rules`: rule, severity, message, fix, findings, submissions, over current submissions;
    `unrecognised`: rows of `register/delivery.parquet` without a submission;
    `breakdown_rows`: `rpt_target_breakdown`; `held_since`: department → day of the oldest error that holds a row;
    `submissions`: rows of `register/submission.parquet`.
    """
    order = {code: place for place, code in enumerate(reference.codes("department"))}
    rows = sorted(grid_rows, key=lambda row: order.get(row["department_code"], len(order)))
    by_department: dict[str, list[grid.Row]] = {}
    for row in rows:
        by_department.setdefault(row["department_code"], []).append(row)
    cards = target_cards.cards(target_rows, as_of, breakdown_rows)
    return environment.page(
        "bureau.html",
        as_of=as_of,
        cards=cards,
        chart=month_chart.chart(months, as_of),
        drawing=month_chart,
        states=grid.STATES,
        marks=grid.MARKS,
        counts=grid.counts(rows),
        heat=grid.heat_map(rows, ("department_code",)),
        totals=department.totals(rows),
        departments=[
            (
                code,
                grid.counts(owed),
                department.totals(owed),
                department.punctuality(owed),
                department.signed([row for row in submissions if row["department_code"] == code]),
            )
            for code, owed in by_department.items()
        ],
        punctuality=department.punctuality(rows),
        signed=department.signed(submissions),
        calls=calls(rows, held_since or {}, as_of),
        shown_calls=SHOWN_CALLS,
        rules=rules,
        unrecognised=unrecognised,
        publication_id=publication_id,
        statuses={status: sum(card.status == status for card in cards) for status in words.STATUSES},
    )
