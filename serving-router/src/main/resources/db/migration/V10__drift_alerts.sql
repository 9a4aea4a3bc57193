-- One row per model of which anything was counted, or whose settings were changed; it is looked at when it is due.
create table drift_watch (
  tenant text not null,
  id text not null,
  revision bigint not null default 0 check (revision >= 0),
  settings jsonb,
  changed_by text,
  changed_at timestamptz,
  due_at timestamptz not null default now(),
  epoch bigint not null default 0,
  leased_until timestamptz,
  primary key (tenant, id),
  check (revision = 0 or (settings is not null and changed_by is not null and changed_at is not null))
);
create index on drift_watch (due_at);
select matih_enable_rls('drift_watch');

create table drift_alert (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version bigint not null check (version > 0),
  variant text not null,
  time_window text not null,
  severity text not null,
  features text[] not null,
  cause text not null,
  opened_at timestamptz not null,
  last_seen_at timestamptz not null,
  closed_at timestamptz,
  closed_because text,
  reaction text not null,
  outcome text not null,
  detail text,
  job_id text
);
create unique index one_open_drift_alert on drift_alert (tenant, model_id, version, variant) where closed_at is null;
create index on drift_alert (tenant, model_id, opened_at desc);
select matih_enable_rls('drift_alert');
