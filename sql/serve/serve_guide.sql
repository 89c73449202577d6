-- one row per guide or policy, with its kind and state in words
create view serve_guide as
select
    dim_guide.guide_id as item_id,
    dim_guide.name_ar,
    dim_guide.name_en,
    dim_guide.kind,
    dim_kind.name_ar as kind_ar,
    dim_kind.name_en as kind_en,
    dim_guide.issued_on,
    dim_guide.owner_entity_id,
    dim_guide.owner_ar,
    dim_guide.owner_en,
    dim_guide.published_status,
    dim_published_status.name_ar as published_ar,
    dim_published_status.name_en as published_en,
    dim_published_status.sort_order,
    dim_guide.also_named,
    dim_guide.source,
    dim_guide.source_ar
from dim_guide
left join dim_kind on dim_guide.kind = dim_kind.kind
left join dim_published_status on dim_guide.published_status = dim_published_status.published_status;

comment on view serve_guide is
'Guides and policies with kind and state in words; the order of display is that of the states. | الأدلة والسياسات مع نوعها وحالتها بالكلمات؛ وترتيب العرض ترتيب الحالات.';
