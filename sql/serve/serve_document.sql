-- one row: what the workspace's documents bear
create view serve_document as
select
    document_office_ar as office_ar,
    document_office_en as office_en,
    document_addressee_ar as addressee_ar,
    document_addressee_en as addressee_en,
    document_signatory_ar as signatory_ar,
    document_signatory_en as signatory_en
from meta_build;

comment on view serve_document is
'Which office issues the documents, to whom they go and who signs them, as the workspace declares it. | الجهة التي تصدر الوثائق، ومن تُرفع إليه، ومن يوقعها، كما تعلنها مساحة العمل.';
