-- warn: more than one row in a hundred of a file was rejected
select
    source_file,
    rows_read,
    rows_rejected
from load_file
where rows_rejected * 100 > rows_read
