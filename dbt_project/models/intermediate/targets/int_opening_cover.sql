-- What of an opening balance rows tell by now: each unit's own rows of these months that fit the main reading, whoever
-- else reports the same; of a unit's rows about one event the first counts, as in the city.
with rules as (
    select * from {{ ref('stg_target_rule') }}
    where reading = 'main'
),

definitions as (
    select * from {{ ref('stg_target_definition') }}
    where reading = 'main' and opening = 'added'
),

eligible as (
    select * from {{ ref('int_participation') }}
    where own_reason is null and {{ is_of_opening('event_date') }}
),

islands as (
    {{ overlapping('eligible', 'unit_code, person_key, match_key') }}
),

participations as (
    select *
    from (
        select
            eligible.*,
            row_number() over (
                partition by
                    eligible.unit_code, eligible.person_key, eligible.match_key, islands.island_number
                order by
                    eligible.department_code = eligible.competent_department_code desc,
                    eligible.event_date nulls last,
                    eligible.class_id nulls last
            ) as own_rank
        from eligible
        inner join islands on eligible.participation_key = islands.participation_key
    ) as ranked
    where own_rank = 1
),

certificates as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by unit_code, certificate_key
                order by is_competent desc, issue_date nulls last, certificate_type_code nulls last
            ) as own_rank
        from {{ ref('int_certificate') }}
        where own_reason is null and {{ is_of_opening('issue_date') }}
    ) as ranked
    where own_rank = 1
),

services as (
    select *
    from (
        select
            *,
            row_number() over (
                partition by unit_code, service_type_code, person_key, match_key
                order by service_date nulls last
            ) as own_rank
        from {{ ref('int_support_service') }}
        where {{ is_of_opening('service_date') }}
    ) as ranked
    where own_rank = 1
),

-- A unit tells of a competition once.
competitions as (
    select * from {{ ref('fct_competition') }}
    where {{ is_of_opening('end_date') }}
),

events as (
    {{ target_events('participations', 'certificates', 'services', 'competitions') }}
),

fitting as (
    {{ fitting_codes('rules', 'events') }}
)

select
    fitting.target_id,
    events.unit_code,
    fitting.part_code,
    case
        when definitions.measure = 'persons' then count(distinct events.person_key)
        else count(*)
    end as covered
from events
inner join fitting
    on events.dataset = fitting.dataset and events.codes = fitting.codes
inner join definitions on fitting.target_id = definitions.target_id
group by fitting.target_id, events.unit_code, fitting.part_code, definitions.measure
