-- one row per assessment round, kind of body and indicator
create view serve_readiness_indicator as
with latest_of_round as (
    select
        (date_trunc('month', fct_assessment.assessed_on))::date as month,
        fct_assessment.entity_id,
        fct_assessment.indicator_id,
        arg_max(fct_assessment.score_pct, fct_assessment.assessed_on) as score_pct
    from fct_assessment
    group by 1, fct_assessment.entity_id, fct_assessment.indicator_id
),

by_kind as (
    select
        latest_of_round.*,
        case when dim_entity.kind = 'governorate_office' then 'governorate' else 'entity' end as body_kind
    from latest_of_round
    inner join dim_entity on latest_of_round.entity_id = dim_entity.entity_id
)

select
    by_kind.month,
    by_kind.body_kind,
    by_kind.indicator_id,
    dim_indicator.name_ar,
    dim_indicator.name_en,
    dim_indicator.weight,
    count(*)::bigint as bodies,
    -- The mean of decimals is exact; that of doubles depends on the order of the rows.
    avg(by_kind.score_pct)::double as mean_score_pct,
    min(by_kind.score_pct)::double as lowest_score_pct,
    max(by_kind.score_pct)::double as highest_score_pct,
    dim_indicator.source,
    dim_indicator.source_ar
from by_kind
inner join dim_indicator on by_kind.indicator_id = dim_indicator.indicator_id
group by
    by_kind.month, by_kind.body_kind, by_kind.indicator_id, dim_indicator.name_ar, dim_indicator.name_en,
    dim_indicator.weight, dim_indicator.source, dim_indicator.source_ar;

comment on view serve_readiness_indicator is
'Mean score of each readiness indicator by assessment round, entities and governors'' offices apart. | متوسط نتيجة كل مؤشر جاهزية في كل دورة تقييم، للجهات ولمكاتب المحافظين كلٌّ على حدة.';
