with competitions as (
    select * from {{ ref('stg_competition') }}
),

warnings as (
    select * from {{ ref('int_open_warning') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

-- Every way in which a department is written.
hosts as (
    select
        alias_name as host_name,
        department_code
    from {{ ref('stg_department_alias') }}
    union
    select
        full_name,
        department_code
    from departments
    union
    select
        short_name,
        department_code
    from departments
),

newest as (
    {{ newest_per_key('competitions', 'competition') }}
),

-- Who designates the municipal class 1 is said in reference/policy.csv.
designated as (
    select distinct competition_id
    from newest
    where
        {{ is_policy_code('department_code', 'designating_department', 'end_date') }}
        and competition_level_code = '4'
),

-- One project may be reported by its host and by HRSS.
ranked as (
    select
        {{ row_key('newest') }} as competition_key,
        newest.*,
        designated.competition_id is not null as is_designated,
        -- The host that is named first carries the project; a host outside the departments leaves it to who reports it.
        coalesce(hosts.department_code, newest.department_code) as credited_department_code,
        row_number() over (
            partition by newest.competition_id
            order by
                case when newest.status_code = '2' then 0 else 1 end,
                departments.department_order,
                newest.unit_code
        ) as unit_rank
    from newest
    inner join departments on newest.department_code = departments.department_code
    left join designated on newest.competition_id = designated.competition_id
    left join hosts
        on {{ first_named('newest.host_name') }} = hosts.host_name
)

select
    ranked.competition_key,
    ranked.submission_id,
    ranked.row_number,
    ranked.department_code,
    ranked.unit_code,
    ranked.credited_department_code,
    ranked.competition_id,
    ranked.competition_name,
    ranked.project_name,
    ranked.competition_level_code,
    ranked.status_code,
    ranked.series_code,
    ranked.host_name,
    {{ public_code('ranked.organizer_uscc') }} as organizer_uscc,
    ranked.occupation_code,
    ranked.industry_cluster_code,
    ranked.end_date as event_date,
    ranked.start_date,
    ranked.end_date,
    ranked.participant_count,
    ranked.drill_coverage_count,
    ranked.certificate_count,
    ranked.budget_fen,
    ranked.is_designated,
    coalesce(ranked.status_code = '2' and ranked.unit_rank = 1, false) as is_counted,
    warnings.fact_key is not null as has_open_warning
from ranked
left join warnings on ranked.competition_key = warnings.fact_key
