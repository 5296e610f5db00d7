#!/usr/bin/env bash
# tools/charts.sh: draws the charts under docs/charts anew. Which ones there are is what is there: a
# folder for each scenario, a file for each of its charts that a page shows.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
tools/prepare.sh --programs
for folder in docs/charts/*/; do
  name=$(basename -- "$folder")
  drawn=$(mktemp -d)
  build/release/bin/pullsim run "scenarios/$name.yaml" --quiet --report "svg=$drawn"
  for chart in "$folder"*.svg; do
    cp "$drawn/$(basename -- "$chart")" "$chart"
  done
  rm -rf "$drawn"
done
