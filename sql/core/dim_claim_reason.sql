-- one row per reason of a claim's verdict
create table dim_claim_reason as
select
    id as reason,
    name_ar as why_ar,
    name_en as why_en
from code_claim_reason
order by sort_order;

comment on table dim_claim_reason is
'Reasons of the verdicts on claims, in words. | أسباب الأحكام على الأرقام المنشورة.';
