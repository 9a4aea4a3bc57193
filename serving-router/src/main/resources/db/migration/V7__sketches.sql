-- What is counted of a version: its inputs and answers, in which cells, and what training saw of each.
create table sketch_reference (
  tenant text not null,
  model_id text not null,
  version bigint not null check (version > 0),
  digest text not null,
  cells jsonb not null,
  created_at timestamptz not null default now(),
  primary key (tenant, model_id, version, digest)
);
select matih_enable_rls('sketch_reference');

-- What one router counted in one slot, told as a whole again and again; or an hour of all routers. Arrays have the order
-- of sketch_reference, which is never changed.
create table sketch (
  tenant text not null,
  model_id text not null,
  version bigint not null,
  digest text not null,
  variant text not null,
  slot timestamptz not null,
  source text not null,
  seconds int not null check (seconds > 0),
  answered bigint not null,
  row_count bigint not null,
  failed bigint not null,
  refused bigint not null,
  cells bigint[] not null,
  sums double precision[] not null,
  latency bigint[] not null,
  primary key (tenant, model_id, version, digest, variant, slot, source),
  foreign key (tenant, model_id, version, digest) references sketch_reference
);
create index on sketch (slot);
select matih_enable_rls('sketch');
