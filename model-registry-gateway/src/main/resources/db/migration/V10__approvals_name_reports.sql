-- Which reports were there when somebody approved; approvals of earlier releases do not say it.
alter table approval add column reports uuid[];
