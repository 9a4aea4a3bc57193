-- The signature names the format of its bundle; those written before it did are of format 1.
alter table model_version add column bundle_format int not null
  generated always as (coalesce((signature ->> 'bundle_format')::int, 1)) stored check (bundle_format > 0);
