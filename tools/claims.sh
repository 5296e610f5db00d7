#!/usr/bin/env bash
# tools/claims.sh: writes docs/claims.md and docs/claims.json anew from the scenarios, with the
# program that is in build/release. A test says when they are out of date.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root"
exec build/release/bin/pullsim claims docs
