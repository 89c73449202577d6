-- one row per service of the catalogue
create table dim_service as
select
    service_id,
    entity_id,
    name_ar,
    name_en,
    journey_id,
    governorate_id,
    beneficiary,
    priority_from,
    digitisation_from,
    platform_id,
    source,
    search_form(name_ar) as search_ar,
    search_form(name_en) as search_en
from registry_services
-- A service that moved has a row for each owner: it is what its last row says.
qualify row_number() over (partition by service_id order by coalesce(valid_from, date '1900-01-01') desc) = 1
order by service_id;

comment on table dim_service is
'Catalogue of services with the dates they became targets. | دليل الخدمات وتواريخ دخولها في المستهدف.';
