-- one row per month and assessed entity: its latest assessment at the end of the month
create table fct_assessment_month as
with scored as (
    select
        fct_assessment.entity_id,
        fct_assessment.assessed_on,
        sum(fct_assessment.score_pct * dim_indicator.weight) / nullif(sum(dim_indicator.weight), 0) as score_pct
    from fct_assessment
    inner join dim_indicator on fct_assessment.indicator_id = dim_indicator.indicator_id
    group by fct_assessment.entity_id, fct_assessment.assessed_on
),

log_months as (
    select
        month,
        month_end
    from dim_month
    where
        month between
        (select date_trunc('month', min(assessed_on)) from fct_assessment)
        and (select max(assessed_on) from fct_assessment)
),

latest as (
    select
        log_months.month,
        scored.entity_id,
        max(scored.assessed_on) as assessed_on,
        arg_max(scored.score_pct, scored.assessed_on)::double as score_pct
    from log_months
    inner join scored on log_months.month_end >= scored.assessed_on
    group by log_months.month, scored.entity_id
)

select
    latest.month,
    latest.entity_id,
    dim_entity.governorate_id,
    dim_entity.kind,
    latest.assessed_on,
    latest.score_pct,
    (
        select arg_max(dim_level.level_id, dim_level.score_from_pct) from dim_level
        where dim_level.score_from_pct <= latest.score_pct
    ) as level_id
from latest
inner join dim_entity on latest.entity_id = dim_entity.entity_id
order by latest.month, latest.entity_id;

comment on table fct_assessment_month is
'Latest readiness score and excellence level of each entity at the end of each month. | آخر نتيجة جاهزية لكل جهة في نهاية كل شهر.';
