"""What the dashboard asks of a publication: one query per table of its pages, totals only. Ends at SQL.

Every query gives its rows in one order, so that the same publication makes the same bytes.
"""

from __future__ import annotations

import datetime as dt

from warehouse.vocabulary import policy

_TARGET = """
select * from rpt_target_progress order by target_id, reading, period_start_date, period
"""
_TARGET_MONTH = """
select target_id, reading, period, strftime(month_date, '%Y-%m') as month, counted, totals_only, cumulative_actual
from rpt_target_month order by all
"""
_TARGET_PIECE = """
select
    target_id, period, breakdown, code, coalesce(code_name, code) as name, actual, counted, opening_balance, totals_only
from rpt_target_breakdown where reading = 'main' order by all
"""
_FUNDING = """
select strftime(month_date, '%Y-%m') as month, funding_group, participations, counted, headline
from rpt_participation_month order by all
"""
_TRAINING = """
with cells as (
    select
        strftime(event_date, '%Y-%m') as month, counted_department_code as department,
        coalesce(venue_district_key, 'none') as district, special_action_code as action,
        count(*) as counted, count(*) filter (counts_to_headline) as headline
    from fct_participation where is_counted and event_date is not null
    group by all
)
select
    month, department, district, action,
    case when action in ({sensitive_actions}) and counted < {smallest} then null else counted end as counted,
    case when action in ({sensitive_actions}) and counted < {smallest} then null else headline end as headline
from cells order by all
"""
_CERTIFICATE = """
select
    strftime(issue_date, '%Y-%m') as month, counted_department_code as department, district_key as district,
    certificate_type_code as type, coalesce(skill_level_code, 'none') as level, count(*) as counted
from fct_certificate where is_counted and issue_date is not null
group by all order by all
"""
_CATEGORY = """
select calendar_year as year, category_code as category, participations, persons
from rpt_participation_category order by all
"""
_DEMAND = """
select
    calendar_year as year, breakdown, code, coalesce(code_name, code) as name, pairing, forecasting_departments,
    lead_department_code as department, forecast_state as state, demand_count, gap_count, training_need_count,
    is_urgent, enrolled, trained, trained_persons, certificates, followed, employed, trained_with_need,
    training_need_share
from rpt_demand_supply where skill_level_code = 'all' order by all
"""
_QUALITY = """
select
    subject_kind as kind, subject_key as key, quality_kind as training, coalesce(subject_name, subject_key) as name,
    strftime(first_month_date, '%Y-%m') as first_month, strftime(last_day_date, '%Y-%m') as last_month, participations,
    persons, completed, certified, completion_rate, pass_rate, certificate_rate, employment_rate, practice_rate,
    stability_rate, level_raised_rate, paid_fen_per_certified, evaluation, quality_index, peers, low_percentile,
    median_index, is_low, implementing_department_code as department
from rpt_program_quality
where subject_kind <> 'class'
order by kind, training, quality_index nulls last, key
"""
_OUTCOME = """
select
    subject_kind as kind, subject_key as key, completion_year as year, rate, check_month, evaluation, due_count,
    known_count, reached_count, known_share, rate_share, lowest_share
from rpt_outcome_rate order by kind, key, year, rate, check_month
"""
_GRID = """
select
    department_code as department, left(period, 4) as year, state, outcome, count(*) as submissions,
    cast(coalesce(sum(received_rows), 0) as bigint) as received_rows,
    cast(coalesce(sum(accepted_rows), 0) as bigint) as accepted_rows,
    cast(coalesce(sum(held_rows), 0) as bigint) as held_rows,
    count(*) filter (is_confirmed) as confirmed
from rpt_submission_grid group by all order by all
"""
_DEPARTMENT = """
select
    department_code as department, cast(sum(reported_participations) as bigint) as reported,
    cast(sum(counted_participations) as bigint) as counted,
    cast(sum(duplicate_participations) as bigint) as duplicates,
    cast(sum(reported_certificates) as bigint) as reported_certificates,
    cast(sum(counted_certificates) as bigint) as counted_certificates,
    cast(sum(critical_findings) as bigint) as critical_findings,
    cast(sum(warning_findings) as bigint) as warning_findings
from rpt_department group by department_code order by department_code
"""
_RECONCILIATION = """
select
    dataset, accepted_rows, held_back_rows, superseded_rows, enterprise_rows, merged_rows, fact_rows
from rpt_row_reconciliation order by dataset
"""


def queries(as_of: dt.date) -> dict[str, str]:
    """Table of the pages → its query, with what the bureau decided for the publication's day.

    Totals of special actions whose trainees may be persons of sensitive groups are shown from the smallest published
    total on, as in the marts.
    """
    actions = ", ".join(f"'{code}'" for code in policy.codes("sensitive_action_code", as_of))
    smallest = policy.number("smallest_published_total", as_of)
    return _QUERIES | {"training": _TRAINING.format(sensitive_actions=actions, smallest=smallest)}


_QUERIES = {
    "target": _TARGET,
    "target_month": _TARGET_MONTH,
    "target_piece": _TARGET_PIECE,
    "funding": _FUNDING,
    "training": _TRAINING,
    "certificate": _CERTIFICATE,
    "category": _CATEGORY,
    "demand": _DEMAND,
    "quality": _QUALITY,
    "outcome": _OUTCOME,
    "grid": _GRID,
    "department": _DEPARTMENT,
    "reconciliation": _RECONCILIATION,
}
