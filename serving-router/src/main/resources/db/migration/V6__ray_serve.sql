-- How many copies of its model an engine that starts them itself is to run, and how large; absent for its own choice.
alter table deployment add column hosting jsonb not null default '{}';

-- Whoever holds the row writes the configuration of Ray Serve, which is always the whole of it. It belongs to no tenant;
-- the name is what a row that is claimed has to have.
create table ray_serve_writer (
  tenant text not null,
  id text primary key,
  epoch bigint not null default 0,
  leased_until timestamptz,
  due_at timestamptz not null default now(),
  started boolean not null default false
);
insert into ray_serve_writer (tenant, id) values ('default', 'configuration');
