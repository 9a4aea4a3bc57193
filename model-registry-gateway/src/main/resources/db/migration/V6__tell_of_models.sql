-- Every change of what people see of a model is told to all replicas, which remember it for a moment (RecentLooks).
create function tell_of_model() returns trigger language plpgsql as $$
declare
  model text;
begin
  if tg_table_name = 'model' then
    model := new.id;
  else
    model := new.model_id;
  end if;
  perform pg_notify('matih_' || tg_table_schema, 'models:' || new.tenant || '/' || model);
  return null;
end $$;
create trigger model_told after insert or update on model for each row execute function tell_of_model();
create trigger version_told after insert or update on model_version for each row execute function tell_of_model();
create trigger override_told after insert or update on gate_override for each row execute function tell_of_model();
