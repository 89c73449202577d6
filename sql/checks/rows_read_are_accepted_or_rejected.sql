-- block: every row read was accepted or rejected; every accepted row counts, is held back, replaced or a duplicate
select
    source_file,
    rows_read,
    rows_accepted,
    rows_rejected,
    rows_counted,
    rows_held,
    rows_replaced,
    rows_duplicate
from load_file
where
    rows_read <> rows_accepted + rows_rejected
    or rows_accepted <> rows_counted + rows_held + rows_replaced + rows_duplicate
    or rows_counted < 0
