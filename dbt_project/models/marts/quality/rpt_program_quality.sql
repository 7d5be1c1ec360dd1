{% set components = ['completion', 'pass', 'certificate', 'employment', 'practice', 'stability'] -%}
with indexed as (
    select * from {{ ref('int_quality_index') }}
),

dues as (
    {{ quality_cut_off() }}
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

placed as (
    select
        quality_kind,
        quality_index,
        row_number() over (partition by quality_kind order by quality_index nulls last) - 1 as place,
        count(*) over (partition by quality_kind) as peers
    from indexed
    where subject_kind = 'institution' and evaluation = 'rated'
),

-- What institutions of one kind of training reach; a percentile alone would always mark a tenth of them.
peers as (
    select
        quality_kind,
        count(*) as peers,
        cast(
            {{ percentile('quality_index', 'place', 'peers', policy_value('quality_low_percentile')) }}
            as decimal(18, 6)
        ) as low_percentile,
        cast({{ percentile('quality_index', 'place', 'peers', '0.5') }} as decimal(18, 6)) as median_index
    from placed
    group by quality_kind
),

judged as (
    select
        indexed.*,
        peers.peers,
        peers.low_percentile,
        peers.median_index,
        indexed.quality_index is not null
        and peers.peers >= {{ policy_value('quality_peers_min') }}
        and indexed.quality_index < peers.low_percentile
        and indexed.quality_index < peers.median_index * {{ policy_value('quality_low_share') }} as is_low
    from indexed
    left join peers
        on indexed.subject_kind = 'institution' and indexed.quality_kind = peers.quality_kind
)

select
    judged.subject_kind,
    judged.subject_key,
    judged.quality_kind,
    names.subject_name,
    judged.first_month_date,
    {{ days_after(months_after('judged.last_month_date', 1), -1) }} as last_day_date,
    judged.participations,
    judged.persons,
    judged.completed,
    judged.examined,
    judged.passed,
    judged.certificate_known,
    judged.certified,
    judged.paid_fen,
    {% for component in components %}
        judged.{{ component }}_rate,
    {% endfor %}
    judged.level_raised_rate,
    case
        when judged.certified >= {{ policy_value('smallest_published_total') }} and judged.paid_fen > 0
            then cast(floor(judged.paid_fen / judged.certified) as bigint)
    end as paid_fen_per_certified,
    judged.evaluation,
    judged.quality_index,
    judged.peers,
    judged.low_percentile,
    judged.median_index,
    coalesce(judged.is_low, false) as is_low,
    judged.implementing_department_code,
    dues.judged_date
from judged
cross join dues
left join names on judged.subject_kind = names.subject_kind and judged.subject_key = names.subject_key
