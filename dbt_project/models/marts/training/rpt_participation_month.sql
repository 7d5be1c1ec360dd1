with participations as (
    select
        *,
        cast(date_trunc('month', event_date) as date) as month_date,
        case
            when {{ is_policy_code('funding_source_code', 'headline_funding_code', 'start_date') }} then 'public'
            when is_headline_funded then 'welfare'
            when funding_source_code = '08' then 'enterprise'
            when funding_source_code = '09' then 'self_paid'
            when funding_source_code is null then 'unknown'
            else 'other'
        end as funding_group
    from {{ ref('int_participation') }}
    where event_date is not null
)

select
    month_date,
    funding_group,
    count(*) as participations,
    count(case when is_counted then 1 end) as counted,
    count(case when counts_to_headline then 1 end) as headline,
    count(distinct case when is_counted then person_key end) as persons
from participations
group by month_date, funding_group
