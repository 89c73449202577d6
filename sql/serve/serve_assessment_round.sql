-- one row per month in which bodies were assessed
create view serve_assessment_round as
with counted as (
    select
        month,
        (count(*) filter (where date_trunc('month', assessed_on) = month))::bigint as assessed,
        count(*)::bigint as bodies
    from fct_assessment_month
    group by month
)

select
    month,
    assessed,
    bodies
from counted
where assessed > 0;

comment on view serve_assessment_round is
'Rounds of assessment: the bodies assessed in the month, and all that have an assessment by then. | دورات التقييم: الجهات المقيسة في الشهر، وكل ما له تقييم حتى نهايته.';
