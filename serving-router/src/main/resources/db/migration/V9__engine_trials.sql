-- Bundles that an engine runs elsewhere while they are checked.
create table engine_trial (
  tenant text not null,
  name text primary key,
  engine text not null,
  artifact_uri text not null,
  digest text not null,
  files jsonb not null,
  wanted_until timestamptz not null
);
select matih_enable_rls('engine_trial');
