-- one row per published figure: what the logs say for its KPI, scope and period
create table fct_claim_value (
    claim_id varchar not null,
    computed_value double,
    reason varchar
);

comment on table fct_claim_value is
'Computed values beside claims, filled through kpi_points once the views stand. | القيم المحسوبة مقابل الأرقام المنشورة.';
