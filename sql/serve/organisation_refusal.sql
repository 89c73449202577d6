-- one row, in English and Arabic, where an organisation is neither as it was nor as it is; none where it is one of them
create macro organisation_refusal(organisation) as table
    select organisation_fault(organisation) as message
    where organisation_fault(organisation) is not null;
