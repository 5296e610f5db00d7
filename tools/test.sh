#!/usr/bin/env bash
# tools/test.sh [--full] [CTEST FLAGS]: installs what is missing, builds, and runs the tests.
# Without --full the tests labelled `full` (they need heavy packages) are left out. All other flags
# go to ctest, whose closing lines are the last ones.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
which_tests=(--label-exclude '^full$')
prepare=()
flags=()
for flag in "$@"; do
  if [[ $flag == --full ]]; then
    which_tests=()
    prepare=(--full)
  else
    flags+=("$flag")
  fi
done

"$root/tools/prepare.sh" "${prepare[@]}"
exec ctest --test-dir "$root/build/release" --output-on-failure --no-tests=error \
  --parallel "$(nproc)" "${which_tests[@]}" "${flags[@]}"
