-- Roll-outs that advance by themselves, and what routers count of the calls that the traffic assigned.
alter table router_hold add column assigned bigint not null default 0 check (assigned >= 0);
alter table router_hold add column assigned_failed bigint not null default 0 check (assigned_failed >= 0);
alter table router_hold add column assigned_latency bigint[] not null default '{}';

-- How far a roll-out is, is one document: it is read and written as a whole, under the lock of its model.
create table rollout (
  tenant text not null,
  id text primary key,
  model_id text not null,
  version bigint not null check (version > 0),
  deployment_id text not null references deployment,
  state text not null check (state in ('waiting', 'running', 'paused', 'completed', 'aborted', 'ended')),
  document jsonb not null,
  requested_at timestamptz not null,
  looked_at timestamptz,
  foreign key (tenant, model_id) references endpoint
);
create unique index one_open_rollout on rollout (tenant, model_id) where state in ('waiting', 'running', 'paused');
create index on rollout (tenant, model_id, requested_at desc, id desc);
select matih_enable_rls('rollout');

-- What became of a unit, once, on the arm that its bucket belonged to when it was told. Units are hashes.
create table rollout_outcome (
  tenant text not null,
  rollout_id text not null references rollout on delete cascade,
  unit bigint not null,
  canary boolean not null,
  bad boolean not null,
  primary key (rollout_id, unit)
);
select matih_enable_rls('rollout_outcome');
