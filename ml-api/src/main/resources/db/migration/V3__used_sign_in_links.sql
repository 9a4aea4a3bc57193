-- A sign-in link opens the door once; rows may go when the link is too old anyway.
create table used_sign_in_links (
  id     uuid primary key,
  tenant text not null,
  until  timestamptz not null
);
select matih_enable_rls('used_sign_in_links');
