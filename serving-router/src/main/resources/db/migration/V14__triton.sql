-- Whoever holds the row keeps the models of Triton. It belongs to no tenant; the name is what a row that is claimed has to
-- have. The models are those that were given to it, by name, each with the reason when it could not load it.
create table triton_writer (
  tenant text not null,
  id text primary key,
  epoch bigint not null default 0,
  leased_until timestamptz,
  due_at timestamptz not null default now(),
  models jsonb not null default '{}'
);
insert into triton_writer (tenant, id) values ('default', 'repository');
