-- Rows that other stores write in the same transaction may come later in it: the references wait for its end.
-- What is to be found out about versions, and the requests that it answers.

create table examination (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  -- checks, evaluation or the kind of a package's evidence; with the rest of the subject beside it.
  subject jsonb not null,
  subject_key text not null,
  on_ray boolean not null,
  requested_by text not null,
  requested_at timestamptz not null,
  status text not null check (status in ('PENDING', 'RUNNING', 'DONE')),
  progress int not null,
  message text not null,
  since timestamptz not null,
  job_id text,
  evidence_id uuid references evidence (id) deferrable initially deferred,
  outcome text,
  epoch bigint not null default 0,
  leased_until timestamptz,
  check ((status = 'DONE') = (evidence_id is not null)),
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number)
    deferrable initially deferred
);
create index on examination (requested_at) where status <> 'DONE' and on_ray;
create index on examination (tenant, model_id, version, subject_key, requested_at);
-- Two replicas, two requests: the same data is asked for once at a time.
create unique index one_open_evaluation on examination (tenant, model_id, version, subject_key)
  where status <> 'DONE' and subject_key like 'evaluation %';
select matih_enable_rls('examination');

create table validation_run (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  requested_by text not null,
  requested_at timestamptz not null,
  examinations jsonb not null,
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number)
    deferrable initially deferred
);
create index on validation_run (tenant, model_id, version, requested_at desc);
select matih_enable_rls('validation_run');
