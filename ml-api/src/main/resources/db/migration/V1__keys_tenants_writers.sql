-- Tenants come to be with their first key. The table lists names only and has no rows of anybody.
create table tenants (
  slug       text primary key check (slug ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(slug) between 2 and 32),
  created_at timestamptz not null
);

create table api_keys (
  id           uuid primary key,
  tenant       text not null references tenants (slug),
  name         text not null,
  principal    text not null,
  role         text not null,
  hash         text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  created_by   text not null,
  created_at   timestamptz not null,
  expires_at   timestamptz not null,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
create index api_keys_by_age on api_keys (tenant, created_at desc, id desc);
select matih_enable_rls('api_keys');

-- Which attempt of which training job may write to a run; see DESIGN 6.4.
create table run_writers (
  tenant     text not null,
  run_id     text not null,
  job_id     text not null,
  attempt    integer not null check (attempt >= 0),
  updated_at timestamptz not null,
  primary key (tenant, run_id)
);
select matih_enable_rls('run_writers');
