-- Tables of common, in the schema of each service.

-- Shows a row only within a transaction that said whose rows it works on; '*' is background work across tenants.
create function matih_enable_rls(target regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy own_tenant on %s using (tenant = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'') '
    || 'with check (tenant = current_setting(''app.tenant'', true) or current_setting(''app.tenant'', true) = ''*'')', target);
end $$;

create table idempotency_key (
  tenant text not null,
  principal text not null,
  route text not null,
  key text not null,
  request_hash text not null,
  status int,
  headers jsonb,
  body bytea,
  leased_until timestamptz,
  expires_at timestamptz not null,
  primary key (tenant, principal, route, key)
);
create index on idempotency_key (expires_at);
select matih_enable_rls('idempotency_key');

create table outbox (
  tenant text not null,
  id uuid primary key,
  type text not null,
  subject text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  attempts int not null default 0,
  epoch bigint not null default 0,
  leased_until timestamptz,
  delivered_at timestamptz
);
create index on outbox (created_at) where delivered_at is null;
select matih_enable_rls('outbox');

create table audit_head (
  tenant text primary key,
  seq bigint not null,
  hash text not null
);
select matih_enable_rls('audit_head');

create table audit (
  tenant text not null,
  seq bigint not null,
  at timestamptz not null,
  principal text not null,
  action text not null,
  target text not null,
  outcome text not null check (outcome in ('done', 'refused')),
  -- Text, not jsonb: the hash covers these very characters.
  details text not null,
  previous_hash text not null,
  hash text not null,
  primary key (tenant, seq)
);
select matih_enable_rls('audit');

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit rows are never changed';
end $$;
create trigger audit_no_change before update or delete on audit for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit for each statement execute function audit_is_append_only();
