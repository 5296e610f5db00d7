#!/usr/bin/env bash
# The line of docs/what-if-cluster.md for GNU parallel, with one part killed at its first try: the
# same bytes as one process.
# usage: parallel_test.sh PULLSIM SOURCE_FOLDER
set -euo pipefail
pullsim=$1 source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
scenario=$source/scenarios/large-vs-slim.yaml
flags=(--vary 'images.web.scaledTo=50MB..400MB:x2' --vary 'nodePools.general.nodes.initial=13,14'
  --replications 5)
"$pullsim" sweep "$scenario" "${flags[@]}" --quiet --exit-zero --result one.jsonl
# The first try of part 2 is killed as soon as it has a point.
cat >try.sh <<'TRY'
#!/usr/bin/env bash
if [[ $1 == 2 && ! -f killed ]]; then
  touch killed
  "${@:2}" & pid=$!
  while kill -0 $pid 2>/dev/null; do
    [[ $(wc -l 2>/dev/null <part-2.jsonl.partial || echo 0) -ge 2 ]] && break
    sleep 0.01
  done
  kill -9 $pid 2>/dev/null
  exit 1
fi
exec "${@:2}"
TRY
chmod +x try.sh
parallel --jobs 2 --retries 3 ./try.sh {} "$pullsim" sweep "$scenario" "${flags[@]@Q}" \
  --quiet --jobs 1 --shard {}/4 --result part-{}.jsonl ::: 1 2 3 4
[[ -f killed ]]
"$pullsim" merge part-4.jsonl part-2.jsonl part-1.jsonl part-3.jsonl --quiet --exit-zero \
  --result merged.jsonl
cmp merged.jsonl one.jsonl
echo "same bytes"
