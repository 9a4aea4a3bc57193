#!/bin/sh
# The entry point of the test's PostgreSQL image: what the official one does with the same variables, as far as the chart
# uses it. A first start makes the cluster; arguments are the server's.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password="$(mktemp)"
  printf '%s' "$POSTGRES_PASSWORD" >"$password"
  # shellcheck disable=SC2086
  initdb --username="${POSTGRES_USER:-postgres}" --pwfile="$password" --encoding=UTF8 --locale=C ${POSTGRES_INITDB_ARGS:-}
  rm "$password"
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
unset POSTGRES_PASSWORD
exec postgres -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql "$@"
