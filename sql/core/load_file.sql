-- one row per source file and its latest load
create table load_file as
select
    source_file,
    log,
    source_name,
    sha256,
    size_bytes,
    rows_read,
    rows_accepted,
    rows_rejected,
    loaded_at,
    loader_version,
    error
from lake_files
order by source_file;

comment on table load_file is
'Ledger of loaded files: rows read = accepted + rejected. | سجل الملفات المحمّلة.';
