-- When an event is due: after a failed delivery it rests, held by nobody.
alter table outbox add column next_attempt_at timestamptz not null default now();
create index on outbox (next_attempt_at) where delivered_at is null;
drop index outbox_created_at_idx;
