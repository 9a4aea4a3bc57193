#!/usr/bin/env bash
# MLflow's own tests against the door: run.sh FOLDER [TESTS...], where FOLDER holds a checkout of MLflow with its tests.
# Needs MATIH_URL, MATIH_KEY of an administrator of the tenant default, and MATIH_PYTHON, the platform's Python (state.json)
# with polars beside it. Prints the counts, what the door refused in each failed test is in told.jsonl.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,4s/^# //p' "$0"; exit 2; }
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
checkout="$(cd "$1" && pwd -P)"
shift
if [ $# -eq 0 ]; then
  set -- tests/tracking/test_rest_tracking.py tests/tracking/test_tracking.py tests/tracking/fluent/test_fluent.py \
    tests/tracking/test_client.py tests/tracking/test_model_registry.py
fi
export MATIH_TOLD="${MATIH_TOLD:-$PWD/told.jsonl}"
export PYTHONPATH="$checkout:$here${PYTHONPATH:+:$PYTHONPATH}"
: > "$MATIH_TOLD"
# A checkout beside the installed MLflow must not be taken for it.
case "$(cd "$checkout" && ls)" in *pyproject.toml*) [ ! -d "$checkout/mlflow" ] || echo "move $checkout/mlflow away: the installed one is meant" >&2 ;; esac
for suite in "$@"; do
  (cd "$checkout" && "${MATIH_PYTHON:-python3}" -m pytest -p door_plugin -c /dev/null --rootdir . -p no:cacheprovider -q --tb=short "$suite") || true
done
"${MATIH_PYTHON:-python3}" "$here/tally.py" "$MATIH_TOLD"
