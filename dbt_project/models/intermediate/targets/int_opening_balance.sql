-- How each unit's opening balance stands against its own rows: what they cover, what remains, and who answers for it.
with definitions as (
    select * from {{ ref('stg_target_definition') }}
    where reading = 'main' and opening = 'added'
),

covers as (
    select * from {{ ref('int_opening_cover') }}
),

expected as (
    select * from {{ ref('stg_expected') }}
),

completions as (
    select * from {{ ref('stg_back_file_completion') }}
),

recognitions as (
    select * from {{ ref('stg_balance_recognition') }}
),

declared as (
    select * from {{ ref('int_opening_declared') }}
),

-- Rows of a part that the unit does not tell apart are in what it tells of undivided.
covered as (
    select
        placed.target_id,
        placed.unit_code,
        placed.part_code,
        sum(placed.covered) as covered
    from (
        select
            covers.target_id,
            covers.unit_code,
            covers.covered,
            coalesce(declared.part_code, case when covers.part_code is not null then 'undivided' end) as part_code
        from covers
        left join declared
            on
                covers.target_id = declared.target_id
                and covers.unit_code = declared.unit_code
                and covers.part_code = declared.part_code
    ) as placed
    group by placed.target_id, placed.unit_code, placed.part_code
),

-- A unit is done with a target when it has said so of every dataset that it reports of it.
signed as (
    select
        reported.target_id,
        reported.unit_code,
        count(*) = count(completions.dataset) as is_complete
    from (
        select distinct
            definitions.target_id,
            expected.unit_code,
            expected.dataset
        from definitions
        inner join expected on position(expected.dataset in definitions.source_text) > 0
    ) as reported
    left join completions
        on reported.unit_code = completions.unit_code and reported.dataset = completions.dataset
    group by reported.target_id, reported.unit_code
),

measured as (
    select
        declared.target_id,
        declared.department_code,
        declared.unit_code,
        declared.part_code,
        declared.declared,
        coalesce(covered.covered, 0) as covered,
        coalesce(signed.is_complete, false) as is_complete,
        recognitions.document
    from declared
    left join covered
        on
            declared.target_id = covered.target_id
            and declared.unit_code = covered.unit_code
            and coalesce(declared.part_code, '') = coalesce(covered.part_code, '')
    left join signed on declared.target_id = signed.target_id and declared.unit_code = signed.unit_code
    -- What was recognised is a number: another one is not recognised.
    left join recognitions
        on
            declared.target_id = recognitions.target_id
            and declared.unit_code = recognitions.unit_code
            and declared.declared_by_unit = recognitions.declared
)

select
    target_id,
    department_code,
    unit_code,
    part_code,
    cast(declared as decimal(18, 4)) as declared,
    cast(covered as bigint) as covered,
    cast(case when is_complete then 0 else greatest(declared - covered, 0) end as decimal(18, 4)) as remaining,
    cast(case when is_complete then greatest(declared - covered, 0) else 0 end as decimal(18, 4)) as written_off,
    cast(greatest(covered - declared, 0) as decimal(18, 4)) as excess,
    cast(
        case when is_complete or document is not null then declared else least(declared, covered) end
        as decimal(18, 4)
    ) as verified,
    case
        when is_complete or (declared > 0 and covered >= declared) then 'back_filled'
        when document is not null then 'recognised'
        when covered > 0 then 'partly_verified'
        else 'unverified'
    end as state,
    document
from measured
