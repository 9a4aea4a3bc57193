-- When a row is due: after a failed step it rests, held by nobody. To wait is something else than to be held.
alter table examination add column next_step_at timestamptz not null default now();
alter table model_version add column validation_due_at timestamptz not null default now();
alter table model_following add column next_step_at timestamptz not null default now();
