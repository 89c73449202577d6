-- warn: an expected entity sent nothing for the latest month
select
    fct_coverage_month.entity_id,
    fct_coverage_month.month
from fct_coverage_month
where
    fct_coverage_month.status = 'missing'
    and fct_coverage_month.month = (select max(latest.month) from fct_coverage_month as latest)
