with accepted as (
    select * from {{ source('accepted', 'competition') }}
)

select
    submission_id,
    row_index,
    row_number,
    delivery_order,
    department_code,
    unit_code,
    period,
    period_start_date,
    period_end_date,
    comp_id as competition_id,
    comp_name as competition_name,
    project_name,
    comp_level as competition_level_code,
    status as status_code,
    series as series_code,
    host_unit as host_name,
    organizer_uscc,
    occupation_code,
    industry_cluster as industry_cluster_code,
    start_date,
    end_date,
    participants as participant_count,
    drill_coverage as drill_coverage_count,
    certs_awarded as certificate_count,
    budget as budget_fen
from accepted
