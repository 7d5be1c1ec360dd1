-- Suspicions about who assesses and how: rules R27, R28 and R29 of reference/risk_rules.csv, each with its rows.
with certificates as (
    select * from {{ ref('int_certificate') }}
    where is_counted
),

assessed as (
    select * from {{ ref('int_separated_certificate') }}
),

-- Whoever was a legal representative in any directory.
representatives as (
    select distinct
        institution_uscc,
        legal_rep_key
    from {{ ref('stg_institution_directory') }}
    where institution_uscc is not null and legal_rep_key is not null
),

-- R27: who trains also examines.
same_body as (
    select
        class_key,
        certificate_row_key,
        '培训机构与考核发证机构是同一机构，涉及证书' || cast(count(*) over (partition by class_key) as string) || '本。'
            as reason
    from assessed
    where trainer_key = issuer_uscc
),

-- R28: two bodies whose legal representatives bear one name, which one person need not be.
same_name_rows as (
    select distinct
        assessed.class_key,
        assessed.certificate_row_key
    from assessed
    inner join representatives as of_trainer on assessed.trainer_key = of_trainer.institution_uscc
    inner join representatives as of_issuer
        on assessed.issuer_uscc = of_issuer.institution_uscc and of_trainer.legal_rep_key = of_issuer.legal_rep_key
    where assessed.trainer_key <> assessed.issuer_uscc
),

same_name as (
    select
        class_key,
        certificate_row_key,
        '培训机构与考核发证机构的法定代表人同名，涉及证书' || cast(count(*) over (partition by class_key) as string)
        || '本，只作线索。' as reason
    from same_name_rows
),

-- R29: direct recognition that began too low.
too_low_rows as (
    select
        certificate_row_key,
        coalesce(issuer_uscc, certificate_org_code, unit_code) as issuer_key
    from certificates
    where
        {{ is_policy_code('assess_mode_code', 'recognition_assessment_code', 'issue_date') }}
        and {{ is_policy_code('skill_level_code', 'low_recognition_level_code', 'issue_date') }}
),

too_low as (
    select
        issuer_key,
        certificate_row_key,
        '直接认定低于高级工的证书' || cast(count(*) over (partition by issuer_key) as string) || '本。' as reason
    from too_low_rows
)

select
    'R27' as rule_code,
    'class' as subject_kind,
    class_key as subject_key,
    cast(null as string) as signal_part,
    'certificate' as fact,
    certificate_row_key as fact_key,
    reason
from same_body
union all
select 'R28', 'class', class_key, null, 'certificate', certificate_row_key, reason from same_name
union all
select 'R29', 'institution', issuer_key, null, 'certificate', certificate_row_key, reason from too_low
