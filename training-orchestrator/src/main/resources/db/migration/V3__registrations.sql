-- True while the trained model of a job becomes a version: the cluster has done its part.
alter table job add column registering boolean not null default false;
create index on job (next_look_at) where registering;
