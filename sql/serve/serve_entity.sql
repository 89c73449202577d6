-- one row per entity: what the registries say of it, with its change team and whether it owns programme projects
create view serve_entity as
with teams as (
    select
        entity_id,
        max(active_from) as team_from,
        arg_max_null(active_to, active_from) as team_to
    from dim_change_team
    group by entity_id
),

owners as (
    select distinct owner_entity_id as entity_id
    from dim_project
    where in_programme
)

select
    dim_entity.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    dim_entity.kind,
    dim_entity.reports_transactions,
    dim_entity.governorate_id,
    dim_governorate.name_ar as governorate_ar,
    dim_governorate.name_en as governorate_en,
    teams.team_from,
    teams.team_to,
    owners.entity_id is not null as owns_programme_projects
from dim_entity
left join dim_governorate on dim_entity.governorate_id = dim_governorate.governorate_id
left join teams on dim_entity.entity_id = teams.entity_id
left join owners on dim_entity.entity_id = owners.entity_id;

comment on view serve_entity is
'Entities with their governorate, their latest change team, and whether they own projects of the programme. | الجهات ومحافظة كل منها وأحدث فريق للتغيير فيها، وهل تملك مشروعات من البرنامج.';
