-- one row per governorate and date of its population figure
create table dim_governorate_population as
select
    governorate_id,
    as_of,
    population,
    source,
    source_ar
from registry_governorate_population
order by governorate_id, as_of;

comment on table dim_governorate_population is
'Dated, sourced population of each governorate. | سكان كل محافظة بتاريخ ومصدر.';
