"""Which rows of a mart are others in a later publication: told by what they are of, not by where they were sent.

A row that a new submission sends again as it was is the same row at another place. What only the day moved (shares of
time, what is due) is told apart where two publications show different days. Ends at numbers; figures and submissions
are `publication_diff`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from warehouse.vocabulary.mart import marts

NATURAL_KEYS = {
    "bridge_participation_category": ("category_code",),
    "fct_attendance": ("unit_code", "class_key", "person_key", "session_date", "session_start_time"),
    "fct_award": ("unit_code", "award_code", "award_year", "person_key"),
    "fct_certificate": ("unit_code", "certificate_type_code", "certificate_key"),
    "fct_competition": ("unit_code", "competition_id"),
    "fct_demand": ("unit_code", "report_year", "occupation_name", "skill_level_code"),
    "fct_education_fund": ("unit_code", "enterprise_key", "fund_year"),
    "fct_enforcement_case": ("unit_code", "case_id"),
    "fct_enterprise_coverage": (
        "unit_code",
        "enterprise_key",
        "coverage_kind_code",
        "hazard_type_code",
        "report_date",
    ),
    "fct_finding": ("finding_identity",),
    "fct_outcome_followup": ("unit_code", "class_key", "person_key", "check_month"),
    "fct_participation": ("unit_code", "class_key", "person_key"),
    "fct_reported_total": ("unit_code", "period", "metric_id", "district_key", "dimension", "measure_code"),
    "fct_subsidy_payment": ("unit_code", "payment_id"),
    "fct_support_service": ("unit_code", "service_type_code", "person_key", "service_date"),
    "fct_target_contribution": ("target_id", "reading", "period", "component", "fact", "unit_code", "event_date"),
    "fct_task_allocation": ("target_id", "task_split", "task_unit_code", "task_window", "task_version"),
    "fct_wage_guidance": ("unit_code", "report_year", "industry_code", "occupation_code", "skill_level_code"),
}
"""What a row of a table is of, where its key is the place that it was sent at. Several rows may share one, as those of
persons whose pseudonyms are not published: they are counted. A table of places that is not here is compared by all
that its rows say."""
_PLACES = ("submission_id", "row_number", "row_index", "cell", "duplicate_group_key")
BY_DAY = {
    "rpt_demand_supply": ("forecast_state",),
    "rpt_department": ("missing_submissions", "not_due_submissions"),
    "rpt_submission_grid": ("as_of_date", "state"),
    "rpt_target_progress": (
        "as_of_date",
        "cut_off_date",
        "figure_date",
        "status",
        "figure_state",
        "actual_at_cut_off",
        "early_actual",
        "expected_share",
        "pace_ratio",
        "missing_unit_codes",
        "pace_needed",
        "pace_reached",
        "projected_actual",
        "projected_low",
        "projected_high",
        "due_submissions",
        "received_submissions",
        "received_share",
    ),
    "rpt_task_progress": (
        "cut_off_date",
        "done",
        "held_in_district",
        "task_share",
        "expected_share",
        "pace_ratio",
        "status",
        "task_rank",
        "missing_submissions",
    ),
}
"""Columns that say something else on another day over the same submissions."""
WINDOWS = frozenset({"rpt_outcome_rate", "rpt_program_quality"})
"""Tables that count what was due by the day: on another day any of their rows may be others over the same
submissions."""
BEGUN = {"rpt_target_month": "month_date"}
"""Tables that have rows for the time begun, and the column with its first day."""
_LOOKED_AGAIN = {"fct_pull": "state = 'unchanged' or (state = 'unreachable' and looked_at > unreachable_since)"}
"""Tables that have a row for each day on which somebody looked, and which of them tell of the look alone: nothing came,
and the source is not newly away. They come by the clock, whatever day is published."""


@dataclass(frozen=True)
class Rows:
    """How many rows are gone, new, and of the same thing but say something else; those only at another place; those
    that only the day moved; and the columns that say something else, with the number of rows."""

    gone: int
    come: int
    changed: int
    placed: int
    by_day: int
    columns: dict[str, int]

    @property
    def is_moved(self) -> bool:
        return bool(self.gone or self.come or self.changed or self.placed)


def compare(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], days: tuple[dt.date, dt.date]) -> Rows:
    """The rows of `a.<name>` and `b.<name>` by the columns that both have; `days`: what each publication shows."""
    places = _places(name, columns)
    daily = [column for column in BY_DAY.get(name, ()) if column in columns] if days[0] != days[1] else []
    said = [column for column in columns if column not in {*places, *daily}]
    key = _key(name, said)
    left_out = _left_out(name, days)
    kept = f"not ({left_out})" if left_out else "true"
    gone, come, changed = _apart(con, name, key, said, kept)
    if name in WINDOWS and days[0] != days[1]:
        return Rows(0, 0, 0, 0, gone + come + changed, {})
    other = gone + changed
    placed = _others(con, name, [*said, *places], kept) - other if places else 0
    by_day = _others(con, name, [*said, *daily], kept) - other if daily else 0
    if left_out:
        by_day += sum(_apart(con, name, said, said, left_out))
    return Rows(gone, come, changed, placed, by_day, _columns(con, name, key, said) if changed else {})


def _left_out(name: str, days: tuple[dt.date, dt.date]) -> str | None:
    """SQL of the rows that are there because time went on."""
    if name in BEGUN and days[1] > days[0]:
        return f"{BEGUN[name]} > date '{days[0]}'"
    return _LOOKED_AGAIN.get(name)


def _places(name: str, columns: Iterable[str]) -> list[str]:
    """The columns that say where a row was sent, its own key or another row's."""
    if name not in marts() or not name.startswith(("fct_", "bridge_")) or name == "fct_submission":
        return []
    row_keys = {
        mart.primary_key[0]
        for mart in marts().values()
        if mart.name.startswith("fct_") and "row_number" in mart.columns and len(mart.primary_key) == 1
    }
    return [column for column in columns if column in _PLACES or column in row_keys or column == "fact_key"]


def _key(name: str, said: Sequence[str]) -> list[str]:
    keys = NATURAL_KEYS.get(name) or (marts()[name].primary_key if name in marts() else ())
    return list(keys) if keys and set(keys) <= set(said) else list(said)


def _apart(
    con: duckdb.DuckDBPyConnection, name: str, key: Sequence[str], said: Sequence[str], kept: str
) -> tuple[int, int, int]:
    [(gone, come, changed)] = con.execute(
        f"""
        with rows as (
            select hash({_listed(key)}) as k, hash({_listed(said)}) as h, 1 as n from a.{name} where {kept}
            union all
            select hash({_listed(key)}), hash({_listed(said)}), -1 from b.{name} where {kept}
        ),
        others as (select k, sum(n) as n from rows group by k, h having sum(n) <> 0),
        keys as (select sum(greatest(n, 0)) as gone, sum(greatest(-n, 0)) as come from others group by k)
        select coalesce(sum(gone - least(gone, come)), 0), coalesce(sum(come - least(gone, come)), 0),
            coalesce(sum(least(gone, come)), 0)
        from keys
        """
    ).fetchall()
    return int(gone), int(come), int(changed)


def _others(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], kept: str) -> int:
    """Rows of the earlier publication that the later one does not have, column by column."""
    gone, _, changed = _apart(con, name, columns, columns, kept)
    return gone + changed


def _columns(con: duckdb.DuckDBPyConnection, name: str, key: Sequence[str], said: Sequence[str]) -> dict[str, int]:
    """Which columns say something else in how many rows that are alone with their key; the most first."""
    others = [column for column in said if column not in key]
    sides = ", ".join(
        f"{side} as (select *, hash({_listed(key)}) as k from {side}.{name} "
        f"qualify count(*) over (partition by hash({_listed(key)})) = 1)"
        for side in ("a", "b")
    )
    counts = ", ".join(f'count(*) filter (a."{column}" is distinct from b."{column}")' for column in others)
    [told] = con.execute(f"with {sides} select {counts} from a inner join b using (k)").fetchall()
    moved = {column: count for column, count in zip(others, told, strict=True) if count}
    return dict(sorted(moved.items(), key=lambda item: -item[1]))


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)
