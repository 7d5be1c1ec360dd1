-- Targets that are no count of events: ratios, places standing on the day, and totals that departments report. Which
-- totals is said in reference/target_rules.csv.
with target_rules as (
    select * from {{ ref('stg_target_rule') }}
),

definitions as (
    select * from {{ ref('stg_target_definition') }}
    where measure = 'newest_total'
),

totals as (
    select
        *,
        {{ field_codes({'metric_id': 'metric_id', 'dept': 'department_code'}) }} as codes
    from {{ ref('int_reported_total') }}
    where is_unit_total
),

ratios as (
    select * from {{ ref('int_target_ratio') }}
),

places as (
    select * from {{ ref('int_target_place') }}
),

target_periods as (
    select * from {{ ref('int_target_period') }}
),

rules as (
    select target_rules.*
    from target_rules
    inner join definitions
        on target_rules.target_id = definitions.target_id and target_rules.reading = definitions.reading
),

yearly_totals as (
    select
        rules.target_id,
        rules.reading,
        totals.*,
        cast(extract(year from totals.period_end_date) as string) as total_year,
        {{ named_amount(
            'rules.amount_field',
            {'value_ytd;value_period': 'coalesce(totals.year_to_date_value, totals.period_value)'}
        ) }} as reported_value,
        rank() over (
            partition by rules.target_id, rules.reading, extract(year from totals.period_end_date)
            order by totals.period_end_date desc, totals.period_start_date
        ) as newest_rank
    from totals
    inner join rules
        on
            rules.dataset = 'aggregate_summary'
            and {{ fits_codes('totals.codes', 'rules.wanted_codes', 'rules.unwanted_codes') }}
),

measures as (
    select
        target_id,
        reading,
        total_year as period,
        'reported_total' as fact,
        submission_id,
        row_index,
        row_number,
        department_code,
        unit_code,
        period_end_date as event_date,
        cast(reported_value as decimal(18, 4)) as amount,
        cast(null as decimal(18, 4)) as base_amount,
        cast(null as boolean) as is_reached
    from yearly_totals
    where newest_rank = 1
    union all
    select * from ratios
    union all
    select * from places
)

-- What was reported for a year in which the target is not judged (an education fund of 2024) enters no figure.
select measures.*
from measures
inner join target_periods on {{ same_target_period('measures', 'target_periods') }}
