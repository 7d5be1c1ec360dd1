"""The city's totals as views without small groups, for who sees totals only. Ends at the views' statements.

A row in which a count is below the smallest published total and not 0 shows no figures. Where that hides a part of a
whole, for each of its counts the smallest other part goes too, so that none can be found by subtracting what is shown
from the whole.
Hidden rows stay as rows, marked by `is_suppressed`. Which parts make up a whole is said per table; a part is hidden
within its own table, not against what a reader knows from elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier, Literal

from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import KIND_OF_UNIT, PROTECTED

_PROTECTED_UNITS = [unit for unit, kind in KIND_OF_UNIT.items() if kind in PROTECTED]
_PEOPLE = (
    "exists (select 1 from dim_target where dim_target.target_id = {table}.target_id and ("
    + " or ".join(f"unit = '{unit}' or unit like '{unit}（%'" for unit in _PROTECTED_UNITS)
    + "))"
)
"""Targets in 人 or 人次. What is in 项, 家 or announced by name (名) is shown however small."""
_TARGET = ("target_id", "reading", "period")


@dataclass(frozen=True)
class Totals:
    """How a report becomes a view.

    Args:
        table: the report.
        counts: columns that count people; one that is too small to be published hides the row.
        hidden: other columns that would betray them.
        wholes: for each whole, the columns whose values its parts share.
        left_out: columns that the view does not have, because their differences are the hidden figures.
        only: which rows the view has.
        people: which rows count people at all.
    """

    table: str
    counts: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    wholes: tuple[tuple[str, ...], ...] = ()
    left_out: tuple[str, ...] = ()
    only: str = "true"
    people: str = "true"

    @property
    def view(self) -> str:
        return self.table.replace("rpt_", "city_", 1)


TOTALS = (
    Totals(
        "rpt_target_progress",
        ("totals_only",),  # of a unit; the city's own figure is always shown
        people=_PEOPLE,
        hidden=("opening_balance", "balance_verified_share"),
    ),
    Totals("rpt_closed_month", ("closed_actual", "actual"), people=_PEOPLE, wholes=(_TARGET,)),
    Totals(
        "rpt_target_month",
        ("counted", "totals_only", "actual"),
        people=_PEOPLE,
        wholes=(_TARGET,),
        left_out=("cumulative_actual",),
    ),
    Totals(
        "rpt_target_breakdown",
        ("actual", "counted", "totals_only"),
        people=_PEOPLE,
        hidden=("opening_balance",),
        only="breakdown <> 'department'",
        wholes=((*_TARGET, "breakdown"),),
    ),
    Totals(
        "rpt_participation_month",
        ("participations", "counted", "headline", "persons"),
        wholes=(("month_date",), ("funding_group",)),
    ),
    Totals("rpt_participation_category", ("participations", "persons"), wholes=(("calendar_year",),)),
    Totals(
        "rpt_program_quality",
        ("participations", "persons", "completed", "examined", "passed", "certificate_known", "certified"),
        hidden=(
            "paid_fen",
            "completion_rate",
            "pass_rate",
            "certificate_rate",
            "level_raised_rate",
            "employment_rate",
            "practice_rate",
            "stability_rate",
            "paid_fen_per_certified",
            "quality_index",
        ),
        # Whose quality is low is said to who has to act, and to nobody else.
        left_out=("low_percentile", "median_index", "is_low", "implementing_department_code", "judged_date"),
        only="subject_kind in ('institution', 'occupation')",
        wholes=(("subject_kind", "quality_kind"),),
    ),
    Totals(
        "rpt_outcome_rate",
        ("due_count", "known_count", "reached_count"),
        hidden=("known_share", "rate_share", "lowest_share"),
        only="subject_kind = 'city'",
    ),
    Totals(
        "rpt_demand_supply",
        ("enrolled", "trained", "trained_persons", "certificates", "followed", "employed", "trained_with_need"),
        hidden=("training_need_share",),
        only="skill_level_code = 'all'",
        wholes=(("calendar_year", "breakdown"),),
    ),
    Totals("rpt_enterprise_register", ("registered_employees", "covered_employees"), hidden=("employee_share",)),
)


def query(totals: Totals, smallest: int) -> str:
    """The view's rows, in SQL that DuckDB and PostgreSQL understand; counts below `smallest` are hidden."""
    mart = marts()[totals.table]
    masked = {*totals.counts, *totals.hidden}
    small = " or ".join(f"({column} > 0 and {column} < {smallest})" for column in totals.counts)
    places, next_to_hide = "", ""
    # Each count has its own part that goes too: one that counts nobody would hide nothing.
    for number, (whole, count) in enumerate(itertools.product(totals.wholes, totals.counts)):
        parts, order = ", ".join(whole), ", ".join([count, *mart.primary_key])
        places += f""",
                bool_or(is_small and {count} > 0) over (partition by {parts}) as hides_{number},
                row_number() over (
                    partition by {parts}, is_small or coalesce({count}, 0) = 0 order by {order}
                ) as place_{number}"""
        next_to_hide += f" or (not is_small and {count} > 0 and hides_{number} and place_{number} = 1)"
    shown = ", ".join(
        f"case when not is_suppressed then {column} end as {column}" if column in masked else column
        for column in mart.columns
        if column not in totals.left_out
    )
    return f"""
    select {shown}, is_suppressed
    from (
        select *, is_small{next_to_hide} as is_suppressed
        from (
            select *{places}
            from (
                select *, coalesce(({small}) and {totals.people.format(table=totals.table)}, false) as is_small
                from {totals.table}
                where {totals.only}
            ) as marked
        ) as placed
    ) as decided"""


def views(readers: list[str], smallest: int) -> Iterator[Composed]:
    """Creates the views with their comments and lets the readers read them; see `query`."""
    for totals in TOTALS:
        mart, view = marts()[totals.table], Identifier(totals.view)
        # A view reads with its owner's rights; the barrier keeps a reader's functions away from what it leaves out.
        yield SQL("create view {} with (security_barrier) as {}").format(view, SQL(query(totals, smallest)))
        yield SQL("comment on view {} is {}").format(
            view, Literal(f"{mart.description} 小于 {smallest} 的数不显示。Groups under {smallest} are not shown.")
        )
        described = {name: text for name, text in mart.descriptions.items() if name not in totals.left_out}
        described["is_suppressed"] = "是否因人数过少而不显示。Whether hidden as, or beside, a small group."
        for column, text in described.items():
            yield SQL("comment on column {}.{} is {}").format(view, Identifier(column), Literal(text))
        yield SQL("grant select on {} to {}").format(view, SQL(", ").join(map(Identifier, readers)))
