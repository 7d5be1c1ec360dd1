with days as (
    {{ days_from('2025-01-01', '2027-12-31') }}
),

exceptions as (
    select
        name,
        kind,
        cast(date as date) as date_day
    from {{ source('reference', 'cn_holidays_2023_2026') }}
),

noticed_years as (
    select distinct extract(year from date_day) as notice_year
    from exceptions
    where extract(month from date_day) > 1
)

select
    days.date_day,
    cast(extract(year from days.date_day) as integer) as calendar_year,
    cast(extract(quarter from days.date_day) as integer) as calendar_quarter,
    cast(extract(month from days.date_day) as integer) as calendar_month,
    cast({{ iso_weekday('days.date_day') }} as integer) as iso_weekday,
    case exceptions.kind
        when 'off' then false
        when 'makeup_workday' then true
        else {{ iso_weekday('days.date_day') }} <= 5
    end as is_workday,
    coalesce(exceptions.kind = 'off', false) as is_holiday,
    case when exceptions.kind = 'off' then exceptions.name end as holiday_name,
    noticed_years.notice_year is not null as is_holiday_notice_known
from days
left join exceptions on days.date_day = exceptions.date_day
left join noticed_years on extract(year from days.date_day) = noticed_years.notice_year
