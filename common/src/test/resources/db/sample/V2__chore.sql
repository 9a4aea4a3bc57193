create table chore (
  tenant text not null,
  id uuid primary key,
  epoch bigint not null default 0,
  leased_until timestamptz,
  next_step_at timestamptz not null default now(),
  done_by text
);
select matih_enable_rls('chore');
