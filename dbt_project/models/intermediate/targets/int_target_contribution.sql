-- What counts to which target: reference/target_definitions.csv row by row, for all targets that count events.
with participations as (
    select
        participation_key,
        submission_id,
        row_index,
        row_number,
        department_code,
        unit_code,
        person_key,
        class_id,
        event_date,
        counts_to_headline
    from {{ ref('int_participation') }}
    where is_counted
),

classes as (
    select
        class_id,
        program_codes,
        special_action_code,
        {{ has_code('program_codes', ['10']) }} as is_entry_level
    from {{ ref('int_class') }}
),

certificates as (
    select * from {{ ref('int_certificate') }}
    where is_counted
),

services as (
    select * from {{ ref('int_support_service') }}
    where is_counted
),

awards as (
    select * from {{ ref('int_award') }}
    where is_counted
),

competitions as (
    select * from {{ ref('fct_competition') }}
    where is_counted
),

-- Programs and special actions are the class's, so that its participations follow it.
class_targets as (
    select
        class_id,
        'T05' as target_id,
        'main' as reading,
        cast(null as varchar) as part_code
    from classes
    where {{ has_code('program_codes', ['15']) }}
    union all
    select class_id, 'T06', 'main', null
    from classes
    where {{ has_code('program_codes', ['01']) }}
    union all
    select class_id, 'T07', 'main', case when {{ has_code('program_codes', ['02']) }} then '02' else '03' end
    from classes
    where {{ has_code('program_codes', ['02', '03']) }} and not is_entry_level
    union all
    select class_id, 'T08', 'main', case when {{ has_code('program_codes', ['05']) }} then '05' else '04' end
    from classes
    where {{ has_code('program_codes', ['04', '05']) }}
    union all
    select class_id, 'T08', 'cantonese_chef_only', null
    from classes
    where {{ has_code('program_codes', ['05']) }}
    union all
    select class_id, 'T09', 'main', case when {{ has_code('program_codes', ['07']) }} then '07' else '06' end
    from classes
    where {{ has_code('program_codes', ['06', '07']) }} or special_action_code = '06'
    union all
    select class_id, 'T11', 'main', case when {{ has_code('program_codes', ['08']) }} then '08' else '09' end
    from classes
    where {{ has_code('program_codes', ['08', '09']) }} and not is_entry_level
    union all
    select class_id, 'T12', 'main', null
    from classes
    where is_entry_level
),

contributions as (
    select
        'T01' as target_id,
        'main' as reading,
        'participation' as fact,
        participation_key as fact_key,
        submission_id,
        row_index,
        row_number,
        department_code,
        unit_code,
        person_key,
        event_date,
        cast(null as varchar) as part_code
    from participations
    where counts_to_headline
    union all
    select
        class_targets.target_id,
        class_targets.reading,
        'participation',
        participations.participation_key,
        participations.submission_id,
        participations.row_index,
        participations.row_number,
        participations.department_code,
        participations.unit_code,
        participations.person_key,
        participations.event_date,
        class_targets.part_code
    from participations
    inner join class_targets on participations.class_id = class_targets.class_id
    union all
    select
        'T02',
        readings.reading,
        'certificate',
        certificates.certificate_row_key,
        certificates.submission_id,
        certificates.row_index,
        certificates.row_number,
        certificates.department_code,
        certificates.unit_code,
        certificates.person_key,
        certificates.issue_date,
        null
    from certificates
    inner join
        (
            values
            ('01', 'main'), ('02', 'main'),
            ('01', 'with_permits'), ('02', 'with_permits'), ('04', 'with_permits'), ('06', 'with_permits'),
            ('07', 'with_permits')
        ) as readings (certificate_type_code, reading)
        on certificates.certificate_type_code = readings.certificate_type_code
    union all
    select
        'T03', 'main', 'support_service', service_key, submission_id, row_index, row_number, department_code,
        unit_code, person_key, service_date, null
    from services
    where service_type_code = '3'
    union all
    select
        'T04', 'main', 'support_service', service_key, submission_id, row_index, row_number, department_code,
        unit_code, person_key, service_date, null
    from services
    where service_type_code = '1' and {{ has_code('person_category_codes', ['09']) }}
    union all
    select
        'T05', 'main', 'support_service', service_key, submission_id, row_index, row_number, department_code,
        unit_code, person_key, service_date, null
    from services
    where service_type_code = '2'
    union all
    select
        'T13', 'main', 'competition', competition_key, submission_id, {{ row_index_of('competition_key') }},
        row_number, department_code, unit_code, null, end_date, null
    from competitions
    where competition_level_code = '4' and is_designated
    union all
    select
        'T14', 'main', 'competition', competition_key, submission_id, {{ row_index_of('competition_key') }},
        row_number, department_code, unit_code, null, end_date, null
    from competitions
    where series_code = '1'
    union all
    select
        case award_code when '1' then 'T16' when '2' then 'T17' else 'T18' end, 'main', 'award', award_key,
        submission_id, row_index, row_number, department_code, unit_code, person_key,
        cast(cast(award_year as varchar) || '-01-01' as date), null
    from awards
    where award_code in ('1', '2', '3')
)

select
    *,
    {{ district_of('unit_code') }} as district_key
from contributions
