-- one row per column
-- en: What do the columns of a table mean?
-- ar: ما معنى أعمدة جدول؟
-- for: analyst
-- $table: fct_transaction_month
select
    column_name,
    data_type,
    unit,
    refers_to,
    ar,
    en
from meta_column
where object_name = $table
order by position
