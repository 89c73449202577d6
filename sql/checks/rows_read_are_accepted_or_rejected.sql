-- block: every row read was accepted or rejected, and every accepted row counts, was replaced or is a duplicate
select
    source_file,
    rows_read,
    rows_accepted,
    rows_rejected,
    rows_counted,
    rows_replaced,
    rows_duplicate
from load_file
where
    rows_read <> rows_accepted + rows_rejected
    or rows_accepted <> rows_counted + rows_replaced + rows_duplicate
    or rows_counted < 0
