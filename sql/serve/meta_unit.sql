-- one row per unit of a value or a column
create view meta_unit as
select
    code as unit,
    name_ar,
    name_en
from meta_code
where code_list = 'unit';

comment on view meta_unit is
'Units of values and columns, in words. | وحدات القيم والأعمدة بالكلمات.';
