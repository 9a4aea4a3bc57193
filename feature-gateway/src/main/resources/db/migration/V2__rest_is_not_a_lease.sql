-- A lease says who works on a row now; a row that rests is due later.
alter table feature_document add column due_at timestamptz not null default now();
alter table materialization add column due_at timestamptz not null default now();
