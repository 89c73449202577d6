-- one row per published figure, beside the value computed from the logs
create view serve_claims as
with conflicts as (
    select
        this_claim.claim_id,
        list(other_claim.claim_id order by other_claim.claim_id) as conflicts_with
    from dim_claim as this_claim
    inner join dim_claim as other_claim
        on
            this_claim.conflict_group = other_claim.conflict_group
            and this_claim.claim_id <> other_claim.claim_id
            and this_claim.kpi_id is not distinct from other_claim.kpi_id
            and this_claim.unit is not distinct from other_claim.unit
            and (
                abs(this_claim.value - other_claim.value) > greatest(this_claim.precision, other_claim.precision) / 2.0
                or this_claim.period_from is distinct from other_claim.period_from
                or this_claim.period_to is distinct from other_claim.period_to
            )
    group by this_claim.claim_id
),

compared as (
    select
        dim_claim.*,
        fct_claim_value.computed_value,
        fct_claim_value.reason,
        coalesce(conflicts.conflicts_with, []) as conflicts_with,
        abs(fct_claim_value.computed_value - dim_claim.value) <= dim_claim.precision / 2.0 as rounds_to_published,
        dim_claim.bound = 'at_least'
        and fct_claim_value.computed_value >= dim_claim.value
        and fct_claim_value.computed_value < dim_claim.value + dim_claim.precision as just_above_published
    from dim_claim
    left join fct_claim_value on dim_claim.claim_id = fct_claim_value.claim_id
    left join conflicts on dim_claim.claim_id = conflicts.claim_id
),

judged as (
    select
        compared.*,
        case
            when compared.computed_value is null and len(compared.conflicts_with) > 0 then 'conflicting'
            when compared.computed_value is null or compared.value is null then 'not_computable'
            when compared.rounds_to_published or compared.just_above_published then 'agrees'
            else 'differs'
        end as verdict
    from compared
)

select
    judged.claim_id,
    judged.kpi_id,
    judged.metric_ar,
    judged.metric_en,
    judged.scope,
    judged.entity_id,
    judged.governorate_id,
    judged.level_id,
    judged.period_from,
    judged.period_to,
    judged.value as published_value,
    judged.published_ar,
    judged.published_en,
    judged.unit,
    judged.computed_value,
    judged.verdict,
    judged.conflicts_with,
    dim_claim_reason.why_ar,
    dim_claim_reason.why_en,
    judged.source,
    judged.source_ar,
    judged.source_url,
    judged.source_language,
    judged.source_date,
    judged.derived,
    judged.note_ar,
    judged.note_en
from judged
left join dim_claim_reason
    on
        case
            when judged.verdict = 'differs' and len(judged.conflicts_with) > 0 then 'differs_and_conflicts'
            when judged.verdict = 'agrees' and len(judged.conflicts_with) > 0 then 'agrees_and_conflicts'
            when judged.verdict in ('agrees', 'differs') then judged.verdict
            else judged.reason
        end = dim_claim_reason.reason;

comment on view serve_claims is
'Published figures beside the computed value: verdict, reason, conflicting claims. | الأرقام المنشورة إلى جانب القيمة المحسوبة.';
