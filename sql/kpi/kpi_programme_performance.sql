-- one row per month, owner entity and governorate; projects of the programme only
create view kpi_programme_performance as
select
    month,
    entity_id,
    governorate_id,
    sum(progress_pct * 100)::bigint as numerator,
    (count(*) * 10000)::bigint as denominator
from fct_project_month
where in_programme
group by month, entity_id, governorate_id;

comment on view kpi_programme_performance is
'Progress of the programme''s projects in hundredths of a percent, out of full progress. | تقدم مشاريع البرنامج من الإنجاز الكامل.';
