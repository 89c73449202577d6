-- one row per call, as it is a value: whether an organisation is that of today; in words where it is not known
-- Call: is_as_is('as_was')
create macro is_as_is(organisation_asked) as
case
    when organisation_asked = 'as_is' then true
    when organisation_asked = 'as_was' then false
    else error(organisation_fault(organisation_asked))::boolean
end;
