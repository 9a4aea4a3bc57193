-- Deployments, traffic and what the routers say about them.

create function split_weight_bps(targets jsonb) returns bigint immutable parallel safe language sql as $$
  select coalesce(sum((t ->> 'weight_bps')::bigint), 0) from jsonb_array_elements(targets) t
$$;

-- One row per model that was ever deployed. Its lock orders all changes of the model's traffic and deployments.
create table endpoint (
  tenant text not null,
  model_id text not null,
  salt text not null,
  revision bigint not null default 0 check (revision >= 0),
  primary key (tenant, model_id)
);
select matih_enable_rls('endpoint');

-- Never updated. The primary key makes publishing a compare-and-set.
create table traffic_revision (
  tenant text not null,
  model_id text not null,
  revision bigint not null check (revision > 0),
  targets jsonb not null,
  cause text not null,
  reason text,
  changed_by text not null,
  changed_at timestamptz not null default now(),
  primary key (tenant, model_id, revision),
  foreign key (tenant, model_id) references endpoint,
  constraint weights_sum check (jsonb_array_length(targets) = 0 or split_weight_bps(targets) = 10000)
);
select matih_enable_rls('traffic_revision');

create table deployment (
  tenant text not null,
  id text primary key,
  model_id text not null,
  version bigint not null check (version > 0),
  engine text not null default 'onnx' check (engine = 'onnx'),
  state text not null check (state in ('pending', 'loading', 'ready', 'draining', 'stopped', 'failed')),
  stage text not null check (stage in ('development', 'staging', 'production', 'archived')),
  artifact_uri text not null,
  digest text not null,
  files jsonb not null,
  proven boolean not null,
  strategy text not null,
  wish text not null,
  wish_bps int not null check (wish_bps between 0 and 10000),
  reason text,
  requested_by text not null,
  requested_at timestamptz not null,
  state_since timestamptz not null,
  foreign key (tenant, model_id) references endpoint
);
create unique index one_living_deployment on deployment (tenant, model_id, version) where state not in ('stopped', 'failed');
create index on deployment (tenant, requested_at desc, id);
create index on deployment (state) where state not in ('stopped', 'failed');
select matih_enable_rls('deployment');

-- The routers themselves belong to no tenant.
create table router (
  id text primary key,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

create table router_hold (
  tenant text not null,
  router_id text not null references router on delete cascade,
  deployment_id text not null references deployment on delete cascade,
  hold text not null,
  failure text,
  in_flight int not null,
  last_request_at timestamptz,
  primary key (router_id, deployment_id)
);
create index on router_hold (deployment_id);
select matih_enable_rls('router_hold');

create table router_acknowledgement (
  tenant text not null,
  model_id text not null,
  router_id text not null references router on delete cascade,
  revision bigint not null,
  primary key (router_id, tenant, model_id)
);
create index on router_acknowledgement (tenant, model_id);
select matih_enable_rls('router_acknowledgement');

-- Outlives the router that saw the caller.
create table pinned_caller (
  tenant text not null,
  model_id text not null,
  version bigint not null,
  principal text not null,
  last_seen_at timestamptz not null,
  primary key (tenant, model_id, version, principal)
);
select matih_enable_rls('pinned_caller');
