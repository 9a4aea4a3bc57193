create table dataset (
  id uuid primary key,
  tenant text not null,
  name text not null,
  digest text not null,
  uri text not null,
  size_bytes bigint not null,
  row_count bigint not null,
  columns jsonb not null,
  created_by text not null,
  created_at timestamptz not null,
  -- The newest upload of a name is its current version, also when its bytes were there before.
  uploaded_at timestamptz not null,
  unique (tenant, name, digest)
);
create index on dataset (tenant, name, uploaded_at desc);
select matih_enable_rls('dataset');

create table job (
  id uuid primary key,
  tenant text not null,
  name text not null,
  status text not null,
  attempt int not null,
  priority int not null,
  created_at timestamptz not null,
  -- What the job takes of the cluster while it is there.
  cpus double precision not null,
  gpus double precision not null,
  memory_bytes bigint not null,
  -- The whole job; the columns beside it are what is searched by.
  document jsonb not null,
  revision bigint not null default 0,
  next_look_at timestamptz not null default now(),
  epoch bigint not null default 0,
  leased_until timestamptz
);
create index on job (next_look_at) where status not in ('succeeded', 'failed', 'cancelled');
create index on job (tenant, created_at desc, id desc);
create index on job (tenant, name);
select matih_enable_rls('job');

-- One row: by this name the installation knows its own submissions in a cluster that others use too.
create table installation (
  id uuid primary key default gen_random_uuid(),
  only_one boolean not null unique default true check (only_one)
);
insert into installation default values;
