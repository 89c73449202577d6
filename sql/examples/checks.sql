-- one row per check
-- en: Do the checks of this build hold?
-- ar: هل صمدت فحوص هذا البناء؟
-- for: office
select
    check_name,
    severity,
    promise,
    offending_rows
from meta_check
order by offending_rows desc, check_name
