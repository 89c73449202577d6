-- one row per governorate
create table dim_governorate as
select
    governorate_id,
    name_ar,
    name_en,
    seat_ar,
    seat_en,
    tile_row,
    tile_col,
    sort_order,
    wilayats,
    area_km2,
    source,
    source_ar
from registry_governorates
order by sort_order, governorate_id;

comment on table dim_governorate is
'Governorates with their place on the tile map. | المحافظات ومواضعها في خريطة المربعات.';
