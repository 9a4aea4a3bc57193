-- Models, their policies, versions and stages, evidence, transitions and approvals.

create table model (
  tenant text not null,
  key uuid primary key,
  id text not null,
  name text not null,
  description text,
  task text not null,
  framework text,
  tags jsonb not null,
  owner text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (tenant, id)
);
select matih_enable_rls('model');

create table policy (
  tenant text not null,
  key uuid primary key,
  model_id text not null,
  revision int not null,
  document jsonb not null,
  changed_by text not null,
  changed_at timestamptz not null,
  unique (tenant, model_id, revision),
  foreign key (tenant, model_id) references model (tenant, id)
);
select matih_enable_rls('policy');

create table model_version (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  number int not null check (number > 0),
  stage text not null check (stage in ('DEVELOPMENT', 'STAGING', 'PRODUCTION', 'ARCHIVED')),
  superseded boolean not null check (not superseded or stage = 'PRODUCTION'),
  stage_since timestamptz not null,
  semantic_version text,
  description text,
  digest text not null,
  files jsonb not null,
  signature jsonb not null,
  evaluation jsonb not null,
  provenance text not null,
  provenance_reason text not null,
  lineage jsonb not null,
  run_id text not null,
  experiment_id text not null,
  job_id text,
  trained_by text,
  registered_by text not null,
  created_at timestamptz not null,
  onnx text not null,
  validation text not null,
  validation_requested_at timestamptz not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  unique (tenant, model_id, number),
  unique (tenant, model_id, run_id, digest),
  foreign key (tenant, model_id) references model (tenant, id)
);
-- Production means one version; whatever the code does, there is never a second.
create unique index one_production on model_version (tenant, model_id) where stage = 'PRODUCTION' and not superseded;
create index on model_version (validation_requested_at) where validation = 'PENDING';
select matih_enable_rls('model_version');

-- What a version is never changes; only its stage and what was found out about it do.
create function version_is_immutable() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'versions are never deleted';
  end if;
  if (old.tenant, old.id, old.model_id, old.number, old.semantic_version, old.description, old.digest, old.files, old.signature,
      old.evaluation, old.provenance, old.provenance_reason, old.lineage, old.run_id, old.experiment_id, old.job_id, old.trained_by,
      old.registered_by, old.created_at)
    is distinct from
     (new.tenant, new.id, new.model_id, new.number, new.semantic_version, new.description, new.digest, new.files, new.signature,
      new.evaluation, new.provenance, new.provenance_reason, new.lineage, new.run_id, new.experiment_id, new.job_id, new.trained_by,
      new.registered_by, new.created_at) then
    raise exception 'a version never changes';
  end if;
  return new;
end $$;
create trigger version_no_change before update or delete on model_version for each row execute function version_is_immutable();

create table stage_spell (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  stage text not null,
  superseded boolean not null,
  from_at timestamptz not null,
  until_at timestamptz check (until_at >= from_at),
  transition_id uuid,
  actor text not null,
  reason text,
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number)
);
create unique index one_open_spell on stage_spell (tenant, model_id, version) where until_at is null;
create index on stage_spell (tenant, model_id, from_at);
select matih_enable_rls('stage_spell');

create table evidence (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  kind text not null,
  source text not null,
  format text not null,
  outcome text not null,
  counts jsonb not null,
  checks jsonb not null,
  artifact_digest text not null,
  report_digest text not null,
  note text,
  recorded_by text not null,
  recorded_at timestamptz not null,
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number)
);
create index on evidence (tenant, model_id, version, recorded_at);
select matih_enable_rls('evidence');
create function evidence_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'evidence is never changed';
end $$;
create trigger evidence_no_change before update or delete on evidence for each row execute function evidence_is_append_only();

create table transition (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  from_stage text not null,
  target_stage text not null,
  state text not null,
  requested_by text not null,
  requester_is_admin boolean not null,
  request_key text,
  reason text,
  policy_revision int not null,
  requested_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  end_reason text,
  conditions jsonb not null,
  next_check_at timestamptz not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number),
  foreign key (tenant, model_id, policy_revision) references policy (tenant, model_id, revision)
);
create unique index one_open_transition on transition (tenant, model_id, version, target_stage) where state = 'PENDING';
create unique index one_per_request on transition (tenant, model_id, requested_by, request_key) where request_key is not null;
create index on transition (next_check_at) where state = 'PENDING';
create index on transition (tenant, model_id, requested_at);
select matih_enable_rls('transition');

create table approval (
  tenant text not null,
  id uuid primary key,
  transition_id uuid not null references transition (id),
  approver text not null,
  comment text,
  artifact_digest text not null,
  policy_digest text not null,
  evidence_digest text not null,
  approved_at timestamptz not null,
  voided_at timestamptz,
  void_reason text
);
create unique index one_valid_approval on approval (tenant, transition_id, approver) where voided_at is null;
select matih_enable_rls('approval');
