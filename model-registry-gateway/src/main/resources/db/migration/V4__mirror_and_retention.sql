-- What MLflow was shown last, what was found changed there, and the way of versions out of the registry.

create table mirror (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  asked_at timestamptz,
  next_look_at timestamptz not null,
  failures int not null default 0,
  last_error text,
  looked_at timestamptz,
  shown jsonb not null default '{"aliases": {}, "versions": {}}',
  unmanaged jsonb not null default '[]',
  drift jsonb not null default '[]',
  drift_at timestamptz,
  epoch bigint not null default 0,
  leased_until timestamptz,
  unique (tenant, model_id),
  foreign key (tenant, model_id) references model (tenant, id)
);
create index on mirror (next_look_at);
-- Models of earlier releases are looked at too.
select set_config('app.tenant', '*', true);
insert into mirror (tenant, id, model_id, next_look_at)
  select tenant, gen_random_uuid(), id, now() from model;
select matih_enable_rls('mirror');

-- A deleted version keeps its row, number and history; only its files go.
alter table model add column deleted_at timestamptz;
alter table model_version add column deleted_at timestamptz;
alter table model_version drop constraint model_version_tenant_model_id_run_id_digest_key;
create unique index one_live_version_of_files on model_version (tenant, model_id, run_id, digest) where deleted_at is null;
create index on model_version (tenant, digest);
create index on model_version (tenant, model_id, stage);

create table deletion (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  digest text not null,
  cause text not null check (cause in ('ASKED', 'MODEL', 'RETENTION')),
  state text not null check (state in ('WAITING', 'REMOVED', 'RESTORED')),
  deleted_by text not null,
  reason text,
  deleted_at timestamptz not null,
  remove_at timestamptz not null,
  ended_at timestamptz,
  freed_bytes bigint,
  note text,
  next_try_at timestamptz not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number)
);
create unique index one_deletion on deletion (tenant, model_id, version) where state <> 'RESTORED';
create index on deletion (next_try_at) where state = 'WAITING';
create index on deletion (tenant, digest) where state = 'WAITING';
select matih_enable_rls('deletion');

-- Files that are being removed or were. Who registers the same files meanwhile has to see it.
create table bundle_removal (
  tenant text not null,
  digest text not null,
  size_bytes bigint not null,
  removed_at timestamptz,
  primary key (tenant, digest)
);
select matih_enable_rls('bundle_removal');

create table retention (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  revision int not null,
  document jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null,
  next_apply_at timestamptz not null,
  applied_at timestamptz,
  epoch bigint not null default 0,
  leased_until timestamptz,
  unique (tenant, model_id),
  foreign key (tenant, model_id) references model (tenant, id)
);
create index on retention (next_apply_at);
select matih_enable_rls('retention');

-- What people search models by.
create index on model using gin (tags jsonb_path_ops);
create index on model (tenant, owner, id);
create index on model (tenant, task, id);
