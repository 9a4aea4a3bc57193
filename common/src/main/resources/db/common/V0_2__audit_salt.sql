-- Rows are hashed in two steps from now on, so that a part of the chain can be shown without the rest (ADR 17). Rows without
-- a salt were written before and keep the hash that they have.
alter table audit add column salt text;
create index on audit (tenant, target, seq);
