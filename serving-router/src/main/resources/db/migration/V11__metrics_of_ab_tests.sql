-- A/B tests compare means and ratios as well as rates, and show what was told and counts on no arm.
alter table ab_unit add column denominator double precision check (denominator > 0);
alter table ab_request add column denominator double precision check (denominator > 0);
alter table ab_test add column outcomes_dropped bigint not null default 0 check (outcomes_dropped >= 0);
alter table ab_test add column outcomes_too_old bigint not null default 0 check (outcomes_too_old >= 0);

-- Tests from before are binary and need no moments.
update ab_test set terms = terms || '{"kind": "BINARY"}';
update ab_test set tally = jsonb_set(jsonb_set(
    tally || '{"uncounted": {"waiting": 0, "dropped": 0, "tooOld": 0}}',
    '{control,moments}',
    '{"mean": 0, "variance": 0, "denominatorMean": 0, "denominatorVariance": 0, "covariance": 0}'),
    '{challenger,moments}',
    '{"mean": 0, "variance": 0, "denominatorMean": 0, "denominatorVariance": 0, "covariance": 0}')
  where tally is not null;
