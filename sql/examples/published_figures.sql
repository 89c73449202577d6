-- one row per published figure
-- en: Do the published figures agree with the logs?
-- ar: هل تطابق الأرقام المنشورة السجلات؟
-- for: executive
select
    claim_id,
    metric_ar,
    metric_en,
    published_value,
    computed_value,
    verdict,
    why_ar,
    why_en
from serve_claims
order by verdict, claim_id
