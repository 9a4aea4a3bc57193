-- A model may be retired: by a transition that archives all of its versions.
alter table transition add column retires_model boolean not null default false;
alter table model add column retired_at timestamptz;
alter table model add column retired_by text;
alter table model add column retired_reason text;
alter table model add column retired_transition uuid;
alter table model add constraint retired_wholly check (
  (retired_at is null) = (retired_by is null) and (retired_at is null) = (retired_reason is null) and (retired_at is null) = (retired_transition is null));
