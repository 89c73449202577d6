-- one row per month and entity that reports transactions, from the month of the first team on
create view kpi_change_teams_active as
select
    dim_month.month,
    dim_entity.entity_id,
    null::varchar as governorate_id,
    exists(
        select 1 as found
        from dim_change_team as team
        where
            team.entity_id = dim_entity.entity_id
            and team.active_from <= dim_month.month_end
            and (team.active_to is null or team.active_to > dim_month.month_end)
    )::bigint as numerator,
    1::bigint as denominator
from dim_month
cross join dim_entity
where
    dim_entity.reports_transactions
    and dim_month.month_end >= (select min(first_team.active_from) from dim_change_team as first_team);

comment on view kpi_change_teams_active is
'Entities with an active change-management team out of all. | الجهات ذات فريق تغيير فاعل من جميع الجهات.';
