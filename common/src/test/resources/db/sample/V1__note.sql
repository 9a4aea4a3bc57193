create table note (
  tenant text not null,
  id bigint generated always as identity primary key,
  text text not null,
  line_count int not null
);
select matih_enable_rls('note');
