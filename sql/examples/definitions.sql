-- one row per indicator and version
-- en: How is each indicator defined, and what changed in its definition?
-- ar: كيف يُعرَّف كل مؤشر، وماذا تغيّر في تعريفه؟
-- for: analyst
select
    meta_kpi.kpi_id,
    meta_kpi.name_ar,
    meta_kpi.name_en,
    meta_kpi.formula_ar,
    meta_kpi.formula_en,
    meta_kpi_version.valid_from,
    meta_kpi_version.note_ar,
    meta_kpi_version.note_en
from meta_kpi
inner join meta_kpi_version on meta_kpi.kpi_id = meta_kpi_version.kpi_id
order by meta_kpi.sort_order, meta_kpi_version.valid_from
