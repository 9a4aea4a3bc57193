-- Code that people upload to be run in the cluster; the bytes lie on the object store.
create table package (
  id uuid primary key default gen_random_uuid(),
  tenant text not null,
  digest text not null,
  uri text not null,
  size_bytes bigint not null,
  files int not null,
  created_by text not null,
  created_at timestamptz not null,
  unique (tenant, digest)
);
select matih_enable_rls('package');
