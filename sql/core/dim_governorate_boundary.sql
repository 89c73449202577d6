-- one row per governorate, ring of its boundary and corner of the ring
create table dim_governorate_boundary as
select
    governorate_id,
    ring,
    is_hole,
    corner,
    longitude,
    latitude
from registry_governorate_boundary
order by governorate_id, ring, corner;

comment on table dim_governorate_boundary is
'Boundaries of the governorates for drawing only: indicative, areas differ from the official ones. | حدود المحافظات لأغراض الرسم فقط، وهي استرشادية لا تُحسب منها المساحات.';
