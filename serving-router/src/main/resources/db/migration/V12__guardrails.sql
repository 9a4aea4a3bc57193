-- Other metrics of A/B tests that may not get worse. A name is the hash of a unit or of a request about one.
create table ab_guardrail_outcome (
  tenant text not null,
  test_id text not null references ab_test,
  metric text not null,
  name bigint not null,
  outcome double precision not null,
  denominator double precision check (denominator > 0),
  outcome_at timestamptz not null,
  told_at timestamptz not null default clock_timestamp(),
  primary key (test_id, metric, name)
);
select matih_enable_rls('ab_guardrail_outcome');

update ab_test set terms = terms || '{"guardrails": []}';
update ab_test set tally = tally || '{"guardrails": []}' where tally is not null;
