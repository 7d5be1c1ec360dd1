-- A sole trader's code leads to a person: what is published is 92 and a token of 32 characters.
{% set published = [
    ('dim_enterprise', 'registered_key'),
    ('dim_institution', 'institution_key'),
    ('fct_education_fund', 'enterprise_key'),
    ('fct_enforcement_case', 'subject_key'),
    ('fct_enterprise_coverage', 'enterprise_key'),
    ('fct_enterprise_register', 'enterprise_key'),
    ('fct_outcome_followup', 'employer_key'),
    ('fct_participation', 'employer_key'),
    ('fct_subsidy_payment', 'payee_key'),
] -%}
{% for mart, column in published -%}
    select
        '{{ mart }}' as mart,
        {{ column }} as code
    from {{ ref(mart) }}
    where {{ is_sole_trader(column) }} and length({{ column }}) <> 34
    {{ 'union all' if not loop.last }}
{% endfor %}
