-- Reports are kept from now on. What was recorded before has only their digest.
alter table evidence add column report_bytes bigint check (report_bytes >= 0);

-- Models that were deleted or restored with more versions than one transaction takes; a row until all have followed.
create table model_following (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  restoring boolean not null,
  asked_by text not null,
  reason text,
  after_version int not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  unique (tenant, model_id),
  foreign key (tenant, model_id) references model (tenant, id)
);
select matih_enable_rls('model_following');
