-- one row per month and assessed entity
create view kpi_entity_readiness as
select
    month,
    entity_id,
    governorate_id,
    (score_pct * 1000000)::bigint as numerator,
    100000000::bigint as denominator
from fct_assessment_month
where kind is distinct from 'governorate_office';

comment on view kpi_entity_readiness is
'Readiness score in millionths of a percent, out of the full score; governors'' offices apart. | نتيجة الجاهزية للجهات عدا مكاتب المحافظين.';
