-- one row per outer ring of a governorate's boundary: its corners in order, in degrees
create view serve_governorate_outline as
select
    governorate_id,
    ring,
    list(struct_pack(longitude := longitude, latitude := latitude) order by corner) as corners
from dim_governorate_boundary
where not is_hole
group by governorate_id, ring;

comment on view serve_governorate_outline is
'Outer rings of the governorates'' boundaries, for drawing only. | الحلقات الخارجية لحدود المحافظات، للرسم فقط.';
