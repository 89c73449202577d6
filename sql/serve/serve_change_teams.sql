-- one row per entity that reports transactions: since when it has a change team, as known at the end of a month
-- Without a month everything the registry knows counts.
-- Call: serve_change_teams('2025-05')
create macro serve_change_teams(until_month) as table
    with teams as (
        select
            dim_change_team.entity_id,
            max(dim_change_team.active_from) as last_from,
            max_by(dim_change_team.active_to, dim_change_team.active_from) as last_to
        from dim_change_team
        where until_month is null or dim_change_team.active_from <= last_day(month_start(until_month))
        group by dim_change_team.entity_id
    ),

    dated as (
        select
            teams.entity_id,
            teams.last_from,
            case when until_month is null or teams.last_to <= last_day(month_start(until_month)) then teams.last_to end
                as ended_on
        from teams
    )

    select
        dim_entity.entity_id,
        dim_entity.name_ar,
        dim_entity.name_en,
        dated.last_from as active_from,
        dated.ended_on,
        dated.last_from is not null and dated.ended_on is null as is_active
    from dim_entity
    left join dated on dim_entity.entity_id = dated.entity_id
    where dim_entity.reports_transactions;
