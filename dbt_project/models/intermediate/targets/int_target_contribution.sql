-- Which counted events fit a rule of reference/target_rules.csv, whose fields are those of `field_codes` below.
with rules as (
    select * from {{ ref('stg_target_rule') }}
),

targets as (
    select * from {{ ref('stg_target') }}
),

-- Programs, special actions and funding are the class's, so that its participations follow it.
classes as (
    select
        class_id,
        {{ field_codes({
            'project_type': 'training_type_code', 'special_action': 'special_action_code',
            'programs': 'program_codes', 'skill_level': 'skill_level_code',
            'training_mode': 'training_mode_code', 'funding_source': 'funding_source_code',
            'competent_dept': 'competent_department_code', 'is_headline_funded': 'is_headline_funded',
        }) }} as codes
    from {{ ref('int_class') }}
),

participations as (
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
        {{ field_codes({
            'completed': 'is_completed', 'person_category': 'person_category_codes',
        }) }} as codes
    from {{ ref('int_participation') }}
    where is_counted
),

events as (
    select
        'training_record' as dataset,
        'completion_date;end_date' as event_date_fields,
        'participation' as fact,
        participations.participation_key as fact_key,
        participations.submission_id,
        participations.row_index,
        participations.row_number,
        participations.department_code,
        participations.unit_code,
        participations.person_key,
        participations.event_date,
        classes.codes || participations.codes as codes
    from participations
    inner join classes on participations.class_id = classes.class_id
    union all
    select
        'certificate', 'issue_date', 'certificate', certificate_row_key, submission_id, row_index, row_number,
        department_code, unit_code, person_key, issue_date,
        {{ field_codes({
            'cert_type': 'certificate_type_code',
            'skill_level': 'skill_level_code',
            'assess_mode': 'assess_mode_code',
            'status': 'status_code',
        }) }}
    from {{ ref('int_certificate') }}
    where is_counted
    union all
    select
        'support_service', 'service_date', 'support_service', service_key, submission_id, row_index, row_number,
        department_code, unit_code, person_key, service_date,
        {{ field_codes({
            'service_type': 'service_type_code',
            'person_category': 'person_category_codes',
            'edu_level': 'education_code',
        }) }}
    from {{ ref('int_support_service') }}
    where is_counted
    union all
    select
        'competition', 'end_date', 'competition', competition_key, submission_id,
        {{ row_index_of('competition_key') }}, row_number, credited_department_code, unit_code, null, end_date,
        {{ field_codes({
            'comp_level': 'competition_level_code',
            'series': 'series_code',
            'status': 'status_code', 'industry_cluster': 'industry_cluster_code',
            'is_designated': 'is_designated',
        }) }}
    from {{ ref('fct_competition') }}
    where is_counted
    union all
    select
        'talent_award', 'award_year', 'award', award_key, submission_id, row_index, row_number, department_code,
        unit_code, person_key, cast(cast(award_year as string) || '-01-01' as date),
        {{ field_codes({
            'award_name': 'award_code',
            'skill_level': 'skill_level_code',
            'status': 'status_code',
        }) }}
    from {{ ref('int_award') }}
    where is_counted
),

-- Events share their codes with many others: 3 million participations have some thousands of them.
code_sets as (
    select distinct
        dataset,
        event_date_fields,
        codes
    from events
),

-- Of the rules of a reading that an event fits the first one gives the part.
fitting as (
    select
        rules.target_id,
        rules.reading,
        rules.part_code,
        code_sets.dataset,
        code_sets.codes,
        row_number() over (
            partition by rules.target_id, rules.reading, code_sets.dataset, code_sets.codes
            order by rules.rule_order
        ) as rule_rank
    from rules
    inner join code_sets
        on
            rules.dataset = code_sets.dataset
            and rules.event_date_fields = code_sets.event_date_fields
            and {{ fits_codes('code_sets.codes', 'rules.wanted_codes', 'rules.unwanted_codes') }}
)

select
    fitting.target_id,
    fitting.reading,
    events.fact,
    events.fact_key,
    events.submission_id,
    events.row_index,
    events.row_number,
    -- Awards are credited to the department that bestows them, whoever reports them.
    coalesce(targets.lead_department_code, events.department_code) as department_code,
    events.unit_code,
    events.person_key,
    events.event_date,
    {{ month_of('events.event_date') }} as month_date,
    fitting.part_code,
    {{ district_of('events.unit_code') }} as district_key
from events
inner join fitting
    on events.dataset = fitting.dataset and events.codes = fitting.codes
left join targets on fitting.target_id = targets.target_id
where fitting.rule_rank = 1
