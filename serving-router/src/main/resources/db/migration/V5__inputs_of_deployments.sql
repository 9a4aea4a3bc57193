-- What a deployment does with inputs that it does not get, and how its inputs differ from those of the versions that got
-- traffic when it was deployed.
alter table deployment add column inputs jsonb not null
  default '{"onAbsent": "SERVE", "defaults": {}, "change": {"added": [], "unused": [], "narrowed": []}}';
