-- Who is told of what, and what became of each telling.

create table webhook (
  tenant text not null,
  id uuid primary key,
  name text not null,
  url text not null,
  event_types text[] not null,
  models text[] not null,
  active boolean not null,
  -- Encrypted; the secrets are never read by anything but the signature.
  secret bytea not null,
  previous_secret bytea,
  previous_secret_until timestamptz,
  failing_since timestamptz,
  failures int not null default 0,
  disabled_at timestamptz,
  disabled_reason text,
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index on webhook (tenant, created_at, id);
select matih_enable_rls('webhook');

create table webhook_event (
  tenant text not null,
  id uuid primary key,
  type text not null,
  -- Text, not jsonb: the signature covers these very characters.
  body text not null,
  created_at timestamptz not null
);
create index on webhook_event (created_at);
select matih_enable_rls('webhook_event');

create table webhook_delivery (
  tenant text not null,
  id uuid primary key,
  webhook_id uuid not null references webhook (id) on delete cascade,
  event_id uuid not null references webhook_event (id),
  state text not null check (state in ('PENDING', 'DELIVERED', 'FAILED')),
  attempts int not null default 0,
  created_at timestamptz not null,
  next_attempt_at timestamptz not null,
  give_up_at timestamptz not null,
  last_attempt_at timestamptz,
  ended_at timestamptz,
  response_status int,
  duration_ms bigint,
  response_excerpt text,
  error text,
  replay_of uuid,
  epoch bigint not null default 0,
  leased_until timestamptz
);
create index on webhook_delivery (next_attempt_at) where state = 'PENDING';
create index on webhook_delivery (tenant, webhook_id, created_at, id);
create index on webhook_delivery (event_id);
create index on webhook_delivery (ended_at);
select matih_enable_rls('webhook_delivery');
