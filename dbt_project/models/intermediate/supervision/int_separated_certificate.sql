-- Certificates of kinds for which who trains may not examine, with the class that each came of and who trained there.
-- One that names no class came of the person's last training in the occupation, where that ended so shortly before that
-- the certificate counts as its result.
with certificates as (
    select * from {{ ref('int_certificate') }}
    where
        is_counted
        and issuer_uscc is not null
        and {{ is_policy_code('certificate_type_code', 'separated_certificate_code', 'issue_date') }}
        and not coalesce(
            {{ is_policy_code('assess_mode_code', 'combined_assessment_code', 'issue_date') }}, false
        )
),

participations as (
    select * from {{ ref('int_participation') }}
    where is_counted
),

classes as (
    select * from {{ ref('int_class') }}
),

thresholds as (
    select * from {{ ref('stg_threshold') }}
),

trainings_before as (
    select
        certificates.certificate_row_key,
        participations.class_id,
        row_number() over (
            partition by certificates.certificate_row_key
            order by participations.event_date desc nulls last, participations.class_id nulls last
        ) as training_rank
    from certificates
    {{ join_threshold('upgrade', 'upgrade_days', 'certificates.issue_date') }}
    inner join participations
        on
            certificates.person_key = participations.person_key
            and certificates.occupation_code = participations.occupation_code
            and certificates.issue_date >= participations.event_date
            and {{ days_after('participations.event_date', 'upgrade.threshold_value') }} >= certificates.issue_date
    where certificates.class_id is null
),

placed as (
    select
        certificates.certificate_row_key,
        certificates.issuer_uscc,
        coalesce(certificates.class_key, trainings_before.class_id) as class_key
    from certificates
    left join trainings_before
        on
            certificates.certificate_row_key = trainings_before.certificate_row_key
            and trainings_before.training_rank = 1
)

select
    placed.certificate_row_key,
    placed.issuer_uscc,
    placed.class_key,
    classes.institution_key as trainer_key
from placed
inner join classes on placed.class_key = classes.class_id
where classes.institution_key is not null
