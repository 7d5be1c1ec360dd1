{# Events and what counts of them: the one home of the fields that reference/target_rules.csv names. #}

{# Events of five relations as int_participation, int_certificate, int_support_service, fct_competition and int_award
   have them; without the last where it is not named. Programs, special actions and funding are the class's, so that
   its participations follow it. #}
{% macro target_events(participations, certificates, services, competitions, awards=none) %}
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
        participations.venue_district_key,
        classes.codes || {{ field_codes({
            'completed': 'participations.is_completed',
            'person_category': 'participations.person_category_codes',
        }) }} as codes
    from {{ participations }} as participations
    inner join (
        select
            class_id,
            {{ field_codes({
                'project_type': 'training_type_code',
                'special_action': 'special_action_code',
                'programs': 'program_codes',
                'skill_level': 'skill_level_code',
                'training_mode': 'training_mode_code',
                'funding_source': 'funding_source_code',
                'competent_dept': 'competent_department_code',
                'is_headline_funded': 'is_headline_funded',
            }) }} as codes
        from {{ ref('int_class') }}
    ) as classes on participations.class_id = classes.class_id
    union all
    select
        'certificate', 'issue_date', 'certificate', certificate_row_key, submission_id, row_index, row_number,
        department_code, unit_code, person_key, issue_date, null,
        {{ field_codes({
            'cert_type': 'certificate_type_code',
            'skill_level': 'skill_level_code',
            'assess_mode': 'assess_mode_code',
            'status': 'status_code',
        }) }}
    from {{ certificates }}
    union all
    select
        'support_service', 'service_date', 'support_service', service_key, submission_id, row_index, row_number,
        department_code, unit_code, person_key, service_date, null,
        {{ field_codes({
            'service_type': 'service_type_code',
            'person_category': 'person_category_codes',
            'edu_level': 'education_code',
        }) }}
    from {{ services }}
    union all
    select
        'competition', 'end_date', 'competition', competition_key, submission_id,
        {{ row_index_of('competition_key') }}, row_number, credited_department_code, unit_code, null, end_date,
        null,
        {{ field_codes({
            'comp_level': 'competition_level_code',
            'series': 'series_code',
            'status': 'status_code',
            'industry_cluster': 'industry_cluster_code',
            'is_designated': 'is_designated',
        }) }}
    from {{ competitions }}
    {%- if awards is not none %}
    union all
    select
        'talent_award', 'award_year', 'award', award_key, submission_id, row_index, row_number, department_code,
        unit_code, person_key, cast(cast(award_year as string) || '-01-01' as date), null,
        {{ field_codes({
            'award_name': 'award_code',
            'skill_level': 'skill_level_code',
            'status': 'status_code',
        }) }}
    from {{ awards }}
    {%- endif %}
{% endmacro %}

{# Target, reading and part for each dataset and set of codes of events that fit a rule; of several the first gives the
   part. Events share their codes with many others: 3 million participations have some thousands of them. #}
{% macro fitting_codes(rules, events) %}
    select
        target_id,
        reading,
        part_code,
        dataset,
        codes
    from (
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
        from {{ rules }} as rules
        inner join (select distinct dataset, event_date_fields, codes from {{ events }}) as code_sets
            on
                rules.dataset = code_sets.dataset
                and rules.event_date_fields = code_sets.event_date_fields
                and {{ fits_codes('code_sets.codes', 'rules.wanted_codes', 'rules.unwanted_codes') }}
    ) as ranked
    where rule_rank = 1
{% endmacro %}

{# What counts in periods up to a day of each: the numbers of whole months, and of what counts persons every row with
   its person. `columns`: by what it is told apart beside target, reading and period. #}
{% macro counted_until(day, periods, columns) %}
    select
        {{ periods }}.target_id,
        {{ periods }}.reading,
        {{ periods }}.period,
        {% for column in columns -%}
            months.{{ column }},
        {% endfor -%}
        months.counted,
        cast(null as string) as person_key
    from {{ periods }}
    inner join {{ ref('int_target_count') }} as months
        on
            {{ periods }}.target_id = months.target_id
            and {{ periods }}.reading = months.reading
            and months.month_date between {{ periods }}.period_start_date and {{ periods }}.{{ day }}
    where not {{ periods }}.is_distinct_person
    union all
    select
        {{ periods }}.target_id,
        {{ periods }}.reading,
        {{ periods }}.period,
        {% for column in columns -%}
            contributions.{{ column }},
        {% endfor -%}
        null,
        contributions.person_key
    from {{ periods }}
    inner join {{ ref('int_target_contribution') }} as contributions
        on
            {{ periods }}.target_id = contributions.target_id
            and {{ periods }}.reading = contributions.reading
            and contributions.event_date between {{ periods }}.period_start_date and {{ periods }}.{{ day }}
    where {{ periods }}.is_distinct_person
{% endmacro %}
