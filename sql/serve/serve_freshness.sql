-- one row: which build this is, what it covers, and how it may be read
create view serve_freshness as
with transactions_log as (
    select
        min(month) as first_month,
        max(month) as last_month,
        coalesce(max(months_covered), 1)::bigint as reporting_months
    from fct_transaction_month
),

ledger as (
    select
        count(*)::bigint as source_files,
        coalesce(sum(rows_accepted), 0)::bigint as rows_accepted,
        coalesce(sum(rows_rejected), 0)::bigint as rows_rejected
    from load_file
)

select
    meta_build.build_id,
    meta_build.built_at,
    meta_build.workspace_name_ar,
    meta_build.workspace_name_en,
    meta_build.programme_ar,
    meta_build.programme_en,
    meta_build.synthetic,
    meta_build.synthetic_note_ar,
    meta_build.synthetic_note_en,
    meta_build.week_first_day,
    meta_build.weekend,
    (transactions_log.first_month)::date as first_month,
    (transactions_log.last_month + to_months((transactions_log.reporting_months - 1)::integer))::date as last_month,
    (date_trunc('year', transactions_log.last_month))::date as default_from_month,
    (
        transactions_log.last_month + to_months((transactions_log.reporting_months - 1)::integer)
    )::date as default_to_month,
    transactions_log.reporting_months,
    ledger.source_files,
    ledger.rows_accepted,
    ledger.rows_rejected
from meta_build
cross join transactions_log
cross join ledger;

comment on view serve_freshness is
'The build, the months it covers and the rows behind it. | البناء والأشهر التي يغطيها والصفوف التي يقوم عليها.';
