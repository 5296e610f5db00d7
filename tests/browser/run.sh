#!/usr/bin/env bash
# run.sh PULLSIM CHROMIUM WORK_FOLDER: makes reports of two scenarios and holds them to what is
# promised.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tests/support/npm_packages.sh
source "$here/../support/npm_packages.sh"
pullsim=$1
chromium=$2
work=$3
mkdir -p "$work"
cd "$work"

npm_packages "$here"

for scenario in large-vs-slim flash-crowd; do
  "$pullsim" run "$here/../../scenarios/$scenario.yaml" --quiet --report "html=$scenario.html"
  node "$here/page_check.mjs" "$chromium" "$scenario.html" .
done
