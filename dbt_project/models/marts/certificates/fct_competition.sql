with competitions as (
    select * from {{ ref('stg_competition') }}
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
    competition_key,
    submission_id,
    row_number,
    department_code,
    unit_code,
    credited_department_code,
    competition_id,
    competition_name,
    project_name,
    competition_level_code,
    status_code,
    series_code,
    host_name,
    organizer_uscc,
    occupation_code,
    industry_cluster_code,
    start_date,
    end_date,
    participant_count,
    drill_coverage_count,
    certificate_count,
    budget_fen,
    is_designated,
    coalesce(status_code = '2' and unit_rank = 1, false) as is_counted
from ranked
