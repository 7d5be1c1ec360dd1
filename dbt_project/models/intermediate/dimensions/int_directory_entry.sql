with directory as (
    select
        *,
        coalesce(institution_uscc, carrier_id) as institution_key,
        {{ is_of_opening('period_end_date') }} as is_back_file
    from {{ ref('stg_institution_directory') }}
),

-- Enterprises that stood in directories before they had registers of their own are no institutions.
institutions as (
    select * from directory
    where not {{ is_enterprise() }}
),

removals as (
    select
        unit_code,
        entity_type_code,
        institution_key,
        min(period_end_date) as stated_removal_date
    from institutions
    where status_code = '3'
    group by unit_code, entity_type_code, institution_key
),

-- A back-file tells of institutions that left before reporting began: it is no directory of its day, so that it removes
-- nobody; whom it lists is gone with the first directory that does not.
snapshots as (
    select
        unit_code,
        period_end_date,
        is_back_file,
        min(case when not is_back_file then period_end_date end) over (
            partition by unit_code
            order by period_end_date
            rows between 1 following and unbounded following
        ) as next_snapshot_date
    from (select distinct unit_code, period_end_date, is_back_file from directory) as dates
),

newest as (
    {{ newest_per_key('institutions', 'institution_directory') }}
)

select
    newest.submission_id,
    newest.row_index,
    newest.row_number,
    newest.department_code,
    newest.unit_code,
    newest.institution_key,
    newest.institution_uscc,
    newest.carrier_id,
    newest.host_uscc,
    newest.institution_name,
    newest.entity_type_code,
    newest.certificate_org_code,
    newest.occupation_codes,
    newest.license_id,
    newest.training_scope,
    newest.address,
    newest.office_phone,
    newest.district_key,
    newest.rating_code,
    newest.status_code,
    newest.carrier_level_code,
    newest.college_tier_code,
    newest.valid_from_date,
    newest.valid_to_date,
    -- The first day on which it is in the directory no more.
    least(removals.stated_removal_date, snapshots.next_snapshot_date) as removed_date
from newest
inner join snapshots
    on newest.unit_code = snapshots.unit_code and newest.period_end_date = snapshots.period_end_date
left join removals
    on
        newest.unit_code = removals.unit_code
        and newest.entity_type_code = removals.entity_type_code
        and newest.institution_key = removals.institution_key
        and newest.status_code = '3'
        and newest.valid_to_date is null
