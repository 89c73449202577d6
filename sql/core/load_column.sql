-- one row per log and column of the lake: the values that were accepted, and those that SQL has to read
create table load_column as
select
    log,
    lake_column,
    accepted_values,
    visible_values
from lake_values
order by log, lake_column;

comment on table load_column is
'Values accepted in each column of each log, beside those that the tables are made of. | القيم المقبولة في كل عمود من كل سجل، بجانب القيم التي تُبنى منها الجداول.';
