-- one row per change-management team and its start
create table dim_change_team as
select
    entity_id,
    active_from,
    active_to,
    source,
    coalesce(source_ar, source) as source_ar
from registry_change_teams
order by entity_id, active_from;

comment on table dim_change_team is
'Change-management teams of the entities. | فرق إدارة التغيير في الجهات.';
