-- Targets that are no count of events: ratios, a reported figure, the status on the day. A ratio is the sum of the
-- amounts over the sum of the bases; every other figure the sum of the amounts. Which rows, amounts and bases is said
-- in reference/target_rules.csv.
with runs as (
    select * from {{ ref('stg_run') }}
),

targets as (
    select * from {{ ref('stg_target') }}
),

rules as (
    select
        rules.*,
        definitions.measure,
        targets.threshold
    from {{ ref('stg_target_rule') }} as rules
    inner join {{ ref('stg_target_definition') }} as definitions
        on rules.target_id = definitions.target_id and rules.reading = definitions.reading
    inner join targets on rules.target_id = targets.target_id
),

coverage as (
    select
        fct_enterprise_coverage.*,
        {{ field_codes({
            'coverage_kind': 'coverage_kind_code',
            'industry_code': 'industry_code',
            'hazard_type': 'hazard_type_code',
        }) }} as codes
    from {{ ref('fct_enterprise_coverage') }} as fct_enterprise_coverage
    inner join runs on fct_enterprise_coverage.report_date <= runs.as_of_date
    where fct_enterprise_coverage.is_counted
),

covering as (
    select
        rules.target_id,
        rules.reading,
        coverage.*,
        {{ named_amount('rules.amount_field', {'covered': 'coverage.covered_count'}) }} as amount,
        {{ named_amount('rules.base_field', {'employees': 'coverage.employee_count'}) }} as base_amount,
        max(coverage.report_date) over (
            partition by rules.target_id, rules.reading, coverage.enterprise_uscc
        ) as newest_report_date
    from coverage
    inner join rules
        on
            rules.dataset = 'enterprise_coverage'
            and {{ fits_codes('coverage.codes', 'rules.wanted_codes', 'rules.unwanted_codes') }}
),

funds as (
    select
        rules.target_id,
        rules.reading,
        rules.measure,
        rules.threshold,
        funds.*,
        {{ named_amount('rules.amount_field', {'frontline_used': 'funds.frontline_used_fen'}) }} as amount,
        {{ named_amount('rules.base_field', {'used': 'funds.used_fen', 'accrued': 'funds.accrued_fen'}) }}
            as base_amount
    from {{ ref('fct_education_fund') }} as funds
    inner join rules on rules.dataset = 'education_fund'
    where funds.is_counted
),

-- How many enterprises reach the target's threshold themselves; one without a base has no share.
fund_shares as (
    select
        *,
        cast(cast(fund_year as varchar) || '-12-31' as date) as year_end_date,
        case
            when measure <> 'share_reaching' then amount
            when amount * 100 >= base_amount * threshold then 1
            else 0
        end as share_amount,
        case when measure = 'share_reaching' then 1 else base_amount end as share_base
    from funds
    where measure <> 'share_reaching' or base_amount > 0
),

totals as (
    select
        *,
        {{ field_codes({'metric_id': 'metric_id', 'dept': 'department_code'}) }} as codes
    from {{ ref('int_reported_total') }}
    where is_unit_total
),

yearly_totals as (
    select
        rules.target_id,
        rules.reading,
        totals.*,
        cast(extract(year from totals.period_end_date) as varchar) as total_year,
        {{ named_amount(
            'rules.amount_field',
            {'value_ytd;value_period': 'coalesce(totals.year_to_date_value, totals.period_value)'}
        ) }} as reported_value,
        rank() over (
            partition by rules.target_id, rules.reading, extract(year from totals.period_end_date)
            order by totals.period_end_date desc, totals.period_start_date
        ) as newest_rank
    from totals
    inner join rules
        on
            rules.dataset = 'aggregate_summary'
            and rules.measure = 'newest_total'
            and {{ fits_codes('totals.codes', 'rules.wanted_codes', 'rules.unwanted_codes') }}
),

colleges as (
    select
        *,
        {{ field_codes({'entity_type': 'entity_type_code', 'college_tier': 'college_tier_code'}) }} as codes
    from {{ ref('int_craftsman_college') }}
),

places as (
    select
        rules.target_id,
        rules.reading,
        rules.rule_order,
        rules.largest_count,
        colleges.*,
        count(*) over (partition by rules.rule_order) as place_count,
        row_number() over (
            partition by rules.rule_order order by colleges.submission_id, colleges.row_index
        ) as place_number
    from colleges
    inner join rules
        on
            rules.dataset = 'institution_directory'
            and {{ fits_codes('colleges.codes', 'rules.wanted_codes', 'rules.unwanted_codes') }}
),

-- Met when every rule of the reading has as many places as it asks for.
places_reached as (
    select
        rules.target_id,
        rules.reading,
        count(distinct case when places.place_count >= rules.smallest_count then rules.rule_order end)
        = count(distinct rules.rule_order) as is_reached
    from rules
    left join places on rules.rule_order = places.rule_order
    where rules.measure = 'places'
    group by rules.target_id, rules.reading
),

measures as (
    select
        target_id,
        reading,
        'point' as period,
        'enterprise_coverage' as fact,
        submission_id,
        {{ row_index_of('coverage_key') }} as row_index,
        row_number,
        department_code,
        unit_code,
        report_date as event_date,
        amount,
        base_amount,
        cast(null as boolean) as is_reached
    from covering
    where report_date = newest_report_date
    union all
    select
        target_id, reading, total_year, 'reported_total', submission_id, row_index, row_number, department_code,
        unit_code, period_end_date, reported_value, null, null
    from yearly_totals
    where newest_rank = 1
    union all
    select
        target_id, reading, cast(fund_year as varchar), 'education_fund', submission_id,
        {{ row_index_of('education_fund_key') }}, row_number, department_code, unit_code,
        year_end_date, share_amount, share_base, null
    from fund_shares
    union all
    -- One core counts, however many there are.
    select
        places.target_id, places.reading, 'point', 'institution_directory', places.submission_id, places.row_index,
        places.row_number, places.department_code, places.unit_code, places.valid_from_date,
        case when coalesce(places.place_number <= places.largest_count, true) then 1 else 0 end, null,
        places_reached.is_reached
    from places
    inner join places_reached
        on places.target_id = places_reached.target_id and places.reading = places_reached.reading
)

select
    target_id,
    reading,
    period,
    fact,
    submission_id,
    row_index,
    row_number,
    department_code,
    unit_code,
    event_date,
    cast(amount as decimal(18, 4)) as amount,
    cast(base_amount as decimal(18, 4)) as base_amount,
    is_reached
from measures
