{{ config(meta={'judged_by': []}) }}
-- A figure holds 14 digits before its point: an identity number (18 digits) in the column of an amount would end the
-- build of every table above it. Counts stay under a thousand million, money under ten thousand million yuan a row,
-- payrolls under a hundred times as much.
{% set count_limit, fen_limit, payroll_limit = 10 ** 9, 10 ** 12, 10 ** 14 -%}
{% set counts = {
    'stg_aggregate_summary': ['period_value', 'year_to_date_value', 'cumulative_value'],
    'stg_attendance': ['session_hours'],
    'stg_budget': ['budget_year'],
    'stg_competition': ['participant_count', 'drill_coverage_count', 'certificate_count'],
    'stg_course': ['course_hours'],
    'stg_demand_forecast': ['current_stock_count', 'demand_count', 'gap_count', 'training_need_count'],
    'stg_education_fund': ['fund_year', 'employee_count', 'frontline_employee_count', 'trained_count'],
    'stg_enterprise_coverage': [
        'employee_count', 'covered_count', 'new_worker_count', 'new_worker_covered_count', 'chief_technician_count',
        'special_technician_count',
    ],
    'stg_enterprise_register': ['employee_count'],
    'stg_labour_cost': ['report_year', 'sample_enterprise_count', 'sample_count'],
    'stg_outcome_followup': ['check_month'],
    'stg_publicity': ['piece_count', 'audience_count'],
    'stg_subsidy_payment': ['person_count', 'fiscal_year'],
    'stg_support_service': ['enrol_year'],
    'stg_talent_award': ['award_year'],
    'stg_task_allocation': ['task_quantity', 'task_version'],
    'stg_training_class': ['planned_hours', 'planned_person_count'],
    'stg_training_record': ['attended_hours', 'theory_score', 'practice_score'],
    'stg_wage_guidance': ['report_year', 'sample_count'],
} -%}
{% set money = {
    'stg_budget': ['budget_fen', 'spent_fen'],
    'stg_competition': ['budget_fen'],
    'stg_education_fund': ['accrued_fen', 'used_fen', 'frontline_used_fen'],
    'stg_enforcement_case': ['amount_involved_fen', 'amount_recovered_fen'],
    'stg_labour_cost': ['cost_per_capita_fen'],
    'stg_subsidy_payment': ['standard_amount_fen', 'amount_fen'],
    'stg_subsidy_standard': ['amount_fen'],
    'stg_support_service': ['support_amount_fen'],
    'stg_talent_award': ['bonus_fen'],
    'stg_wage_guidance': ['p10_fen', 'p25_fen', 'p50_fen', 'p75_fen', 'p90_fen'],
} -%}
{% set payrolls = {'stg_education_fund': ['payroll_fen']} -%}
{% set conditions = {} -%}
{% for limit, amounts in ((count_limit, counts), (fen_limit, money), (payroll_limit, payrolls)) -%}
    {%- for model, columns in amounts.items() -%}
        {%- for column in columns -%}
            {%- do conditions.setdefault(model, {}).update({column: 'abs(' ~ column ~ ') >= ' ~ limit}) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endfor %}
{%- for model, failing in conditions.items() %}
    {{ failing_rows(ref(model), failing) }}
    {{ 'union all' if not loop.last }}
{% endfor %}
