#!/usr/bin/env bash
# compare.sh PROGRAMS [flags of flow_bench --generate]: one workload on pullsim's network and on
# SimGrid, after each other. Prints the largest relative difference of node finish times and the
# ratio of wall seconds, then that of pullsim with weights, disk, cores, the cost of receiving,
# unpacking and credit on as well, which SimGrid has not; fails when a node differs by more than a
# millionth.
#   tests/bench/simgrid/compare.sh build/release/bin --nodes 1000 --egress 3125e6
set -euo pipefail
programs=$1
shift
if [[ ${1-} != --nodes ]]; then
  echo "usage: compare.sh PROGRAMS --nodes N [flags of --generate]" >&2
  exit 2
fi
nodes=$2
shift 2
w=$(mktemp -d)
trap 'rm -rf "$w"' EXIT
"$programs/flow_bench" --generate "$nodes" "$@" --output "$w/w.json"
"$programs/flow_bench" --input "$w/w.json" --output "$w/pullsim.csv" > "$w/pullsim.txt"
"$programs/flow_bench" --input "$w/w.json" --output "$w/everything.csv" --weights 3 --disk 125e6 \
  --cores 2 --receive-cpu 5.5e-9 --unpack-cpu 20e-9 --unpack-ratio 2.6 --credit 5e7 --baseline 0.3 \
  > "$w/everything.txt"
"$programs/simgrid_storm" "$w/w.json" "$w/simgrid.csv" > "$w/simgrid.txt" 2> /dev/null
paste -d, "$w/pullsim.csv" "$w/simgrid.csv" |
  awk -F, -v ours="$(awk '/wall/ {print $1}' "$w/pullsim.txt")" \
    -v more="$(awk '/wall/ {print $1}' "$w/everything.txt")" \
    -v theirs="$(awk '/wall/ {print $1}' "$w/simgrid.txt")" '
    NR > 1 { d = $2 > $4 ? $2 - $4 : $4 - $2; if (d > worst * $4) worst = d / $4; ++n }
    END {
      printf "%d nodes, largest relative difference %.1e\n", n, worst
      printf "pullsim %.6f s, SimGrid %.3f s: %.0f times\n", ours, theirs, theirs / ours
      printf "everything on %.6f s: %.0f times\n", more, theirs / more
      exit n == 0 || worst > 1e-6
    }'
