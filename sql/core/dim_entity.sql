-- one row per entity
create table dim_entity as
select
    entity_id,
    name_ar,
    name_en,
    kind,
    governorate_id,
    coalesce(reports_transactions, true) as reports_transactions,
    date_trunc('month', coalesce(expected_from, valid_from))::date as expected_from,
    date_trunc('month', coalesce(expected_to, valid_to))::date as expected_to,
    valid_from,
    valid_to,
    successor_id,
    source
from registry_entities
order by entity_id;

comment on table dim_entity is
'Government entities; those that report transactions are expected every month from expected_from to expected_to. | الجهات الحكومية؛ المُبلِّغة منها يُتوقع منها الإرسال شهريًا.';
