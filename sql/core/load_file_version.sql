-- one row per content a source file has had, oldest first
create table load_file_version as
select
    source_file,
    version,
    is_current,
    sha256,
    size_bytes,
    rows_read,
    rows_accepted,
    rows_rejected,
    received_at,
    loaded_at,
    loader_version
from lake_contents
order by source_file, version;

comment on table load_file_version is
'What a file held before its sender overwrote it, beside what it holds now. | محتوى كل ملف قبل استبدال الجهة له وبعده.';
