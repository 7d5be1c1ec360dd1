with periods as (
    select * from {{ ref('int_target_period') }}
),

colleges as (
    select * from {{ ref('int_craftsman_college') }}
    where college_tier_code is not null
),

names as (
    {{ unit_names('breakdown') }}
    union all
    select 'part', code, name
    from {{ source('reference', 'codelists') }}
    where list in ('program', 'college_tier')
    union all
    select 'part', 'undivided', '未分项'
),

told as (
    select * from {{ ref('int_target_piece') }}
    union all
    select 'S01', 'main', 'point', 'part', college_tier_code, count(*), 0, 0, true
    from colleges
    group by college_tier_code
)

select
    told.target_id, told.reading,
    told.period, periods.period_start_date, periods.period_end_date, periods.period_kind,
    told.breakdown,
    told.code,
    names.code_name,
    case when told.is_told then told.counted end as counted,
    cast(case when told.is_told then told.opening_balance end as decimal(18, 4)) as opening_balance,
    cast(case when told.is_told then told.totals_only end as decimal(18, 4)) as totals_only,
    cast(
        case when told.is_told then told.counted + told.opening_balance + told.totals_only end as decimal(18, 4)
    ) as actual
from told
left join periods
    on {{ same_target_period('told', 'periods') }}
left join names
    on told.breakdown = names.breakdown and told.code = names.code
