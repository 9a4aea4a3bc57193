-- A/B tests: what they compare, who was shown what, and what came of it. Restores of a version by its registry.

-- The salt belongs to the revision: a test deals with a salt of its own, what follows keeps it, a return brings the old
-- one back. Without one, the endpoint's holds.
alter table traffic_revision add column salt text;
alter table traffic_revision add column test_id text;
alter table traffic_revision add column restore_id text;
create unique index one_revision_per_restore on traffic_revision (tenant, model_id, restore_id)
  where restore_id is not null;

create table ab_test (
  tenant text not null,
  id text primary key,
  model_id text not null,
  version bigint not null check (version > 0),
  digest text not null,
  control_version bigint check (control_version > 0),
  control_digest text,
  state text not null check (state in ('waiting', 'running', 'concluded', 'stopped', 'invalid')),
  verdict text not null check (verdict in ('none', 'better', 'not_worse', 'worse', 'inconclusive', 'invalid')),
  terms jsonb not null,
  salt text not null,
  traffic_revision bigint,
  reason text,
  requested_by text not null,
  requested_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz,
  looks bigint not null default 0,
  looked_at timestamptz,
  tally jsonb,
  p_value double precision not null default 1 check (p_value between 0 and 1),
  ratio_p_value double precision not null default 1 check (ratio_p_value between 0 and 1),
  foreign key (tenant, model_id) references endpoint,
  check (state in ('waiting', 'stopped') or (control_digest is not null and traffic_revision is not null)),
  check ((ended_at is not null) = (state in ('concluded', 'stopped', 'invalid')))
);
create unique index one_open_test on ab_test (tenant, model_id) where state in ('waiting', 'running');
create index on ab_test (tenant, model_id, requested_at desc, id desc);
select matih_enable_rls('ab_test');

-- One row per unit of a test: exposed, with an outcome, or both, whichever is heard of first. Units are hashes.
create table ab_unit (
  tenant text not null,
  test_id text not null references ab_test,
  unit bigint not null,
  challenger boolean not null,
  exposed_at timestamptz,
  outcome double precision,
  outcome_at timestamptz,
  contradicted boolean not null default false,
  primary key (test_id, unit)
);
select matih_enable_rls('ab_unit');

-- Which unit a request was about, where the request named one. A row without a unit holds an outcome that came first.
create table ab_request (
  tenant text not null,
  test_id text not null references ab_test,
  request bigint not null,
  unit bigint,
  outcome double precision,
  outcome_at timestamptz,
  primary key (test_id, request)
);
select matih_enable_rls('ab_request');
