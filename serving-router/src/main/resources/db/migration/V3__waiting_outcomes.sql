-- Outcomes of units and requests that no router has exposed wait, up to a number per test; those told first go first.
-- The time of the telling is each row's own, so that rows of one statement have an order that says nothing of their arm.
alter table ab_unit add column told_at timestamptz;
alter table ab_request add column told_at timestamptz;
create index ab_unit_waiting on ab_unit (test_id, told_at desc nulls last) where exposed_at is null;
create index ab_request_waiting on ab_request (test_id, told_at desc nulls last) where unit is null;
