-- one row: under which licence the data may be used
create view meta_licence as
select
    coalesce(licence_ar, 'لم تُعلن رخصة لهذه البيانات.') as licence_ar,
    coalesce(licence_en, 'No licence is declared for these data.') as licence_en,
    licence_url,
    synthetic,
    synthetic_note_ar,
    synthetic_note_en
from meta_build;

comment on view meta_licence is
'Licence of the data as the workspace declares it, and whether they are synthetic. | رخصة البيانات كما تعلنها مساحة العمل، وهل هي اصطناعية.';
