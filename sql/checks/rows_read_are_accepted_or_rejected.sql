-- block: every row read was accepted or rejected
select
    source_file,
    rows_read,
    rows_accepted,
    rows_rejected
from load_file
where rows_read <> rows_accepted + rows_rejected
