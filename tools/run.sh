#!/usr/bin/env bash
# tools/run.sh [SCENARIO] [FLAGS]: installs what is missing, builds, and runs the main job.
# SCENARIO is scenarios/large-vs-slim.yaml unless given; FLAGS go to `pullsim run`. The files of
# the run go to out/NAME of the checkout (NAME: the scenario file without its suffix), unless
# FLAGS say --out. Exits with pullsim's code.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
scenario=scenarios/large-vs-slim.yaml
if (($# > 0)) && [[ $1 == - || $1 != -* ]]; then
  scenario=$1
  shift
elif [[ $PWD != "$root" ]]; then
  scenario=$root/$scenario
fi

name=$(basename -- "$scenario")
name=${name%.yaml}
name=${name%.yml}
[[ $scenario == - ]] && name=stdin
out=$root/out/$name
[[ $PWD == "$root" ]] && out=out/$name

"$root/tools/prepare.sh" --programs

own_out=(--out "$out")
for flag in "$@"; do
  [[ $flag == --out || $flag == --out=* ]] && own_out=()
done

# The program says itself where the files are.
exec "$root/build/release/bin/pullsim" run "$scenario" "${own_out[@]}" "$@"
