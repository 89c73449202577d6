-- one row per KPI and month that it was counted in
create view serve_kpi_month as
select
    kpi_id,
    month
from serve_kpi
group by kpi_id, month;

comment on view serve_kpi_month is
'The months in which each KPI was counted. | الأشهر التي حُسب فيها كل مؤشر.';
