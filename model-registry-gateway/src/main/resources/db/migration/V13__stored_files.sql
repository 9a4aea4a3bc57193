-- Files that were stored for a version that may never come, until a version needs them or they are gone.
create table stored_files (
  tenant text not null,
  id uuid primary key,
  digest text not null,
  stored_at timestamptz not null default clock_timestamp(),
  readers text[] not null default '{}',
  next_look_at timestamptz not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  unique (tenant, digest)
);
create index on stored_files (next_look_at);
select matih_enable_rls('stored_files');
