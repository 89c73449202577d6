-- block: every code of the logs and registries is in its list
select
    load_code.log,
    load_code.code_column,
    load_code.code
from load_code
left join meta_code on load_code.code_list = meta_code.code_list and load_code.code = meta_code.code
where meta_code.code is null
