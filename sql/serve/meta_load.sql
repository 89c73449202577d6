-- one row per log: what was received and loaded; the files are in load_file
create view meta_load as
select
    log,
    count(*)::bigint as source_files,
    sum(rows_read)::bigint as rows_read,
    sum(rows_accepted)::bigint as rows_accepted,
    sum(rows_rejected)::bigint as rows_rejected,
    min(received_at) as first_received_at,
    max(received_at) as last_received_at
from load_file
group by log;

comment on view meta_load is
'What was received and loaded of each log. | ما ورد وما حُمّل من كل سجل.';
