-- one row per month, entity, service, governorate and channel with at least one rating
create view kpi_satisfaction as
select
    month,
    entity_id,
    service_id,
    governorate_id,
    channel,
    sum(rating_points)::bigint as numerator,
    (4 * sum(ratings))::bigint as denominator
from fct_transaction_service_month
where ratings > 0
group by month, entity_id, service_id, governorate_id, channel;

comment on view kpi_satisfaction is
'Rating points (rating minus 1) out of the highest possible. | نقاط التقييم من أعلى ما يمكن.';
