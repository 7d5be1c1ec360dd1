-- Targets that are places standing on the day: met when every rule of the reading has as many as it asks for. Which
-- places, how many at least and at most is said in reference/target_rules.csv.
with target_rules as (
    select * from {{ ref('stg_target_rule') }}
),

definitions as (
    select * from {{ ref('stg_target_definition') }}
    where measure = 'places'
),

colleges as (
    select
        *,
        {{ field_codes({'entity_type': 'entity_type_code', 'college_tier': 'college_tier_code'}) }} as codes
    from {{ ref('int_craftsman_college') }}
),

rules as (
    select target_rules.*
    from target_rules
    inner join definitions
        on target_rules.target_id = definitions.target_id and target_rules.reading = definitions.reading
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

reached as (
    select
        rules.target_id,
        rules.reading,
        count(distinct case when places.place_count >= rules.smallest_count then rules.rule_order end)
        = count(distinct rules.rule_order) as is_reached
    from rules
    left join places on rules.rule_order = places.rule_order
    group by rules.target_id, rules.reading
)

-- One core counts, however many there are.
select
    places.target_id,
    places.reading,
    'point' as period,
    'institution_directory' as fact,
    places.submission_id,
    places.row_index,
    places.row_number,
    places.department_code,
    places.unit_code,
    places.valid_from_date as event_date,
    cast(
        case when coalesce(places.place_number <= places.largest_count, true) then 1 else 0 end as decimal(18, 4)
    ) as amount,
    cast(null as decimal(18, 4)) as base_amount,
    reached.is_reached
from places
inner join reached
    on places.target_id = reached.target_id and places.reading = reached.reading
