-- one row per month, owner entity and governorate; projects of the programme only
create view kpi_projects_completed as
select
    month,
    entity_id,
    governorate_id,
    count(*) filter (where standing = 'completed')::bigint as numerator,
    count(*)::bigint as denominator
from fct_project_month
where in_programme
group by month, entity_id, governorate_id;

comment on view kpi_projects_completed is
'Projects at 100 % out of all projects of the programme. | المشاريع المكتملة من جميع مشاريع البرنامج.';
