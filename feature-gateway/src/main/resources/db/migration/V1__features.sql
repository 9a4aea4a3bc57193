-- What people declared: the desired state of a tenant's Feast project.
create table feature_document (
  tenant text not null,
  id text not null,
  kind text not null check (kind in ('entities', 'sources', 'views', 'services')),
  name text not null,
  content jsonb not null,
  revision bigint not null default 1,
  applied_revision bigint not null default 0,
  condition_status text not null default 'unknown' check (condition_status in ('true', 'false', 'unknown')),
  condition_reason text not null default 'Pending',
  condition_message text not null default 'Feast will be given this revision shortly',
  condition_since timestamptz not null default now(),
  updated_by text not null,
  updated_at timestamptz not null default now(),
  attempts int not null default 0,
  epoch bigint not null default 0,
  leased_until timestamptz,
  primary key (tenant, id)
);
create index on feature_document (updated_at) where applied_revision <> revision;
select matih_enable_rls('feature_document');

-- One carrying of history into the online store.
create table materialization (
  tenant text not null,
  id uuid primary key,
  start_time timestamptz not null,
  end_time timestamptz not null,
  views text[] not null,
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed')),
  view_progress jsonb not null default '[]',
  reason text not null default 'Queued',
  message text not null default 'Waits for its turn',
  since timestamptz not null default now(),
  submitted_by text not null,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  attempts int not null default 0,
  epoch bigint not null default 0,
  leased_until timestamptz
);
create index on materialization (tenant, created_at desc, id);
create index on materialization (created_at) where status in ('queued', 'running');
select matih_enable_rls('materialization');
