-- warn: an entity sent the latest month after the day it was due
select
    fct_coverage_month.entity_id,
    fct_coverage_month.month,
    fct_coverage_month.received_on,
    fct_coverage_month.due_on
from fct_coverage_month
where
    fct_coverage_month.status = 'late'
    and fct_coverage_month.month = (select max(latest.month) from fct_coverage_month as latest)
