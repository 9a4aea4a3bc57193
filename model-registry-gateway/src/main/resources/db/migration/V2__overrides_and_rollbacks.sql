-- Overridden gates, roll-backs that move stage and traffic, and keys that speak in another's name.

alter table approval add column key_made_by text;

create table gate_override (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  version int not null,
  transition_id uuid not null unique references transition (id),
  from_stage text not null,
  target_stage text not null,
  requested_by text not null,
  requester_is_admin boolean not null,
  overridden_by text not null,
  reason text not null,
  skipped jsonb not null,
  overridden_at timestamptz not null,
  confirm_by timestamptz not null,
  state text not null check (state in ('AWAITING_CONFIRMATION', 'CONFIRMED', 'UNCONFIRMED')),
  settled_at timestamptz,
  settled_by text,
  settled_comment text,
  undo text not null check (undo in ('NONE', 'PENDING', 'DONE', 'NOT_NEEDED', 'IMPOSSIBLE')),
  next_check_at timestamptz not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  foreign key (tenant, model_id, version) references model_version (tenant, model_id, number)
);
create index on gate_override (next_check_at) where state = 'AWAITING_CONFIRMATION' or undo = 'PENDING';
create index on gate_override (tenant, model_id, overridden_at);
select matih_enable_rls('gate_override');

-- An override stays for ever; only what became of it is written later.
create function override_stays() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'overrides are never deleted';
  end if;
  if (old.tenant, old.id, old.model_id, old.version, old.transition_id, old.from_stage, old.target_stage, old.requested_by,
      old.overridden_by, old.reason, old.skipped, old.overridden_at, old.confirm_by)
    is distinct from
     (new.tenant, new.id, new.model_id, new.version, new.transition_id, new.from_stage, new.target_stage, new.requested_by,
      new.overridden_by, new.reason, new.skipped, new.overridden_at, new.confirm_by) then
    raise exception 'an override never changes';
  end if;
  return new;
end $$;
create trigger override_no_change before update or delete on gate_override for each row execute function override_stays();

create table rollback (
  tenant text not null,
  id uuid primary key,
  model_id text not null,
  from_version int not null,
  to_version int not null,
  transition_id uuid not null unique references transition (id),
  state text not null check (state in ('MOVING', 'COMPLETED', 'FAILED')),
  started_by text not null,
  reason text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  conditions jsonb not null,
  next_check_at timestamptz not null,
  epoch bigint not null default 0,
  leased_until timestamptz,
  foreign key (tenant, model_id, from_version) references model_version (tenant, model_id, number),
  foreign key (tenant, model_id, to_version) references model_version (tenant, model_id, number)
);
create index on rollback (next_check_at) where state = 'MOVING';
create unique index one_moving_rollback on rollback (tenant, model_id) where state = 'MOVING';
create index on rollback (tenant, model_id, started_at);
select matih_enable_rls('rollback');
