#!/usr/bin/env bash
# tools/validation.sh: writes docs/validation.md and its charts anew from the committed cases, with
# the program that is in build/release. A test says when they are out of date.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
exec build/release/bin/pullsim calibrate --validation tests/data --out docs
