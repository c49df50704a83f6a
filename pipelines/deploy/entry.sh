#!/bin/sh
# First process of a container: what it cannot go on without is said at once, not retried for ever.
set -eu
say() { echo "lunattiva: $1" >&2; exit 78; }

# A file, since no list of processes or containers shows what stands in it.
secret=/run/secrets/database_password
if [ -e "$secret" ]; then
  PGPASSWORD="$(cat "$secret")" || say "user $(id -u) may not read database-password.txt: start compose with PROVINCE_USER=\"\$(id -u):\$(id -g)\""
  export PGPASSWORD
fi
[ -w "$LUNATTIVA_ROOT" ] || say "user $(id -u) may not write to the folder PROVINCE: make it before the first start, and start compose with PROVINCE_USER=\"\$(id -u):\$(id -g)\""
exec "$@"
