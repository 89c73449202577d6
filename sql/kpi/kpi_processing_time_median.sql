-- one row per month, entity, governorate, channel and duration class
create view kpi_processing_time_median as
select
    month,
    entity_id,
    governorate_id,
    channel,
    bucket_minutes,
    transactions as numerator,
    null::bigint as denominator
from fct_duration_month;

comment on view kpi_processing_time_median is
'Completed transactions per duration class; the median is read from the classes, never averaged. | المعاملات المكتملة بحسب الفئة الزمنية.';
