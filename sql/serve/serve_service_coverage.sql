-- one row per service that ever reported a transaction and month of the transactions log
create view serve_service_coverage as
select
    coverage.service_id,
    dim_service.name_ar,
    dim_service.name_en,
    coverage.entity_id,
    coverage.month,
    coverage.state,
    coverage.silent_since,
    coverage.log_rows,
    coverage.transactions
from fct_service_coverage as coverage
left join dim_service on coverage.service_id = dim_service.service_id;

comment on view serve_service_coverage is
'Which service reported which month; what a month without rows is: zero, silent, not provided or not expected. | أي خدمة أبلغت عن أي شهر، وما يعنيه الشهر الخالي: صفر أو انقطاع أو غير مقدَّم أو غير متوقع.';
