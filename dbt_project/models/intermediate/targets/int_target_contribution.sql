-- Which counted events fit a rule of reference/target_rules.csv, whose fields are those of macros/target_rows.sql.
with rules as (
    select * from {{ ref('stg_target_rule') }}
),

targets as (
    select * from {{ ref('stg_target') }}
),

participations as (
    select * from {{ ref('int_participation') }}
    where is_counted
),

certificates as (
    select * from {{ ref('int_certificate') }}
    where is_counted
),

services as (
    select * from {{ ref('int_support_service') }}
    where is_counted
),

competitions as (
    select * from {{ ref('fct_competition') }}
    where is_counted
),

awards as (
    select * from {{ ref('int_award') }}
    where is_counted
),

events as (
    {{ target_events('participations', 'certificates', 'services', 'competitions', 'awards') }}
),

fitting as (
    {{ fitting_codes('rules', 'events') }}
)

select
    fitting.target_id,
    fitting.reading,
    events.fact,
    events.fact_key,
    events.submission_id,
    events.row_index,
    events.row_number,
    -- Awards are credited to the department that bestows them, whoever reports them.
    coalesce(targets.lead_department_code, events.department_code) as department_code,
    events.unit_code,
    events.person_key,
    events.event_date,
    {{ month_of('events.event_date') }} as month_date,
    fitting.part_code,
    {{ district_of('events.unit_code') }} as district_key,
    events.venue_district_key
from events
inner join fitting
    on events.dataset = fitting.dataset and events.codes = fitting.codes
left join targets on fitting.target_id = targets.target_id
