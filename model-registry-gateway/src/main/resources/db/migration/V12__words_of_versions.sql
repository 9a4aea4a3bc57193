-- What somebody said about a version that a job is still to make; forgotten once the version has it.
create table words_of_version (
  tenant text not null,
  job_id text not null,
  semantic_version text,
  description text,
  said_at timestamptz not null default now(),
  primary key (tenant, job_id)
);
select matih_enable_rls('words_of_version');
