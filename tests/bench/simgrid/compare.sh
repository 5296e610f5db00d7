#!/usr/bin/env bash
# compare.sh PROGRAMS [flags of flow_bench --generate]: one workload on pullsim's network and on
# SimGrid, after each other. Prints the largest relative difference of node finish times and the
# ratio of wall seconds; fails when a node differs by more than a millionth.
#   tests/bench/simgrid/compare.sh build/release/bin --nodes 1000 --egress 3125e6
set -euo pipefail
programs=$1
shift
[[ ${1-} == --nodes ]] || { echo "usage: compare.sh PROGRAMS --nodes N [flags of --generate]" >&2; exit 2; }
nodes=$2
shift 2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$programs/flow_bench" --generate "$nodes" "$@" --output "$folder/w.json"
"$programs/flow_bench" --input "$folder/w.json" --output "$folder/pullsim.csv" > "$folder/pullsim.txt"
"$programs/simgrid_storm" "$folder/w.json" "$folder/simgrid.csv" > "$folder/simgrid.txt" 2> /dev/null
paste -d, "$folder/pullsim.csv" "$folder/simgrid.csv" |
  awk -F, -v ours="$(awk '/wall/ {print $1}' "$folder/pullsim.txt")" \
    -v theirs="$(awk '/wall/ {print $1}' "$folder/simgrid.txt")" '
    NR > 1 { d = $2 > $4 ? $2 - $4 : $4 - $2; if (d > worst * $4) worst = d / $4; ++n }
    END {
      printf "%d nodes, largest relative difference %.1e\n", n, worst
      printf "pullsim %.6f s, SimGrid %.3f s: %.0f times\n", ours, theirs, theirs / ours
      exit n == 0 || worst > 1e-6
    }'
