{% set subjects = {
    'class': 'class_id', 'institution': 'institution_key', 'occupation': 'occupation_code',
    'department': 'department_code',
} -%}
-- What became of the trained, counted per kind of training and class, institution, occupation and department, over the
-- months of completion of which the last check of the kind was due.
with outcomes as (
    select * from {{ ref('int_training_outcome') }}
),

subsidies as (
    select * from {{ ref('int_class_subsidy') }}
),

departments as (
    select * from {{ ref('stg_department') }}
),

longest_checks as (
    select
        components.quality_kind,
        max(coalesce(components.check_month, 0)) as longest_check
    from {{ ref('stg_quality_component') }} as components
    inner join {{ ref('stg_run') }} as runs
        on runs.as_of_date between components.since_date and components.until_date
    group by components.quality_kind
),

placed as (
    select
        outcomes.*,
        {{ months_after(month_of('outcomes.cut_off_date'), '-1 - coalesce(longest_checks.longest_check, 0)') }}
            as last_month_date
    from outcomes
    left join longest_checks on outcomes.quality_kind = longest_checks.quality_kind
),

judged as (
    select
        *,
        {{ months_after('last_month_date', '1 - ' ~ policy_value('quality_window_months')) }} as first_month_date
    from placed
    where
        ended_date < {{ months_after('last_month_date', 1) }}
        and ended_date >= {{ months_after('last_month_date', '1 - ' ~ policy_value('quality_window_months')) }}
),

-- Of an institution's classes of a kind the department answers that completed most.
implementers as (
    select
        judged.institution_key,
        judged.quality_kind,
        judged.department_code,
        row_number() over (
            partition by judged.institution_key, judged.quality_kind
            order by count(case when judged.is_completed then 1 end) desc, min(departments.department_order) nulls last
        ) as place
    from judged
    inner join departments on judged.department_code = departments.department_code
    group by judged.institution_key, judged.quality_kind, judged.department_code
),

-- What was paid for a class stands with a row of the department that the plan names first; the class tells all else.
paid as (
    select
        judged.*,
        case
            when row_number() over (partition by judged.class_id order by departments.department_order) = 1
                then subsidies.paid_fen
        end as paid_fen
    from judged
    left join departments on judged.department_code = departments.department_code
    left join subsidies on judged.class_id = subsidies.class_key
),

counts as (
    {% for subject, key in subjects.items() %}
        select
            '{{ subject }}' as subject_kind,
            {{ key }} as subject_key,
            quality_kind,
            min(first_month_date) as first_month_date,
            min(last_month_date) as last_month_date,
            min(cut_off_date) as cut_off_date,
            count(*) as participations,
            count(distinct case when is_completed then person_key end) as persons,
            count(case when is_completed then 1 end) as completed,
            count(case when is_exam_known then 1 end) as exam_known,
            count(case when is_examined then 1 end) as examined,
            count(case when is_passed then 1 end) as passed,
            count(case when is_certificate_known then 1 end) as certificate_known,
            count(case when is_certificate_known and is_certified then 1 end) as certified,
            count(case when has_earlier_certificate then 1 end) as certified_again,
            count(case when is_level_raised then 1 end) as level_raised,
            count(case when is_work_asked and is_due_6 then 1 end) as employment_due,
            count(case when is_work_asked and is_due_6 and is_employed_6 is not null then 1 end) as employment_known,
            count(case when is_work_asked and is_due_6 and is_employed_6 then 1 end) as employed,
            count(distinct case when {{ founders('practice', 6, 'due') }} then person_key end) as practice_due,
            count(distinct case when {{ founders('practice', 6, 'known') }} then person_key end) as practice_known,
            count(distinct case when {{ founders('practice', 6, 'reached') }} then person_key end) as started,
            count(distinct case when {{ founders('stability', 12, 'due') }} then person_key end) as stability_due,
            count(distinct case when {{ founders('stability', 12, 'known') }} then person_key end) as stability_known,
            count(distinct case when {{ founders('stability', 12, 'reached') }} then person_key end) as operating,
            cast(coalesce(sum(paid_fen), 0) as bigint) as paid_fen
        from paid
        where {{ key }} is not null
        group by {{ key }}, quality_kind
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    counts.*,
    implementers.department_code as implementing_department_code
from counts
left join implementers
    on
        case when counts.subject_kind = 'institution' then counts.subject_key end = implementers.institution_key
        and counts.quality_kind = implementers.quality_kind
        and implementers.place = 1
