-- one row per month and entity expected to report
create view kpi_entities_reporting as
select
    month,
    entity_id,
    null::varchar as governorate_id,
    (status in ('reported', 'late'))::bigint as numerator,
    1::bigint as denominator
from fct_coverage_month
where status in ('reported', 'late', 'missing');

comment on view kpi_entities_reporting is
'Entities that reported out of those expected. | الجهات المُبلِّغة من المتوقعة.';
