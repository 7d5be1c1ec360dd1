with balances as (
    select * from {{ ref('int_opening_balance') }}
    where declared > 0 or covered > 0
),

target_periods as (
    select * from {{ ref('int_target_period') }}
    where has_reported_totals
),

parts as (
    select
        code,
        name
    from {{ source('reference', 'codelists') }}
    where list = 'program'
),

-- Of a sensitive group small numbers are not told, nor what tells them by subtraction.
measured as (
    select
        target_periods.target_id,
        target_periods.reading,
        target_periods.period,
        target_periods.period_start_date,
        target_periods.period_end_date,
        target_periods.period_kind,
        balances.department_code,
        balances.unit_code,
        balances.part_code,
        balances.declared,
        balances.covered,
        balances.remaining,
        balances.written_off,
        balances.excess,
        balances.verified,
        balances.state,
        balances.document,
        target_periods.is_sensitive and {{ is_small('balances.declared') }} as hides_declared,
        target_periods.is_sensitive and (
            {{ is_small('balances.declared') }}
            or {{ is_small('balances.covered') }}
            or {{ is_small('balances.remaining') }}
            or {{ is_small('balances.written_off') }}
            or {{ is_small('balances.excess') }}
        ) as hides_rest
    from balances
    inner join target_periods
        on balances.target_id = target_periods.target_id and {{ holds_opening('target_periods') }}
),

-- The city's balance is told. Of a unit without rows what remains is what it declared, so that it is the last to go.
seconded as (
    select
        *,
        {{ goes_with_the_hidden(
            'hides_rest', 'remaining', 'target_id, reading, period', "state = 'unverified', remaining, unit_code, part_code"
        ) }} as is_second
    from measured
),

told as (
    select
        *,
        not hides_declared and not (is_second and state = 'unverified') as tells_declared,
        not hides_rest and not is_second as tells_all
    from seconded
)

select
    told.target_id,
    told.reading,
    told.period,
    told.period_start_date,
    told.period_end_date,
    told.period_kind,
    told.department_code,
    told.unit_code,
    coalesce(told.part_code, 'all') as part_code,
    case told.part_code when 'undivided' then '未分项' else parts.name end as part_name,
    case when told.tells_declared then told.declared end as declared,
    case when told.tells_all then told.covered end as covered,
    case when told.tells_all then told.remaining end as remaining,
    case when told.tells_all then told.written_off end as written_off,
    case when told.tells_all then told.excess end as excess,
    case when told.tells_all then told.excess > 0 end as is_exceeded,
    told.state,
    case when told.tells_all then {{ floor_share('told.verified', 'told.declared') }} end as verified_share,
    told.document
from told
left join parts on told.part_code = parts.code
