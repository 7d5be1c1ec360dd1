-- 各种资金来源预算多少、支出多少、拨付补贴多少？
with budgets as (
    select budget_year as year, funding_source_code, sum(budget_fen) / 100.0 as budget, sum(spent_fen) / 100.0 as spent
    from fct_budget
    where not has_open_warning
    group by budget_year, funding_source_code
),

paid as (
    select
        cast(extract(year from pay_date) as integer) as year,
        funding_source_code,
        sum(amount_fen) / 100.0 as subsidies
    from fct_subsidy_payment
    where is_counted and is_paid and not has_open_warning
    group by 1, 2
)

select
    coalesce(budgets.year, paid.year) as year,
    coalesce(budgets.funding_source_code, paid.funding_source_code) as funding_source_code,
    budgets.budget,
    budgets.spent,
    paid.subsidies
from budgets
full join paid on budgets.year = paid.year and budgets.funding_source_code = paid.funding_source_code
order by 1, 2
