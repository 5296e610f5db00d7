#!/usr/bin/env bash
# run.sh PULLSIM CHROMIUM WORK_FOLDER: makes reports of two scenarios and holds them to what is
# promised. The test packages are fetched from npm once, and again when the list changes.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
pullsim=$1
chromium=$2
work=$3
mkdir -p "$work"
cd "$work"

if ! cmp -s "$here/package-lock.json" installed.json; then
  cp "$here/package.json" "$here/package-lock.json" .
  npm ci --ignore-scripts --no-audit --no-fund --prefer-offline --loglevel=error
  cp package-lock.json installed.json
fi

for scenario in large-vs-slim flash-crowd; do
  "$pullsim" run "$here/../../scenarios/$scenario.yaml" --quiet --report "html=$scenario.html"
  node "$here/page_check.mjs" "$chromium" "$scenario.html" .
done
