-- one row per log or registry, code column and code that stands in it
create table load_code as
select
    source as log,
    code_column,
    code_list,
    code
from lake_code
order by log, code_column, code;

comment on table load_code is
'Codes that the logs and registries use, beside the list that each comes from. | الرموز المستخدمة في السجلات والسجلات المرجعية والقائمة التي يرجع إليها كل رمز.';
