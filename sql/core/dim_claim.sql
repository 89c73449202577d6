-- one row per published figure
create table dim_claim as
select
    claim_id,
    kpi_id,
    metric_ar,
    metric_en,
    scope,
    entity_id,
    governorate_id,
    level_id,
    period_from,
    period_to,
    value,
    unit,
    precision,
    bound,
    published_ar,
    published_en,
    source,
    source_ar,
    source_url,
    source_language,
    source_date,
    conflict_group,
    derived,
    note_ar,
    note_en
from registry_claims
order by claim_id;

comment on table dim_claim is
'Figures that somebody published; compared with computed values, never their source. | أرقام منشورة تُقارن بالمحسوب ولا تكون مصدره.';
