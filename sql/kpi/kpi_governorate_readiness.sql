-- one row per month and assessed entity
create view kpi_governorate_readiness as
select
    month,
    entity_id,
    governorate_id,
    (score_pct * 1000000)::bigint as numerator,
    100000000::bigint as denominator
from fct_assessment_month
where kind = 'governorate_office';

comment on view kpi_governorate_readiness is
'Readiness score of the governors'' offices in millionths of a percent, out of the full score. | نتيجة الجاهزية لمكاتب المحافظين.';
