-- Fingerprint of the request that made a key: a repeat finds the key and makes no second one.
alter table api_keys add column request text;
create unique index api_keys_by_request on api_keys (tenant, request) where request is not null;
