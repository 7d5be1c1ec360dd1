with counts as (
    select * from {{ ref('int_quality_count') }}
),

weights as (
    select
        max(case when indicator = 'completion' then weight end) as completion_weight,
        max(case when indicator = 'pass' then weight end) as pass_weight,
        max(case when indicator = 'skill_upgrade' then weight end) as skill_upgrade_weight,
        max(case when indicator = 'employment' then weight end) as employment_weight
    from {{ ref('stg_quality_weight') }}
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

runs as (
    select * from {{ ref('stg_run') }}
),

names as (
    select
        'class' as subject_kind,
        class_id as subject_key,
        class_name as subject_name
    from {{ ref('int_class') }}
    union all
    select 'institution', institution_key, institution_name from {{ ref('dim_institution') }}
    union all
    select 'occupation', occupation_code, occupation_name from {{ ref('dim_occupation') }}
    union all
    select 'department', department_code, short_name from {{ ref('dim_department') }}
),

rates as (
    select
        *,
        {{ published_share('completed', 'participations') }} as completion_rate,
        {{ published_share('passed', 'examined') }} as pass_rate,
        {{ published_share('upgraded', 'upgrade_known') }} as skill_upgrade_rate,
        {{ published_share('level_raised', 'certified_again') }} as level_raised_rate,
        {{ published_share('employed', 'employment_known') }} as employment_rate
    from counts
),

-- The mean of the rates that are known, each with its weight.
weighed as (
    select
        rates.*,
        coalesce(rates.completion_rate * weights.completion_weight, 0)
        + coalesce(rates.pass_rate * weights.pass_weight, 0)
        + coalesce(rates.skill_upgrade_rate * weights.skill_upgrade_weight, 0)
        + coalesce(rates.employment_rate * weights.employment_weight, 0) as weighed_sum,
        case when rates.completion_rate is not null then weights.completion_weight else 0 end
        + case when rates.pass_rate is not null then weights.pass_weight else 0 end
        + case when rates.skill_upgrade_rate is not null then weights.skill_upgrade_weight else 0 end
        + case when rates.employment_rate is not null then weights.employment_weight else 0 end as known_weight
    from rates
    cross join weights
),

judged as (
    select
        weighed.*,
        {{ floor_ratio('weighed.weighed_sum * 10000', 'weighed.known_weight * 10000', 1, 4) }} as quality_index,
        line.threshold_value as quality_line
    from weighed
    cross join runs
    {{ join_threshold('line', 'quality_index_min', 'runs.as_of_date') }}
)

select
    judged.subject_kind,
    judged.subject_key,
    names.subject_name,
    judged.participations,
    judged.completed,
    judged.certified,
    judged.paid_fen,
    judged.completion_rate,
    judged.pass_rate,
    judged.skill_upgrade_rate,
    judged.level_raised_rate,
    judged.employment_rate,
    case
        when judged.certified >= {{ policy_value('smallest_published_total') }} and judged.paid_fen > 0
            then cast(floor(judged.paid_fen / judged.certified) as bigint)
    end as paid_fen_per_certified,
    judged.quality_index,
    cast(judged.known_weight as decimal(18, 6)) as known_weight,
    judged.quality_line,
    judged.quality_index < judged.quality_line as is_below_line
from judged
left join names on judged.subject_kind = names.subject_kind and judged.subject_key = names.subject_key
