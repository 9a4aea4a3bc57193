-- Which engines there are, the routers know; the schema only keeps the name that a deployment was made with.
alter table deployment drop constraint deployment_engine_check;

-- What a router counted on a deployment since counted_since; latency has one count per range of LatencyHistogram.
alter table router_hold add column answered bigint not null default 0 check (answered >= 0);
alter table router_hold add column failed_requests bigint not null default 0 check (failed_requests >= 0);
alter table router_hold add column latency bigint[] not null default '{}';
alter table router_hold add column counted_since timestamptz;

-- Observations of predictions that a router dropped since its start, by observer.
alter table router add column dropped jsonb not null default '{}';
