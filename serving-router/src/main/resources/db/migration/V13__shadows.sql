-- Versions that get copies of requests, and what was counted of their answers beside those of live versions.
create table shadow (
  tenant text not null,
  id text primary key,
  model_id text not null,
  version bigint not null check (version > 0),
  deployment_id text not null references deployment on delete cascade,
  digest text not null,
  sample_bps int not null check (sample_bps between 1 and 10000),
  started_by text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  ended_because text,
  check ((ended_at is null) = (ended_because is null))
);
create unique index one_running_shadow on shadow (deployment_id) where ended_at is null;
create index on shadow (tenant, model_id, started_at desc, id desc);
select matih_enable_rls('shadow');

-- A source is one start of a router, which stores all that it has counted since in the place of what it stored before.
create table shadow_count (
  tenant text not null,
  shadow_id text not null references shadow on delete cascade,
  live_version bigint not null,
  source text not null,
  answers bigint not null,
  row_count bigint not null,
  class_rows bigint not null,
  agreed bigint not null,
  shift_sum double precision not null,
  shift_max double precision not null,
  failed bigint not null,
  incomparable bigint not null,
  dropped bigint not null,
  live_latency bigint[] not null,
  shadow_latency bigint[] not null,
  primary key (shadow_id, live_version, source)
);
select matih_enable_rls('shadow_count');
