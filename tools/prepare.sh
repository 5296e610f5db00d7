#!/usr/bin/env bash
# Installs the packages of tools/packages.txt that are missing and builds a release into
# build/release. Called by run.sh and test.sh; all it says goes to stderr. `--programs` leaves the
# tests unbuilt; `--full` adds the packages that only the heavy tests need.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$root/build/release
full=no
targets=()
case ${1-} in
  --full) full=yes ;;
  --programs) targets=(--target pullsim flow_bench) ;;
esac

say() { printf '%s\n' "$*" >&2; }

missing_packages() {
  local name purpose
  while read -r name purpose; do
    [[ -z $name || $name == \#* ]] && continue
    [[ $purpose == *'[full]'* && $full == no ]] && continue
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null) == installed ]] && continue
    # Node from elsewhere brings npm along and does not go with Debian's.
    [[ $name == npm ]] && command -v npm > /dev/null && continue
    printf '%s\n' "$name"
  done < "$root/tools/packages.txt"
}

install_missing() {
  if ! command -v dpkg-query > /dev/null; then
    say "pullsim: not a Debian system; taking the packages of tools/packages.txt as installed"
    return
  fi
  local -a missing as_root=()
  read -ra missing <<< "$(missing_packages | tr '\n' ' ')"
  ((${#missing[@]} == 0)) && return
  if ((EUID != 0)); then
    if ! command -v sudo > /dev/null; then
      say "pullsim: these packages are missing, and neither root nor sudo is at hand:"
      say "  apt-get install ${missing[*]}"
      exit 4
    fi
    as_root=(sudo)
  fi
  say "pullsim: installing ${missing[*]}"
  local log
  log=$(mktemp)
  local -a apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "${missing[@]}"; } \
    > "$log" 2>&1; then
    cat "$log" >&2
    say "pullsim: apt-get could not install what is missing (its messages are above)"
    rm -f "$log"
    exit 4
  fi
  rm -f "$log"
}

# A build folder that was made elsewhere (the checkout was copied or moved) cannot be used.
drop_foreign_build() {
  local cache=$build/CMakeCache.txt
  [[ -f $cache ]] || return 0
  grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache" || rm -rf "$build"
}

configure() {
  mkdir -p "$build"
  if ! (cd "$root" && cmake --preset release) > "$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    say "pullsim: cmake could not configure build/release (its messages are above)"
    exit 4
  fi
}

# On a terminal ninja shows one moving line; elsewhere only what goes wrong is shown.
compile() {
  local -a quiet=()
  [[ -t 2 ]] || quiet=(-- --quiet)
  local before=$SECONDS
  say "pullsim: building build/release"
  if ! cmake --build "$build" --parallel "$(nproc)" "${targets[@]}" "${quiet[@]}" >&2; then
    say "pullsim: the build failed (messages above)"
    exit 4
  fi
  say "pullsim: built in $((SECONDS - before)) s"
}

install_missing
drop_foreign_build
configure
compile
