with payments as (
    select * from {{ ref('int_subsidy_payment') }}
    where is_counted and not is_returned and class_key is not null
)

select
    class_key,
    cast(coalesce(sum(case when is_paid then amount_fen end), 0) as bigint) as paid_fen,
    -- What was paid or is asked for the class as a whole, for each of its persons: supervision looks before money goes.
    cast(
        coalesce(sum(case when beneficiary_key is null then floor(amount_fen / nullif(person_count, 0)) end), 0)
        as bigint
    ) as per_head_fen
from payments
group by class_key
