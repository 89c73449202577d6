-- one row per month and entity that reports transactions
create view serve_coverage as
select
    fct_coverage_month.entity_id,
    dim_entity.name_ar,
    dim_entity.name_en,
    fct_coverage_month.month,
    fct_coverage_month.status,
    fct_coverage_month.log_rows,
    fct_coverage_month.transactions,
    fct_coverage_month.rejected_pct,
    fct_coverage_month.received_on,
    fct_coverage_month.due_on
from fct_coverage_month
inner join dim_entity on fct_coverage_month.entity_id = dim_entity.entity_id;

comment on view serve_coverage is
'Which entity reported which month: reported, late, missing or not_expected. | أي جهة أبلغت عن أي شهر: في الموعد أو متأخرة أو لم تُبلغ أو غير متوقعة.';
