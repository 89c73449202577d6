-- one row per thing that is held back or was released, and source file
create table load_held as
select
    held_id,
    status,
    kind,
    reason,
    source_file,
    entity_id,
    service_id,
    "month",
    months_covered,
    log_rows,
    transactions,
    keeps_earlier,
    facts,
    decided_by,
    decided_why,
    decided_at
from lake_held
order by status, kind, held_id, source_file, entity_id, "month";

comment on table load_held is
'What is held back, which no figure counts, and what was released by decision, which the figures count. | المحتجز للمراجعة ولا يدخل في أي رقم، وما أُفرج عنه بقرار فدخل في الأرقام.';
