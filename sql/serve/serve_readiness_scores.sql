-- one row per assessed entity and indicator: its score in the last assessment up to the end of a month
-- With the score of the assessment before, and the mean of the last assessments of the bodies of the same kind.
-- Call: serve_readiness_scores('2025-05')
create macro serve_readiness_scores(until_month) as table
    with dated as (
        select
            fct_assessment.entity_id,
            fct_assessment.indicator_id,
            fct_assessment.assessed_on,
            fct_assessment.score_pct,
            dense_rank() over (
                partition by fct_assessment.entity_id order by fct_assessment.assessed_on desc
            ) as turn
        from fct_assessment
        where fct_assessment.assessed_on <= last_day(month_start(until_month))
    ),

    peers as (
        select
            dim_entity.kind,
            dated.indicator_id,
            avg(dated.score_pct)::double as kind_pct,
            count(*)::bigint as bodies
        from dated
        inner join dim_entity on dated.entity_id = dim_entity.entity_id
        where dated.turn = 1
        group by dim_entity.kind, dated.indicator_id
    )

    select
        latest.entity_id,
        latest.indicator_id,
        dim_indicator.name_ar as indicator_ar,
        dim_indicator.name_en as indicator_en,
        latest.assessed_on,
        latest.score_pct::double as score_pct,
        previous.assessed_on as previous_on,
        previous.score_pct::double as previous_pct,
        peers.kind_pct,
        coalesce(peers.bodies, 0)::bigint as bodies
    from dated as latest
    inner join dim_entity on latest.entity_id = dim_entity.entity_id
    inner join dim_indicator on latest.indicator_id = dim_indicator.indicator_id
    left join dated as previous
        on latest.entity_id = previous.entity_id and latest.indicator_id = previous.indicator_id and previous.turn = 2
    left join peers on dim_entity.kind = peers.kind and latest.indicator_id = peers.indicator_id
    where latest.turn = 1;
