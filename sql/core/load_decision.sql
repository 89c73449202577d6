-- one row per decision that a person took about the data
create table load_decision as
select
    decision_number,
    action,
    decided_by,
    decided_why,
    decided_at,
    source_file,
    held_id,
    subject
from lake_decisions
order by decision_number;

comment on table load_decision is
'Who decided what about the data, when and why: releases, withdrawals, archiving and erasures. | من قرر ماذا بشأن البيانات ومتى ولماذا: الإفراج والسحب والأرشفة والمحو.';
