-- block: every value that was accepted, in each column of each log, is there to be read
select
    log,
    lake_column,
    accepted_values,
    visible_values
from load_column
where accepted_values <> visible_values
