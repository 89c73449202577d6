-- one row per KPI, entity and start of validity
create table dim_target as
select
    kpi_id,
    entity_id,
    valid_from,
    valid_to,
    value,
    source
from registry_targets
order by kpi_id, entity_id, valid_from;

comment on table dim_target is
'Targets; no entity means the whole programme. | المستهدفات؛ وغياب الجهة يعني البرنامج كله.';
