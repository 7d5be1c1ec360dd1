-- Targets that are ratios: the sum of the amounts over the sum of the bases, of enterprises' coverage and of their
-- education funds. Which rows, amounts and bases is said in reference/target_rules.csv.
with targets as (
    select * from {{ ref('stg_target') }}
),

definitions as (
    select * from {{ ref('stg_target_definition') }}
),

target_rules as (
    select * from {{ ref('stg_target_rule') }}
),

funds as (
    select * from {{ ref('fct_education_fund') }}
    where is_counted
),

rules as (
    select
        target_rules.*,
        definitions.measure,
        targets.threshold
    from target_rules
    inner join definitions
        on target_rules.target_id = definitions.target_id and target_rules.reading = definitions.reading
    inner join targets on target_rules.target_id = targets.target_id
),

funding as (
    select
        rules.target_id,
        rules.reading,
        rules.measure = 'share_reaching' as is_share_reaching,
        rules.threshold,
        funds.*,
        {{ named_amount('rules.amount_field', {'frontline_used': 'funds.frontline_used_fen'}) }} as amount,
        {{ named_amount('rules.base_field', {'used': 'funds.used_fen', 'accrued': 'funds.accrued_fen'}) }}
            as base_amount
    from funds
    inner join rules on rules.dataset = 'education_fund'
),

-- How many enterprises reach the target's threshold themselves; one without a base has no share.
fund_shares as (
    select
        *,
        case
            when not is_share_reaching then amount
            when amount * 100 >= base_amount * threshold then 1
            else 0
        end as share_amount,
        case when is_share_reaching then 1 else base_amount end as share_base
    from funding
    where not is_share_reaching or base_amount > 0
)

select
    target_id,
    reading,
    'point' as period,
    fact,
    submission_id,
    row_index,
    row_number,
    department_code,
    unit_code,
    event_date,
    cast(amount as decimal(18, 4)) as amount,
    cast(base_amount as decimal(18, 4)) as base_amount,
    cast(null as boolean) as is_reached
from {{ ref('int_target_coverage') }}
union all
select
    target_id, reading, cast(fund_year as string), 'education_fund', submission_id,
    {{ row_index_of('education_fund_key') }}, row_number, department_code, unit_code,
    cast(cast(fund_year as string) || '-12-31' as date), cast(share_amount as decimal(18, 4)),
    cast(share_base as decimal(18, 4)), null
from fund_shares
