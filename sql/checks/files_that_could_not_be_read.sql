-- warn: a source file could not be read at all
select
    source_file,
    error
from load_file
where error is not null
