-- one row per assessed entity: its excellence level at the last month assessed up to a month
-- As it is today, what a body was assessed at holds for it; else that of the bodies it took over, where it was one.
-- Call: serve_entity_levels('2025-05')
create macro serve_entity_levels(until_month, organisation := 'as_was') as table
    with assessed as (
        select
            fct_assessment_month.month,
            coalesce(today.current_entity_id, fct_assessment_month.entity_id) as entity_id,
            coalesce(
                max(fct_assessment_month.level_id) filter (
                    where today.current_entity_id is null or today.current_entity_id = fct_assessment_month.entity_id
                ),
                case
                    when min(fct_assessment_month.level_id) = max(fct_assessment_month.level_id)
                        then min(fct_assessment_month.level_id)
                end
            ) as level_id
        from fct_assessment_month
        left join dim_entity_successor as today
            on fct_assessment_month.entity_id = today.entity_id and is_as_is(organisation)
        where
            fct_assessment_month.month = (
                select max(counted.month) from fct_assessment_month as counted
                where counted.month <= month_start(until_month)
            )
        group by fct_assessment_month.month, coalesce(today.current_entity_id, fct_assessment_month.entity_id)
    )

    select
        assessed.entity_id,
        assessed.month,
        assessed.level_id,
        dim_level.name_ar as level_ar,
        dim_level.name_en as level_en
    from assessed
    left join dim_level on assessed.level_id = dim_level.level_id;
