with classes as (
    select * from {{ ref('int_class') }}
),

withheld as (
    select * from {{ ref('int_withheld_class') }}
),

programs as (
    select * from {{ ref('dim_code') }}
    where code_list = 'program'
)

select
    classes.class_id as class_key,
    programs.code as program_code
from classes
inner join programs
    on {{ holds_code('classes.program_codes', 'programs.code') }}
left join withheld on classes.class_id = withheld.class_id
where withheld.class_id is null
