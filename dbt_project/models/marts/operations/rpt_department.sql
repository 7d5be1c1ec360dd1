with grid as (
    select
        unit_code,
        count(case when state <> 'unasked' then 1 end) as expected_submissions,
        count(case when state = 'on_time' then 1 end) as on_time_submissions,
        count(case when state = 'late' then 1 end) as late_submissions,
        count(case when state = 'missing' then 1 end) as missing_submissions,
        count(case when state = 'not_due' then 1 end) as not_due_submissions
    from {{ ref('rpt_submission_grid') }}
    group by unit_code
),

submissions as (
    select
        unit_code,
        cast(sum(received_rows) as bigint) as received_rows,
        cast(sum(accepted_rows) as bigint) as accepted_rows,
        cast(sum(held_rows) as bigint) as held_rows,
        cast(sum(critical_finding_count) as bigint) as critical_findings,
        cast(sum(warning_finding_count) as bigint) as warning_findings
    from {{ ref('fct_submission') }}
    where represents_key
    group by unit_code
),

participations as (
    select
        unit_code,
        count(*) as reported_participations,
        count(case when is_counted then 1 end) as counted_participations,
        count(case when counts_to_headline then 1 end) as headline_participations,
        count(case when not_counted_reason = 'duplicate' then 1 end) as duplicate_participations
    from {{ ref('int_participation') }}
    group by unit_code
),

certificates as (
    select
        unit_code,
        count(*) as reported_certificates,
        count(case when is_counted then 1 end) as counted_certificates
    from {{ ref('int_certificate') }}
    group by unit_code
),

units as (
    select unit_code from grid
    union
    select unit_code from submissions
)

select
    units.unit_code,
    case
        when position('.' in units.unit_code) > 0 then substr(units.unit_code, 1, position('.' in units.unit_code) - 1)
        else units.unit_code
    end as department_code,
    {{ district_of('units.unit_code') }} as district_key,
    coalesce(grid.expected_submissions, 0) as expected_submissions,
    coalesce(grid.on_time_submissions, 0) as on_time_submissions,
    coalesce(grid.late_submissions, 0) as late_submissions,
    coalesce(grid.missing_submissions, 0) as missing_submissions,
    coalesce(grid.not_due_submissions, 0) as not_due_submissions,
    coalesce(submissions.received_rows, 0) as received_rows,
    coalesce(submissions.accepted_rows, 0) as accepted_rows,
    coalesce(submissions.held_rows, 0) as held_rows,
    coalesce(submissions.critical_findings, 0) as critical_findings,
    coalesce(submissions.warning_findings, 0) as warning_findings,
    coalesce(participations.reported_participations, 0) as reported_participations,
    coalesce(participations.counted_participations, 0) as counted_participations,
    coalesce(participations.headline_participations, 0) as headline_participations,
    coalesce(participations.duplicate_participations, 0) as duplicate_participations,
    coalesce(certificates.reported_certificates, 0) as reported_certificates,
    coalesce(certificates.counted_certificates, 0) as counted_certificates
from units
left join grid on units.unit_code = grid.unit_code
left join submissions on units.unit_code = submissions.unit_code
left join participations on units.unit_code = participations.unit_code
left join certificates on units.unit_code = certificates.unit_code
